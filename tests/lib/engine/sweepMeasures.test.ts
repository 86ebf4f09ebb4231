import {beforeAll, describe, expect, test} from "vitest";
import {readCorpus} from "../../../src/lib/engine/corpusSource.js";
import {SweepRunner} from "../../../src/lib/engine/sweepRunner.js";
import {teacherRecipe} from "../../../src/lib/engine/teacher.js";
import {parseSweep} from "../../../src/lib/experiments/parseSweep.js";
import {runsOf} from "../../../src/lib/experiments/sweep.js";
import {recipeHash} from "../../../src/lib/recipe/hash.js";
import {parseRecipe} from "../../../src/lib/recipe/recipe.js";
import {useBackend} from "../albert/backends.js";

const base = {
  model: {
    embedding_size: 5,
    hidden_size: 6,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    intermediate_size: 11
  },
  tokenizer: {vocab_size: 90},
  corpus: {generate: {documents: 30, seed: 1, plain: true, topics: 2}},
  batch: {size: 7, sequence_length: 17},
  schedule: {warmup_steps: 2},
  capture: {evaluate_every: 4, checkpoint_every: 0},
  steps: 6
};

const makeRunner = () =>
  new SweepRunner({
    corpus: (recipe) => readCorpus(recipe, {kind: "recipe"}, () => {}),
    tokenizer: async () => undefined
  });

beforeAll(() => useBackend("wasm"));

describe("what a sweep measures of a model", () => {
  test("every pretraining task on the same rows, a fine-tuned score, and going on", async () => {
    const sweep = parseSweep({
      base,
      cases: {sop: {"objective.sentence": "sop"}, none: {"objective.sentence": "none"}},
      measures: ["tasks", "downstream", "resharing"],
      downstream: {
        task: "sst2",
        rows: 20,
        dev: 33,
        recipe: {steps: 3, batch: {size: 5, sequence_length: 24}}
      },
      resharing: {steps: 2, learning_rate: 0.01, evaluate_every: 2}
    });
    const runner = makeRunner();
    const [sop, none] = await Promise.all(
      (await runsOf(sweep)).map(async (run) => (await runner.run(sweep, run))!.measures)
    );
    expect(sop!.tasks!.nsp!.count).toBeGreaterThanOrEqual(512);
    expect(sop!.tasks!.sop!.accuracy).toBeGreaterThan(0.2);
    expect(none!.tasks).toMatchObject({nsp: null, sop: null});
    // the masked rows are those of no sentence task, whatever was trained
    expect(sop!.tasks!.mlm.count).toBe(none!.tasks!.mlm.count);
    expect(sop!.downstream).toMatchObject({task: "sst2", rows: 20, dev: 33});
    expect(none!.downstream!.score).toBeGreaterThanOrEqual(0);
    expect(none!.downstream!.score).toBeLessThanOrEqual(1);
    expect(sop!.resharing!.map(({change}) => change)).toEqual([
      "as it was",
      "depth 1 untied",
      "depth 2 untied",
      "all untied"
    ]);
    for (const {points} of sop!.resharing!)
      expect(points[0]!.mlmLoss).toBe(sop!.resharing![0]!.points[0]!.mlmLoss);
  });
});

describe("learning rates of a fine-tuned score", () => {
  const downstream = {
    task: "sst2",
    rows: 20,
    dev: 33,
    recipe: {steps: 3, batch: {size: 5, sequence_length: 24}}
  };
  const cases = {wide: {"model.hidden_size": 8}, deep: {"model.num_hidden_layers": 3}};
  const scoresOf = async (plan: object) => {
    const sweep = parseSweep({base, cases, measures: ["downstream"], downstream: plan});
    const runner = makeRunner();
    const scores = [];
    for (const run of await runsOf(sweep))
      scores.push((await runner.run(sweep, run))!.measures.downstream!);
    return scores;
  };

  test("each of a list is tried, the lowest loss counts, and a case can have its own", async () => {
    const rates = [0.001, 0.03];
    const tried = await scoresOf({...downstream, learning_rates: rates});
    const own = await scoresOf({...downstream, rate_of: {wide: 0.03, deep: 0.001}});
    const plain = await scoresOf({
      ...downstream,
      recipe: {...downstream.recipe, optimizer: {learning_rate: 0.03}}
    });
    for (const {tried: all, loss} of tried) {
      expect(all!.map(({learning_rate}) => learning_rate)).toEqual(rates);
      expect(all![0]!.loss).not.toBe(all![1]!.loss);
      expect(loss).toBe(Math.min(...all!.map((one) => one.loss)));
    }
    expect(own[0]!.loss).toBe(tried[0]!.tried![1]!.loss);
    expect(own[1]!.loss).toBe(tried[1]!.tried![0]!.loss);
    expect(plain[0]).toEqual(own[0]);
  });
});

describe("a recipe with a teacher", () => {
  const student = {
    ...base,
    objective: {sentence: "none"},
    distillation: {teacher: {num_hidden_layers: 4, steps: 5, sentence: "nsp"}}
  };

  test("implies its teacher's recipe, and leaves other recipes' hashes alone", async () => {
    const recipe = parseRecipe(student);
    expect(teacherRecipe(recipe)).toMatchObject({
      model: {num_hidden_layers: 4},
      objective: {sentence: "nsp"},
      steps: 5,
      schedule: {warmup_steps: 2}
    });
    expect("distillation" in parseRecipe(base)).toBe(false);
    expect(await recipeHash(parseRecipe(base))).not.toBe(await recipeHash(recipe));
    expect(() => parseRecipe({...student, objective: {sentence: "sop"}})).toThrow(
      'invalid objective.sentence: "sop" (a student learns from masks alone)'
    );
    expect(() => parseRecipe({...base, model: {...base.model, factorisation: false}})).toThrow(
      "invalid model.embedding_size: 5 (without factorisation it is 6)"
    );
  });

  test("is trained after it, the same way every time, and not as without one", async () => {
    const cases = {taught: {distillation: student.distillation}, alone: {}};
    const sweep = parseSweep({base: {...base, objective: {sentence: "none"}}, cases});
    const scores = [];
    for (const runner of [makeRunner(), makeRunner()])
      for (const run of await runsOf(sweep))
        scores.push((await runner.run(sweep, run))!.evaluations.map(({mlm_loss}) => mlm_loss));
    expect(scores[0]).toEqual(scores[2]);
    expect(scores[1]).toEqual(scores[3]);
    expect(scores[0]![0]).not.toBe(scores[1]![0]); // it begins with the teacher's weights
  });
});
