/**
 * Processor time of an attribution, integrated gradients of one logit over 32 steps of a row, on the compiled
 * plan of both ways and in the plain form, by turns:
 * `node --experimental-wasm-relaxed-simd --import tsx tests/lib/albert/plan/gradientSpeed.ts [wasm|webgpu] [rounds]`.
 */
import * as tf from "@tensorflow/tfjs-core";
import {useNodeBackend} from "../../../../bin/nodeBackends.js";
import {benchConfig, benchShapes} from "../../../../src/lib/albert/bench/shapes.js";
import {byTurns, median} from "../../../../src/lib/albert/bench/byTurns.js";
import {encode, useForwardExecutor} from "../../../../src/lib/albert/forward.js";
import {maskedLmLogits} from "../../../../src/lib/albert/heads.js";
import {gatherRows} from "../../../../src/lib/albert/ops/rows.js";
import {column, reshape} from "../../../../src/lib/albert/ops/shape.js";
import {initParameters, uploadParameters} from "../../../../src/lib/albert/params.js";
import {onPlan} from "../../../../src/lib/albert/plan/onPlan.js";
import {
  integratedGradients,
  type PathQuestion
} from "../../../../src/lib/albert/probe/pathGradients.js";

const backend = process.argv[2] === "webgpu" ? "webgpu" : "wasm";
const rounds = Number(process.argv[3] ?? 11);
await useNodeBackend(backend);

console.log("| shape | contender | min ms | median ms | max ms | against the plan |");
console.log("|---|---|--:|--:|--:|--:|");
for (const name of ["phone", "standard"] as const) {
  const shape = benchShapes[name];
  const config = benchConfig(shape);
  const params = uploadParameters(initParameters(config, 1));
  const inputIds = Array.from({length: shape.sequence}, (_, i) => (37 * i + 5) % config.vocabSize);
  const question: PathQuestion = {
    params,
    config,
    inputs: {inputIds: [inputIds]},
    baseline: null,
    score(replaced, given, other) {
      const {sequenceOutput} = encode(replaced, given, other);
      const [rows, n, hidden] = sequenceOutput.shape;
      const places = Int32Array.from({length: rows}, (_, row) => row * n + 3);
      const states = reshape(sequenceOutput, [rows * n, hidden]);
      const chosen = gatherRows(states, tf.tensor1d(places, "int32"));
      return column(maskedLmLogits(params, chosen, config), 9);
    }
  };
  const contender = (of: string, executor: typeof onPlan | null) => ({
    name: of,
    async run() {
      useForwardExecutor(executor);
      const {perPiece} = await integratedGradients(question, 32);
      return {loss: perPiece.reduce((a, b) => a + b, 0)};
    }
  });
  const timings = await byTurns([contender("plan", onPlan), contender("plain form", null)], {
    rounds,
    warmUp: {turns: 2, ms: 3000},
    clock() {
      const {user, system} = process.cpuUsage();
      return (user + system) / 1000;
    }
  });
  const [plan] = timings!;
  for (const {name: of, times} of timings!)
    console.log(
      `| ${name} | ${of} on ${backend} | ${times[0]!.toFixed(1)} | ${median(times).toFixed(1)} | ${times.at(-1)!.toFixed(1)} | ${(median(times) / median(plan!.times)).toFixed(2)} × |`
    );
}
process.exit(0);
