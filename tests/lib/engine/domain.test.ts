/** Pretraining that goes on, over the calls of a page: what is compared, and that nothing else moves. */
import {beforeAll, describe, expect, test} from "vitest";
import {mapFiles, readModelFolder} from "../../../src/lib/albert/checkpoint/folder.js";
import {makeConfig} from "../../../src/lib/albert/config.js";
import {initParameters} from "../../../src/lib/albert/specs.js";
import type {DomainProgress} from "../../../src/lib/engine/fineTuning/domain.js";
import {FineTuningHost} from "../../../src/lib/engine/fineTuning/host.js";
import {parseFineTuneRecipe} from "../../../src/lib/finetune/recipe.js";
import {useBackend} from "../albert/backends.js";
import {tokenizer} from "../finetune/tokenizer.js";

beforeAll(() => useBackend("wasm"));

const config = makeConfig({
  vocabSize: tokenizer.vocabSize,
  embeddingSize: 12,
  hiddenSize: 16,
  numHiddenLayers: 2,
  numAttentionHeads: 2,
  intermediateSize: 24,
  maxPositionEmbeddings: 48,
  initializerRange: 0.1,
  architecture: "AlbertForMaskedLM"
});
const data = initParameters(config, 4);
const model = {name: "tiny", config, tokenizer, notes: [], data};

const words = ["kettle", "garden", "roses", "film", "story", "brennick", "lovely"];
const line = (i: number) =>
  Array.from({length: 9}, (_, w) => words[(i + w * (1 + (i % 3))) % words.length]).join(" ");
const domain = {
  name: "mine.txt",
  bytes: new TextEncoder().encode(Array.from({length: 1500}, (_, i) => line(i)).join("\n"))
};
const plan = {steps: 24, learning_rate: 0.02, seed: 3, seeds: 2};
const recipe = parseFineTuneRecipe({batch: {size: 8, sequence_length: 32}, steps: 3}).recipe;
const task = {
  task: "sst2",
  recipe,
  source: {kind: "generated" as const, seed: 3, train: 24, dev: 16}
};

async function goOn(input: object = {}, progress: DomainProgress[] = []) {
  const host = new FineTuningHost({model: async () => model});
  const context = {
    report: (told: DomainProgress) => void progress.push(told),
    signal: new AbortController().signal
  };
  return host.continueOnDomain({domain, general: null, plan, task, ...input}, context as never);
}

describe("continueOnDomain", () => {
  test("compares losses on both texts and the task from both models, pair by pair", async () => {
    const progress: DomainProgress[] = [];
    const {result, files} = await goOn({}, progress);
    const {points, losses, score} = result;
    expect([result.model, result.domain, result.general]).toEqual([
      ...["tiny", "mine.txt", "the generated language"]
    ]);
    expect(points.map(({step}) => step)).toEqual([0, 4, 8, 12, 16, 20, 24]);
    // Untrained weights know nothing of either text; a text of seven words is learned, the other is not.
    expect(points[0]!.domain).toBeGreaterThan(0.8 * Math.log(tokenizer.vocabSize));
    expect(losses.domain.before).toBe(points[0]!.domain);
    expect(losses.general.after).toBe(points.at(-1)!.general);
    expect(losses.domain.change.high).toBeLessThan(-1);
    expect(losses.domain.change.mean).toBeLessThan(losses.general.change.mean);
    for (const {before, after, change} of [losses.domain, losses.general, score!])
      expect(change.mean).toBeCloseTo(after - before, 9);
    expect(losses.domain.change.n).toBeGreaterThan(2);
    expect(score!.runs).toHaveLength(2);
    expect([score!.task, score!.metric, score!.change.n]).toEqual(["SST-2", "accuracy", 2]);
    const phases = progress.flatMap((told) => (told.kind === "phase" ? [told.phase] : []));
    expect(phases).toContain("SST-2 from the model that went on, seed 2 of 2");
    // What comes back is the model that went on; the one in use is what it was.
    const {parameters} = await readModelFolder(mapFiles(files), "files");
    const name = [...data.keys()].find((key) => key.includes("word_embeddings"))!;
    expect(parameters.get(name)!.data).not.toEqual(data.get(name)!.data);
    expect(data.get(name)!.data).toEqual(initParameters(config, 4).get(name)!.data);
  });

  test("gives the same bits again, without a task", async () => {
    const short = {plan: {...plan, steps: 5, seeds: 0}, task: null, general: domain};
    const [first, second] = [await goOn(short), await goOn(short)];
    expect(first.result.score).toBeNull();
    expect(first.result).toEqual(second.result);
  });

  test("refuses a text with too little to hold out", async () => {
    const short = {
      name: "note.txt",
      bytes: new TextEncoder().encode("a garden\na film\na story\n")
    };
    await expect(goOn({domain: short})).rejects.toThrow(/^note.txt: .*too few for an interval/);
  });
});
