/** Rollout and flow against numpy and networkx: the files of ALBERT_PARITY_DIR. */
import {readFileSync} from "node:fs";
import {join} from "node:path";
import {describe, expect, test} from "vitest";
import {attentionFlow} from "../../../../src/lib/albert/aggregate/flow.js";
import {
  fuseHeads,
  rollout,
  scaledRows,
  withResidual,
  type Square
} from "../../../../src/lib/albert/aggregate/rollout.js";

const folder = process.env.ALBERT_PARITY_DIR;

type Nested = number[][][];
interface RolloutCase {
  name: string;
  attention: number[][][][];
  rollout_with_residual: Nested;
  rollout_without_residual: Nested;
  rollout_max_over_heads_with_residual: Nested;
}
interface FlowCase {
  name: string;
  attention: number[][][][];
  max_flow: Nested;
  max_flow_rows_normalised: Nested;
}

const cases = <Case>(file: string): Case[] =>
  (JSON.parse(readFileSync(join(folder!, "numerics", file), "utf8")) as {cases: Case[]}).cases;

function fused(attention: number[][][][], fuse: "mean" | "max" = "mean") {
  const [depths, heads, n] = [attention.length, attention[0]!.length, attention[0]![0]!.length];
  return {n, matrices: fuseHeads(attention.flat(3), [depths, heads, n, n], fuse)};
}

function near(actual: readonly Square[], expected: Nested): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((matrix, depth) =>
    expect(matrix).toBeAllClose(expected[depth]!.flat(), {rtol: 0, atol: 1e-6})
  );
}

describe.skipIf(!folder)("attention over all depths, as other programs compute it", () => {
  test("rollout", () => {
    const all = cases<RolloutCase>("rollout.json");
    expect(all.length).toBeGreaterThan(0);
    for (const c of all) {
      const {n, matrices} = fused(c.attention);
      near(rollout(withResidual(matrices, n), n), c.rollout_with_residual);
      near(rollout(matrices, n), c.rollout_without_residual);
      const {matrices: max} = fused(c.attention, "max");
      near(rollout(withResidual(max, n), n), c.rollout_max_over_heads_with_residual);
    }
  });

  test("flow", () => {
    const all = cases<FlowCase>("attention_flow.json");
    expect(all.length).toBeGreaterThan(0);
    for (const c of all) {
      const {n, matrices} = fused(c.attention);
      const graph = withResidual(matrices, n);
      const flows = graph.map((_, depth) =>
        Float64Array.from(
          Array.from({length: n}, (_, from) => [
            ...attentionFlow(graph.slice(0, depth + 1), n, from)
          ]).flat()
        )
      );
      near(flows, c.max_flow);
      near(
        flows.map((flow) => scaledRows(flow, n)),
        c.max_flow_rows_normalised
      );
    }
  });
});
