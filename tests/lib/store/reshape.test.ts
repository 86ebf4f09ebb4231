import {describe, expect, test} from "vitest";
import {Reshaper} from "../../../src/lib/store/reshape/client.js";
import {answer, columnLimit, pivot} from "../../../src/lib/store/reshape/pivot.js";
import type {ReshapePort} from "../../../src/lib/store/reshape/client.js";
import type {ReshapeCommand} from "../../../src/lib/store/reshape/protocol.js";
import type {ResultTable, ResultValue, ValueKind} from "../../../src/lib/store/duckdb/result.js";

const table = (columns: Record<string, ResultValue[]>): ResultTable => ({
  rows: Object.values(columns)[0]!.length,
  columns: Object.entries(columns).map(([name, values]) => ({
    name,
    kind: (typeof values.find((v) => v != null) === "number" ? "number" : "text") as ValueKind,
    type: "",
    values
  }))
});
const plain = (t: ResultTable) => t.columns.map((c) => [c.name, c.values]);
const long = table({
  model: ["BERT", "ALBERT", "BERT", "ALBERT", "BERT"],
  task: ["SST-2", "SST-2", "RTE", null, "RTE"],
  score: [93, 96, 70, 50, 72]
});
const spec = {rows: 0, columns: 1, values: 2} as const;

describe("pivot(table, spec)", () => {
  test("makes models × tasks of a long table, in order of appearance", () => {
    expect(plain(pivot(long, {...spec, aggregate: "mean"}))).toEqual([
      ["model", ["BERT", "ALBERT"]],
      ["SST-2", [93, 96]],
      ["RTE", [71, null]],
      ["(none)", [null, 50]]
    ]);
  });
  test.each([
    ["max", [72, null]],
    ["min", [70, null]],
    ["count", [2, null]]
  ] as const)("aggregates by %s", (aggregate, expected) => {
    const column = pivot(long, {...spec, aggregate}).columns.find((c) => c.name === "RTE")!;
    expect(column.values.map((v) => v || null)).toEqual(expected);
  });
  test("keeps names apart that look like its own", () => {
    const odd = table({row: ["c0", "row"], name: ["row", "__proto__"], value: [1, 2]});
    expect(plain(pivot(odd, {...spec, aggregate: "mean"}))).toEqual([
      ["row", ["c0", "row"]],
      ["row", [1, null]],
      ["__proto__", [null, 2]]
    ]);
  });
  test("refuses texts to average, missing columns, and too many columns", () => {
    const words = table({a: ["x"], b: ["y"], c: ["z"]});
    expect(() => pivot(words, {...spec, aggregate: "mean"})).toThrow(
      'the mean of "c" needs numbers'
    );
    expect(plain(pivot(words, {...spec, aggregate: "count"}))[1]).toEqual(["y", [1]]);
    expect(() => pivot(words, {...spec, values: 3, aggregate: "count"})).toThrow("no column 3");
    const many = Array.from({length: columnLimit + 1}, (_, i) => i);
    expect(() => pivot(table({a: many, b: many, c: many}), {...spec, aggregate: "mean"})).toThrow(
      "201 values"
    );
  });
});

describe("Reshaper over a MessageChannel", () => {
  test("gets tables and errors back by id", async () => {
    const {port1, port2} = new MessageChannel();
    port2.addEventListener("message", ({data}: MessageEvent<ReshapeCommand>) =>
      port2.postMessage(answer(data))
    );
    port1.start();
    port2.start();
    const reshaper = new Reshaper(port1 as unknown as ReshapePort);
    const [good, bad] = await Promise.allSettled([
      reshaper.pivot(long, {...spec, aggregate: "mean"}),
      reshaper.pivot(long, {...spec, values: 0, aggregate: "mean"})
    ]);
    expect(good.status === "fulfilled" && good.value.rows).toBe(2);
    expect(bad.status === "rejected" && (bad.reason as Error).message).toContain("needs numbers");
    port1.close();
  });
  test("rejects what is waiting when the worker fails", async () => {
    const target = Object.assign(new EventTarget(), {postMessage: () => undefined});
    const waiting = new Reshaper(target as unknown as ReshapePort).pivot(long, {
      ...spec,
      aggregate: "mean"
    });
    target.dispatchEvent(new Event("error"));
    await expect(waiting).rejects.toThrow("failed to start");
  });
});
