import {existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {expect, test} from "vitest";
import {frameworkPackages, prepareCache} from "../../bin/prepareCache.js";

test("frameworkPackages() names what Framework's client asks versions of, scoped or not", () => {
  const names = frameworkPackages();
  expect(names).toEqual(
    expect.arrayContaining(["d3", "htl", "react-dom", "@observablehq/plot", "@duckdb/duckdb-wasm"])
  );
  for (const name of names) expect(name).toMatch(/^(@[\w.-]+\/)?[\w.-]+$/);
});

test("prepareCache(source) answers for each package and forgets what loaders printed", () => {
  const source = mkdtempSync(join(tmpdir(), "cache-"));
  const cache = join(source, ".observablehq/cache");
  for (const folder of ["data", "glue", "_npm/kept@1.0.0"])
    mkdirSync(join(cache, folder), {recursive: true});
  writeFileSync(join(cache, "data/old.json"), "{}");
  writeFileSync(join(cache, "glue/old.md"), "");
  expect(prepareCache(source)).toBe(frameworkPackages().length);
  expect(existsSync(join(cache, "_npm/@observablehq/plot@0.0.0"))).toBe(true);
  expect(existsSync(join(cache, "_npm/kept@1.0.0"))).toBe(true);
  expect(existsSync(join(cache, "data"))).toBe(false);
  expect(existsSync(join(cache, "glue"))).toBe(false);
  rmSync(source, {recursive: true});
});
