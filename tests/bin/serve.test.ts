import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {request} from "node:http";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {serve, type Site} from "../../bin/serve.js";

let folder: string;
let site: Site;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "serve-"));
  mkdirSync(join(folder, "dist/glue"), {recursive: true});
  writeFileSync(join(folder, "secret.txt"), "secret");
  writeFileSync(join(folder, "dist/index.html"), "home");
  writeFileSync(join(folder, "dist/about.html"), "about");
  writeFileSync(join(folder, "dist/glue/index.html"), "glue");
  writeFileSync(join(folder, "dist/a.wasm"), Uint8Array.of(0, 97, 115, 109));
  writeFileSync(join(folder, "dist/a.js"), "export {};");
  site = await serve(join(folder, "dist"));
});

afterAll(async () => {
  await site.close();
  rmSync(folder, {recursive: true});
});

/** Status of a path sent as it is, without the tidying that `fetch` does. */
function rawStatus(path: string): Promise<number> {
  return new Promise((done, failed) => {
    const {hostname, port} = new URL(site.url);
    request({hostname, port, path}, (response) => {
      response.resume();
      done(response.statusCode!);
    })
      .on("error", failed)
      .end();
  });
}

describe("serve(dir, port)", () => {
  test("listens on this machine only and says where", () => {
    expect(site.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  });

  test.each([
    ["", "home"],
    ["about", "about"],
    ["about.html", "about"],
    ["about?x=1", "about"],
    ["glue/", "glue"],
    ["glue", "glue"]
  ])("answers /%s with %s", async (path, body) => {
    const response = await fetch(site.url + path);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(body);
  });

  test("gives each kind of file its type", async () => {
    const type = async (path: string) => (await fetch(site.url + path)).headers.get("content-type");
    expect(await type("a.wasm")).toBe("application/wasm");
    expect(await type("a.js")).toBe("text/javascript; charset=utf-8");
    expect(await type("")).toBe("text/html; charset=utf-8");
  });

  test("answers 404 for what is missing and never leaves its folder", async () => {
    expect((await fetch(`${site.url}nothing`)).status).toBe(404);
    for (const path of ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/%00", "/%"])
      expect(await rawStatus(path)).toBe(404);
  });

  test("answers only GET and HEAD", async () => {
    expect((await fetch(site.url, {method: "POST"})).status).toBe(405);
    const head = await fetch(`${site.url}about`, {method: "HEAD"});
    expect([head.status, await head.text()]).toEqual([200, ""]);
  });

  test("makes pages cross-origin isolated on request", async () => {
    const isolated = await serve(join(folder, "dist"), 0, {isolated: true});
    const {headers} = await fetch(isolated.url);
    await isolated.close();
    expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
    expect(headers.get("cross-origin-embedder-policy")).toBe("require-corp");
    expect((await fetch(site.url)).headers.get("cross-origin-opener-policy")).toBeNull();
  });

  test("fails where the port is taken", async () => {
    await expect(serve(folder, Number(new URL(site.url).port))).rejects.toThrow("EADDRINUSE");
  });
});
