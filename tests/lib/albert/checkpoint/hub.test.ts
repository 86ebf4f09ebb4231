import {afterEach, describe, expect, test} from "vitest";
import {InputError} from "../../../../src/lib/errors.js";
import {initParameters} from "../../../../src/lib/albert/specs.js";
import type {HubOptions, HubProgress} from "../../../../src/lib/albert/checkpoint/hub.js";
import {openHub, parseHubUrl, readHubModel} from "../../../../src/lib/albert/checkpoint/hub.js";
import {
  readSafetensors,
  writeSafetensors
} from "../../../../src/lib/albert/checkpoint/safetensors.js";
import type {HubServer} from "./hubServer.js";
import {memoryCache, startHub} from "./hubServer.js";
import {tinyConfig, tinyFolder} from "./tiny.js";

const initial = initParameters(tinyConfig(), 1);
const root = "/me/tiny/resolve/main/";
const weights = `${root}model.safetensors`;
const quick: HubOptions = {delayMs: () => 1};

let hub: HubServer;
afterEach(() => hub?.close());
const start = async (folder = tinyFolder()): Promise<HubServer> => (hub = await startHub(folder));
const address = (): string => `${hub.origin}/me/tiny`;
const full = (): HubServer["files"] =>
  tinyFolder()
    .set("spiece.model", Uint8Array.of(1, 2, 3))
    .set("tokenizer.json", Uint8Array.of(123, 125));

describe("parseHubUrl(text)", () => {
  const main = "https://huggingface.co/albert/albert-base-v2/resolve/main/";
  test.each([
    ["albert/albert-base-v2", [main]],
    [" albert/albert-base-v2 ", [main]],
    ["albert-base-v2", ["https://huggingface.co/albert-base-v2/resolve/main/"]],
    ["me/a@refs/pr/1", ["https://huggingface.co/me/a/resolve/refs%2Fpr%2F1/"]],
    ["https://huggingface.co/albert/albert-base-v2", [main]],
    ["https://huggingface.co/albert/albert-base-v2/?x=1#y", [main]],
    ["https://huggingface.co/albert/albert-base-v2/tree/main", [main]],
    ["https://huggingface.co/albert/albert-base-v2/blob/main/config.json", [main]],
    [
      "https://huggingface.co/albert/albert-base-v2/resolve/main/model.safetensors?download=true",
      [main]
    ],
    [
      "https://huggingface.co/a/b/resolve/v1/sub/model.safetensors",
      ["https://huggingface.co/a/b/resolve/v1/sub/"]
    ],
    [
      "http://localhost:8080/models/tiny",
      ["http://localhost:8080/models/tiny/", "http://localhost:8080/models/tiny/resolve/main/"]
    ],
    [
      "https://example.org/run/model/config.json",
      ["https://example.org/run/model/", "https://example.org/run/model/resolve/main/"]
    ]
  ])("reads %s", (text, bases) => {
    expect(parseHubUrl(text).bases).toEqual(bases);
  });

  test.each([
    "",
    "a b",
    "a/b/c",
    "../etc",
    "./x",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "data:,x",
    "https://user:secret@example.org/m",
    "https://user@example.org/m",
    "https://huggingface.co/",
    "https://huggingface.co/a/b/c/d",
    "C:\\models"
  ])("refuses '%s'", (text) => expect(() => parseHubUrl(text)).toThrow(InputError));
});

