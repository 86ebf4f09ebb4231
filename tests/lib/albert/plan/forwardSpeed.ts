/**
 * Processor time of a forward pass that is looked into, on the compiled plan and in the plain form on
 * tfjs-wasm, by turns: `node --experimental-wasm-relaxed-simd --import tsx tests/lib/albert/plan/forwardSpeed.ts`.
 */
import {readdirSync, readFileSync} from "node:fs";
import {useNodeBackend} from "../../../../bin/nodeBackends.js";
import {makeConfig} from "../../../../src/lib/albert/config.js";
import {useForwardExecutor} from "../../../../src/lib/albert/forward.js";
import {initParameters} from "../../../../src/lib/albert/params.js";
import {onPlan} from "../../../../src/lib/albert/plan/onPlan.js";
import {attend} from "../../../../src/lib/engine/ask.js";
import {measureEffect} from "../../../../src/lib/engine/effect.js";
import {loadModelFiles, type LoadedModel} from "../../../../src/lib/engine/loadedModel.js";

const text = "The old baker sees the dogs that sleep near the river and the child laughs .";

await useNodeBackend("wasm");
const folder = "src/data/laptop";
const files = new Map(
  readdirSync(folder)
    .filter((name) => /^(config\.json|.*\.safetensors|spiece\.model)$/.test(name))
    .map((name) => [name, new Uint8Array(readFileSync(`${folder}/${name}`))])
);
const stored = await loadModelFiles("stored model", files, () => {});
const config = makeConfig({
  architecture: "AlbertForMaskedLM",
  vocabSize: stored.config.vocabSize
});
const base: LoadedModel = {
  ...stored,
  name: "albert-base's encoder",
  config,
  data: initParameters(config, 1)
};
const long = Array.from({length: 7}, () => text).join(" ");

const questions: [string, LoadedModel, number, string, () => Promise<unknown>][] = [
  ["attention", stored, 60, text, () => attend(stored, text, null)],
  ["a head masked", stored, 60, text, () => effect(stored, text)],
  ["attention", base, 5, text, () => attend(base, text, null)],
  ["attention", base, 5, long, () => attend(base, long, null)],
  ["a head masked", base, 5, text, () => effect(base, text)]
];

function effect(model: LoadedModel, of: string) {
  return measureEffect(model, of, null, {kind: "head", head: 0, layer: 1});
}

console.log(
  "| question | model | pieces | plan ms | plain form ms | times |\n|---|---|--:|--:|--:|--:|"
);
for (const [question, model, rounds, of, ask] of questions) {
  const times: [number[], number[]] = [[], []];
  for (let round = -2; round < rounds; ++round)
    for (const [i, executor] of [onPlan, null].entries()) {
      useForwardExecutor(executor);
      const before = process.cpuUsage();
      await ask();
      const {user, system} = process.cpuUsage(before);
      if (round >= 0) times[i]!.push((user + system) / 1000);
    }
  const [plan, plain] = times.map((list) => list.sort((a, b) => a - b)[list.length >> 1]!);
  const pieces = model.tokenizer!.encode(of).ids.length;
  console.log(
    `| ${question} | ${model.name} | ${pieces} | ${plan!.toFixed(2)} | ${plain!.toFixed(2)} | ${(plain! / plan!).toFixed(1)} |`
  );
}
