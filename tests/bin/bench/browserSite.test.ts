import {existsSync, mkdtempSync, readFileSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterEach, beforeEach, describe, expect, test} from "vitest";
import {engineSource, siteWithPeers} from "../../../bin/bench/browserSite.js";
import {browserPeers} from "../../../bin/bench/peers.js";
import {filesIn} from "../filesIn.js";

let dist: string;
const {write, read} = filesIn(() => dist);

beforeEach(() => {
  dist = mkdtempSync(join(tmpdir(), "albert-site-"));
  write("index.html", "<!DOCTYPE html>");
});
afterEach(() => rmSync(dist, {recursive: true, force: true}));

describe("engineSource(peers)", () => {
  test("listens before anything else, and adds each peer with its title and device", () => {
    const lines = engineSource(browserPeers("webgpu", () => true).there).split("\n");
    expect(lines[0]).toMatch(/^import ".*worker\.ts";$/);
    expect(lines).toContain(
      'otherContenders.push(peer0("jax-js webgpu", {...shared, device: "webgpu"}));'
    );
    expect(lines).toContain(
      'otherContenders.push(peer1("onnxruntime-web wasm", {...shared, device: "wasm"}));'
    );
  });
});

describe("siteWithPeers(dist, peers)", () => {
  test("puts another engine into a copy, under the same name, and removes the copy", async () => {
    const engine = "_import/vendor/engine.0123abcd.js";
    write(engine, "built");
    const {folder, remove} = await siteWithPeers(dist, []);
    expect(readFileSync(join(folder, "index.html"), "utf8")).toBe("<!DOCTYPE html>");
    expect(readFileSync(join(folder, engine), "utf8").length).toBeGreaterThan(1e6);
    expect(read(engine)).toBe("built");
    await remove();
    expect(existsSync(folder)).toBe(false);
  });

  test("refuses a site without an engine", async () => {
    write("_import/vendor/tables.worker.0123abcd.js", "");
    await expect(siteWithPeers(dist, [])).rejects.toThrow(/no engine in/);
  });
});
