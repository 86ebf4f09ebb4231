import {mkdtempSync, readFileSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterEach, expect, test, vi} from "vitest";
import {run} from "../../bin/verbs/probe.js";
import type {ProbeResult} from "../../src/lib/engine/probing/protocol.js";

const folder = mkdtempSync(join(tmpdir(), "albert-probe-"));
const output = join(folder, "probes.json");

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, {recursive: true, force: true});
});

test("probe prints a line a depth and writes what the page reads", {timeout: 120_000}, async () => {
  const lines: string[] = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const settings = ["--tasks", "direction", "--rows", "100", "--seeds", "2"];
  await run(["--model", "src/data/laptop", ...settings, "--output", output]);
  const result = JSON.parse(readFileSync(output, "utf8")) as ProbeResult;
  expect(result.model).toBe("src/data/laptop");
  expect(result.settings).toEqual({tasks: ["direction"], rows: 100, seeds: 2});
  const {depths} = result.tasks[0]!;
  expect(lines).toHaveLength(depths.length);
  const mean = (depths[0]!.accuracy[0]! + depths[0]!.accuracy[1]!) / 2;
  expect(lines[0]).toContain(`direction depth 0: accuracy ${mean.toFixed(3)} [`);
  await expect(run(["--model", "src/data/laptop", "--tasks", "taste"])).rejects.toThrow(
    "tasks: taste (expected some of pos"
  );
});
