import {existsSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {describe, expect, test} from "vitest";
import {resultMetrics} from "../../../src/lib/glue/resultsSpec.js";
import {taskById, taskPaths, tasks} from "../../../src/lib/glue/tasks.js";

describe("tasks", () => {
  test("are GLUE's nine and the diagnostic set, each once", () => {
    expect(tasks.map((task) => task.name)).toEqual(
      "CoLA SST-2 MRPC STS-B QQP MNLI QNLI RTE WNLI AX".split(" ")
    );
    expect(new Set(taskPaths).size).toBe(10);
    expect(taskPaths[1]).toBe("/glue/sst-2");
  });
  test("accept only metrics that the published results may carry", () => {
    for (const task of tasks)
      for (const metric of task.metrics)
        for (const result of task.results) expect(resultMetrics[result]).toContain(metric);
  });
  test("have two classes or three, or a number", () => {
    expect(taskById("sts-b")!.classes).toBeNull();
    expect(taskById("mnli")!.classes).toHaveLength(3);
    expect(tasks.filter((task) => task.classes?.length === 2)).toHaveLength(7);
  });
  test("are found by their ids", () => {
    expect(taskById("mnli")!.results).toContain("MNLI-mm");
    expect(taskById("nope")).toBeUndefined();
  });
});

const folder = process.env.ALBERT_DATA_DIR;
const lines = (name: string) =>
  readFileSync(join(folder!, name), "utf8")
    .split("\n")
    .filter((line) => line !== "").length;

describe.skipIf(!folder || !existsSync(join(folder, "CoLA")))(
  "tasks against the files in ALBERT_DATA_DIR (skipped: no ALBERT_DATA_DIR, when absent)",
  () => {
    test("CoLA train, SST-2 dev, STS-B train and dev, MRPC train and dev together", () => {
      expect(lines("CoLA/train.tsv")).toBe(taskById("cola")!.sizes.train);
      expect(lines("SST-2/dev.tsv") - 1).toBe(taskById("sst-2")!.sizes.dev);
      expect(lines("STS-B/train.csv")).toBe(taskById("sts-b")!.sizes.train);
      expect(lines("STS-B/dev.csv")).toBe(taskById("sts-b")!.sizes.dev);
      const mrpc = taskById("mrpc")!.sizes;
      expect(lines("MRPC/msr_paraphrase_train.txt") - 1).toBe(mrpc.train! + mrpc.dev!);
    });
  }
);