describe("readHubModel(address, options)", () => {
  test("loads a model by the address of its repository, asking this host only", async () => {
    await start(full());
    const progress: HubProgress[] = [];
    const asked: string[] = [];
    const {parameters, config, notes, isCached, files} = await readHubModel(address(), {
      onProgress: (p) => progress.push(p),
      fetch: (url, init) => (asked.push(url), fetch(url, init))
    });
    expect(config).toEqual(tinyConfig());
    expect(parameters).toEqual(initial);
    expect(notes).toEqual([]);
    expect(isCached).toBe(false);
    expect(files).toEqual(["config.json", "spiece.model", "tokenizer.json", "model.safetensors"]);
    expect(new Set(asked.map((url) => new URL(url).origin))).toEqual(new Set([hub.origin]));
    const last = progress.at(-1)!;
    const size = hub.files.get(weights)!.length;
    expect(last).toMatchObject({file: "model.safetensors", received: size, total: size});
    expect(last.receivedInAll).toBe(
      [...hub.files].filter(([n]) => !n.endsWith("README.md")).reduce((n, [, b]) => n + b.length, 0)
    );
    for (let i = 1; i < progress.length; ++i)
      expect(progress[i]!.receivedInAll).toBeGreaterThanOrEqual(progress[i - 1]!.receivedInAll);
  });

  test("loads shards, and from a server with the files in a plain folder", async () => {
    const folder = tinyFolder();
    const tensors = [...readSafetensors(folder.get("model.safetensors")!, "m")];
    folder.delete("model.safetensors");
    folder.set("a-1.safetensors", writeSafetensors(new Map(tensors.slice(0, 9))));
    folder.set("a-2.safetensors", writeSafetensors(new Map(tensors.slice(9))));
    const map = Object.fromEntries(
      tensors.map(([n], i) => [n, i < 9 ? "a-1.safetensors" : "a-2.safetensors"])
    );
    folder.set(
      "model.safetensors.index.json",
      new TextEncoder().encode(JSON.stringify({weight_map: map}))
    );
    hub = await startHub(folder, "/models/x/");
    const cache = memoryCache();
    const from = `${hub.origin}/models/x/config.json`;
    expect((await readHubModel(from, {...quick, cache})).parameters).toEqual(initial);
    const requests = hub.log.length;
    expect((await readHubModel(from, {...quick, cache})).parameters).toEqual(initial);
    expect(hub.log).toHaveLength(requests);
    hub.files.delete("/models/x/a-2.safetensors");
    await expect(readHubModel(from, quick)).rejects.toThrow(/a-2\.safetensors is missing.*404/);
  });

  test("makes no request on the second visit, also when the server is gone", async () => {
    await start(full());
    const cache = memoryCache();
    const first = await readHubModel(address(), {...quick, cache});
    const at = address();
    await hub.close();
    const second = await readHubModel(at, {
      cache,
      fetch: () => Promise.reject(new Error("no request expected"))
    });
    expect(second.isCached).toBe(true);
    expect(second.parameters).toEqual(first.parameters);
    expect(second.files.sort()).toEqual(first.files.sort());
    await expect(readHubModel(at, {...quick, cache, refresh: true})).rejects.toThrow(
      /cannot be downloaded/
    );
  });

  test("downloads again when asked to, or when a part was evicted", async () => {
    await start();
    const cache = memoryCache();
    await readHubModel(address(), {...quick, cache});
    const changed = tinyFolder({}, 2);
    for (const [name, bytes] of changed) hub.files.set(root + name, bytes);
    expect((await readHubModel(address(), {...quick, cache})).parameters).toEqual(initial);
    const fresh = await readHubModel(address(), {...quick, cache, refresh: true});
    expect(fresh.parameters).toEqual(initParameters(tinyConfig(), 2));
    for (const key of cache.stored.keys())
      if (/model\.safetensors.*part-0/.test(key)) cache.stored.delete(key);
    hub.log.length = 0;
    expect((await readHubModel(address(), {...quick, cache})).parameters).toEqual(fresh.parameters);
    expect(hub.log.filter((line) => line.includes("model.safetensors"))).toEqual([
      `GET ${weights}`
    ]);
  });

  test("resumes a connection that is cut in the middle, twice", async () => {
    await start();
    hub.faults.set(weights, {cutAfter: 1000, times: 2});
    const {parameters} = await readHubModel(address(), quick);
    expect(parameters).toEqual(initial);
    expect(hub.log.filter((line) => line.includes("model.safetensors"))).toEqual([
      `GET ${weights}`,
      `GET ${weights} bytes=1000-`,
      `GET ${weights} bytes=2000-`
    ]);
  });

  test("does not give up on a bad line as long as bytes arrive", async () => {
    await start();
    hub.faults.set(weights, {cutAfter: 700, times: 99});
    expect((await readHubModel(address(), {...quick, attempts: 2})).parameters).toEqual(initial);
    expect(hub.log.filter((line) => line.includes("bytes=")).length).toBeGreaterThan(4);
  });

  test("starts again where the server knows no ranges", async () => {
    await start();
    hub.faults.set(weights, {cutAfter: 1000, times: 2, noRanges: true});
    expect((await readHubModel(address(), quick)).parameters).toEqual(initial);
  });

  test("starts again when the file has changed in between", async () => {
    await start();
    hub.faults.set(weights, {cutAfter: 1000, times: 1, etag: '"a"'});
    const {parameters} = await readHubModel(address(), {
      ...quick,
      fetch: (url, init) => {
        if (init.headers.Range !== undefined) {
          hub.files.set(weights, tinyFolder({}, 2).get("model.safetensors")!);
          hub.faults.set(weights, {etag: '"b"'});
        }
        return fetch(url, init);
      }
    });
    expect(parameters).toEqual(initParameters(tinyConfig(), 2));
    expect(hub.log.slice(-2)).toEqual([`GET ${weights} bytes=1000-`, `GET ${weights}`]);
  });

  test("starts again when the length has changed and the server gives no ETag", async () => {
    await start();
    hub.faults.set(weights, {cutAfter: 1000, times: 1, etag: null});
    const longer = tinyFolder({tieWordEmbeddings: false}, 2);
    const {parameters} = await readHubModel(address(), {
      ...quick,
      fetch: (url, init) => {
        if (init.headers.Range !== undefined)
          hub.files.set(weights, longer.get("model.safetensors")!);
        return fetch(url, init);
      }
    });
    const body = "albert.embeddings.word_embeddings.weight"; // equal in the tied model
    expect(parameters.get(body)).toEqual(initParameters(tinyConfig(), 2).get(body));
    expect(hub.log.slice(-2)).toEqual([`GET ${weights} bytes=1000-`, `GET ${weights}`]);
  });

  test("does not go on from an earlier visit without an ETag, or with a damaged part", async () => {
    await start();
    const cache = memoryCache();
    const stop = async (etag: string | null): Promise<void> => {
      hub.faults.set(weights, {cutAfter: 1000, times: 1, etag});
      const control = new AbortController();
      const loading = readHubModel(address(), {
        ...quick,
        cache,
        signal: control.signal,
        onProgress: ({file, received}) => {
          if (file === "model.safetensors" && received > 0) control.abort();
        }
      });
      await expect(loading).rejects.toMatchObject({name: "AbortError"});
      hub.faults.clear();
      hub.log.length = 0;
    };
    const asked = () => hub.log.filter((line) => line.includes("model.safetensors"));
    await stop(null);
    expect((await readHubModel(address(), {...quick, cache})).parameters).toEqual(initial);
    expect(asked()).toEqual([`GET ${weights}`]);
    cache.stored.clear();
    await stop('"a"');
    const part = [...cache.stored.keys()].find((key) => /model\.safetensors.*part-0/.test(key))!;
    cache.stored.set(part, cache.stored.get(part)!.slice(0, 500));
    expect((await readHubModel(address(), {...quick, cache})).parameters).toEqual(initial);
    expect(asked()).toEqual([`GET ${weights}`]);
  });

  test("goes on from a stall, and gives up after as many attempts as allowed", async () => {
    await start();
    hub.faults.set(weights, {stallAfter: 1000, times: 1});
    expect((await readHubModel(address(), {...quick, stallMs: 100})).parameters).toEqual(initial);
    hub.faults.set(weights, {cutAfter: 0, times: 99});
    await expect(readHubModel(address(), {...quick, attempts: 3})).rejects.toThrow(InputError);
    expect(hub.log.filter((line) => line === `GET ${weights}`)).toHaveLength(1 + 3);
  });

  test("is cancelled by its signal at once, and goes on from there at the next call", async () => {
    await start();
    hub.faults.set(weights, {stallAfter: 1500, times: 1});
    const cache = memoryCache();
    const control = new AbortController();
    const loading = readHubModel(address(), {
      ...quick,
      cache,
      signal: control.signal,
      onProgress: ({file, received}) => {
        if (file === "model.safetensors" && received > 0) control.abort();
      }
    });
    const begun = performance.now();
    await expect(loading).rejects.toMatchObject({name: "AbortError"});
    expect(performance.now() - begun).toBeLessThan(1000);
    hub.log.length = 0;
    expect((await readHubModel(address(), {...quick, cache})).parameters).toEqual(initial);
    expect(hub.log.filter((line) => /model.safetensors|main.config/.test(line))).toEqual([
      `GET ${weights} bytes=1500-`
    ]);
    await expect(readHubModel(address(), {signal: AbortSignal.abort()})).rejects.toMatchObject({
      name: "AbortError"
    });
  });

  test("repeats after 503 and 429", async () => {
    await start();
    hub.faults.set(weights, {status: 503, times: 2});
    hub.faults.set(`${root}config.json`, {status: 429, times: 1});
    expect((await readHubModel(address(), quick)).parameters).toEqual(initial);
  });

  test("follows a redirect of the host that was typed", async () => {
    await start();
    hub.files.set("/cdn/blob", hub.files.get(weights)!);
    hub.faults.set(weights, {redirect: "/cdn/blob"});
    expect((await readHubModel(address(), quick)).parameters).toEqual(initial);
  });

  test("takes a web page for an absent file", async () => {
    await start(full());
    hub.faults.set(`${root}spiece.model`, {html: true});
    expect((await readHubModel(address(), quick)).files).not.toContain("spiece.model");
    hub.faults.set(weights, {html: true});
    await expect(readHubModel(address(), quick)).rejects.toThrow(
      /neither model\.safetensors \(the server sends a web page/
    );
    hub.faults.set(`${root}config.json`, {html: true});
    await expect(readHubModel(address(), quick)).rejects.toThrow(/no config\.json at http/);
  });

  test("says what is missing, private or unreachable", async () => {
    await start();
    hub.files.delete(weights);
    await expect(readHubModel(address(), quick)).rejects.toThrow(
      /404.*pytorch_model\.bin must be converted/
    );
    await expect(readHubModel(`${hub.origin}/me/other`, quick)).rejects.toThrow(
      /me\/other: no config\.json at .*404/
    );
    hub.faults.set(`${root}config.json`, {status: 401, times: 9});
    await expect(readHubModel(address(), quick)).rejects.toThrow(/401: it is private, gated/);
    const at = address();
    await hub.close();
    await expect(readHubModel(at, quick)).rejects.toThrow(InputError);
    await expect(readHubModel(at, quick)).rejects.toThrow(/cannot be downloaded \(offline/);
  });

  test("refuses a file whose Content-Length is too short, and keeps nothing of it", async () => {
    await start();
    const cache = memoryCache();
    hub.faults.set(weights, {contentLength: 2000});
    const loading = readHubModel(address(), {...quick, cache});
    await expect(loading).rejects.toThrow(InputError);
    await expect(loading).rejects.toThrow(/model\.safetensors: truncated/);
    hub.faults.clear();
    expect((await readHubModel(address(), {...quick, cache})).parameters).toEqual(initial);
  });

  test("finds out whether a file is whole whose Content-Length is too long", async () => {
    await start();
    const {length} = hub.files.get(weights)!;
    const options = {...quick, attempts: 2, stallMs: 200};
    hub.faults.set(weights, {contentLength: length + 1000});
    expect((await readHubModel(address(), options)).parameters).toEqual(initial); // by a 416
    hub.faults.set(weights, {contentLength: length + 1000, noRanges: true});
    const loading = readHubModel(address(), options);
    await expect(loading).rejects.toThrow(InputError);
    await expect(loading).rejects.toThrow(`stopped after ${length} of ${length + 1000} bytes`);
  });

  test("keeps nothing in the cache that is not a model", async () => {
    await start();
    hub.files.set(
      weights,
      new TextEncoder().encode(
        "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n"
      )
    );
    const cache = memoryCache();
    await expect(readHubModel(address(), {...quick, cache})).rejects.toThrow(/git-lfs pointer/);
    expect(cache.stored.size).toBe(0);
  });

  test("loads without storing, and says so, when the cache is full", async () => {
    await start();
    const {parameters, notes} = await readHubModel(address(), {...quick, cache: memoryCache(3)});
    expect(parameters).toEqual(initial);
    expect(notes).toEqual(["the files could not be stored for the next visit: quota exceeded"]);
  });

  test("stops a small file that does not end", async () => {
    await start();
    hub.files.set(`${root}config.json`, new Uint8Array(65_000_000).fill(32));
    await expect(openHub(address(), quick)).rejects.toThrow(/more than 64000000 bytes/);
  });
});
