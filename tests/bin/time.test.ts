import {mkdtemp, readFile, rm, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterAll, beforeAll, describe, expect, test, vi} from "vitest";
import {run} from "../../bin/verbs/time.js";
import {readStepTimes} from "../../src/lib/experiments/stepTimes.js";
import {sweep} from "./sweepFolder.js";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "albert-time-"));
  await writeFile(join(folder, "sweep.json"), JSON.stringify(sweep));
});

afterAll(() => rm(folder, {recursive: true, force: true}));

describe("time SWEEP.json --output FILE.json", () => {
  test("times every cell once a round, whatever the seeds, and prints ratios", async () => {
    const lines: string[] = [];
    const print = vi.spyOn(console, "log").mockImplementation((line: string) => lines.push(line));
    const output = join(folder, "steps.json");
    await run([join(folder, "sweep.json"), "--output", output, "--rounds", "3"]);
    print.mockRestore();
    const times = readStepTimes(await readFile(output, "utf8"), output);
    expect(times).toMatchObject({sweep: "tiny", clock: "cpu", rows: 3, pieces: 13});
    expect(times.cells.map(({cell}) => `${cell.sharing} ${cell.embedding_size}`)).toEqual([
      "none 3",
      "none 5",
      "all 3",
      "all 5"
    ]);
    for (const {elapsedMs} of times.cells) expect(elapsedMs).toHaveLength(3);
    expect(lines).toHaveLength(4);
    expect(lines[0]).toBe(
      "sharing none, embedding_size 3: 1.000 [1.000, 1.000] of the first, 3 rounds"
    );
  });

  test("asks for what is missing in a sentence", async () => {
    await expect(run([])).rejects.toThrow("missing SWEEP.json (see --help)");
    await expect(
      run([join(folder, "sweep.json"), "--output", "x", "--rounds", "1"])
    ).rejects.toThrow("invalid --rounds: 1 (expected a whole number ≥ 2)");
  });
});
