import {mkdtemp, readFile, rm, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterEach, beforeEach, expect, test} from "vitest";
import {resultLines} from "../../bin/resultLines.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "albert-lines-"));
});
afterEach(() => rm(folder, {recursive: true}));

test("makes the file and its folder, and a later call goes on with what is there", async () => {
  const path = join(folder, "new", "results.jsonl");
  const first = await resultLines<{seed: number}>(path);
  expect(first.results).toEqual([]);
  await first.add({seed: 1});
  await first.add({seed: 2});
  expect(first.results).toEqual([{seed: 1}, {seed: 2}]);
  const second = await resultLines<{seed: number}>(path);
  expect(second.results).toEqual([{seed: 1}, {seed: 2}]);
});

test("a line that a killed process left unfinished is dropped, and what follows is whole", async () => {
  const path = join(folder, "results.jsonl");
  await writeFile(path, '{"seed":1}\n{"seed":2,"la');
  const lines = await resultLines<{seed: number}>(path);
  expect(lines.results).toEqual([{seed: 1}]);
  await lines.add({seed: 2});
  expect(await readFile(path, "utf8")).toBe('{"seed":1}\n{"seed":2}\n');
});

test("a whole line that is no JSON is named, and the file stays as it is", async () => {
  const path = join(folder, "results.jsonl");
  await writeFile(path, '{"seed":1}\nseed 2\n');
  await expect(resultLines(path)).rejects.toThrow(/results.jsonl: line 2 is not valid JSON/);
  expect(await readFile(path, "utf8")).toBe('{"seed":1}\nseed 2\n');
});
