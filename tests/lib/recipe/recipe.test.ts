import {describe, expect, test} from "vitest";
import {InputError} from "../../../src/lib/errors.js";
import {canonicalJson, recipeHash} from "../../../src/lib/recipe/hash.js";
import {parseRecipe, parseRecipeText, type Recipe} from "../../../src/lib/recipe/recipe.js";
import {recipeLink} from "../../../src/lib/recipe/url.js";

const small = {
  model: {
    embedding_size: 32,
    hidden_size: 64,
    num_hidden_layers: 4,
    num_attention_heads: 4,
    intermediate_size: 256,
    sharing: "all"
  },
  tokenizer: {vocab_size: 1000},
  corpus: {path: "text.txt"},
  objective: {masking: {max_ngram: 3, probability: 0.15}, sentence: "sop"},
  optimizer: {name: "adamw", learning_rate: 0.002, weight_decay: 0.01},
  schedule: {warmup_steps: 10, decay: "linear"},
  batch: {size: 16, sequence_length: 48},
  steps: 120,
  seed: 7
};

describe("parseRecipe(json, file)", () => {
  test("takes the recipe of the documentation and fills in the rest", () => {
    const recipe = parseRecipe(small);
    expect(recipe.steps).toBe(120);
    expect(recipe.optimizer.adam_beta2).toBe(0.98);
    expect(recipe.model.max_position_embeddings).toBe(128);
  });

  test("grows the positions with the sequence", () => {
    expect(parseRecipe({batch: {sequence_length: 256}}).model.max_position_embeddings).toBe(256);
  });

  test.each([
    [{modle: {}}, "r.json: unknown field modle"],
    [{model: {hidden: 3}}, "r.json: unknown field model.hidden"],
    [{steps: "many"}, 'r.json: invalid steps: "many" (expected a number)'],
    [{steps: 1.5}, "r.json: invalid steps: 1.5 (expected a whole number)"],
    [{seed: -1}, "r.json: invalid seed: -1 (expected at least 0)"],
    [
      {model: {hidden_size: 10, num_attention_heads: 4}},
      "r.json: invalid model.hidden_size: 10 (must be a multiple of 4 heads)"
    ],
    [
      {objective: {sentence: "sod"}},
      'r.json: invalid objective.sentence: "sod" (expected one of none, nsp, sop)'
    ],
    [{model: 3}, "r.json: invalid model: 3 (expected an object)"],
    [[], "r.json: invalid recipe: [] (expected no list)"],
    [{batch: {size: [8]}}, "r.json: invalid batch.size: [8] (expected no list)"],
    [
      {corpus: {generate: {documents: 0}}},
      "r.json: invalid corpus.generate.documents: 0 (expected at least 1)"
    ],
    [null, "r.json: invalid recipe: null (expected an object)"],
    [
      {
        objective: {sentence: "none"},
        distillation: {teacher: {num_hidden_layers: 2, steps: 3}},
        batch: {gradient_accumulation_steps: 2}
      },
      "r.json: invalid batch.gradient_accumulation_steps: 2 (a student learns from one batch a step)"
    ],
    [
      {schedule: {warmup_steps: 9}, steps: 5},
      "r.json: invalid schedule.warmup_steps: 9 (steps is 5)"
    ]
  ])("refuses %j with one sentence", (json, message) => {
    expect(() => parseRecipe(json, "r.json")).toThrow(new InputError(message));
  });

  test("refuses a corpus of no known kind", () => {
    expect(() => parseRecipe({corpus: {file: "x"}}, "r.json")).toThrow(/r\.json: invalid corpus/);
  });

  test("names the place of a syntax error", () => {
    expect(() => parseRecipeText("{\n steps: 3}", "r.json")).toThrow(
      /^r\.json is not valid JSON: .* \(line 2\)/
    );
  });
});

describe("recipeHash(recipe)", () => {
  test("is 12 hexadecimal digits that do not depend on the order of keys or on defaults", async () => {
    const hash = await recipeHash(parseRecipe({seed: 7, steps: 120}));
    expect(hash).toMatch(/^[0-9a-f]{12}$/);
    expect(await recipeHash(parseRecipe({steps: 120, seed: 7, model: {}}))).toBe(hash);
    expect(await recipeHash(parseRecipe({steps: 121, seed: 7}))).not.toBe(hash);
  });

  test("does not change for who accumulates nothing", async () => {
    expect(canonicalJson(parseRecipe(small))).not.toContain("gradient_accumulation_steps");
    const twice = parseRecipe({...small, batch: {...small.batch, gradient_accumulation_steps: 2}});
    expect(await recipeHash(twice)).not.toBe(await recipeHash(parseRecipe(small)));
  });

  test("canonicalJson sorts keys at every depth", () => {
    expect(canonicalJson({b: [1, {d: 2, c: undefined}], a: "x"})).toBe('{"a":"x","b":[1,{"d":2}]}');
  });
});

describe("recipeLink", () => {
  const query = (recipe: Recipe) => new URLSearchParams(recipeLink.write({recipe}));

  test("holds only what differs from the defaults", () => {
    expect(query(parseRecipe({})).toString()).toBe("");
    expect(query(parseRecipe({model: {embedding_size: 16}, seed: 3})).toString()).toBe(
      "model.embedding_size=16&seed=3"
    );
  });

  test.each([
    small,
    {model: {sharing: {groups: 2, inner: 1}}, batch: {sequence_length: 200}},
    {corpus: {generate: {documents: 12, seed: 4}}, objective: {sentence: "none"}}
  ])("comes back as the same recipe: %j", (input) => {
    const recipe = parseRecipe(input);
    expect(recipeLink.read(query(recipe))).toEqual({value: {recipe}, problems: [], unknown: []});
  });

  test("leaves out what it does not know at any depth, and refuses a number that does not fit", () => {
    const asked = new URLSearchParams(
      "seed=3&x=1&model.foo=2&batch.x.y=4&model.__proto__=5&model=6"
    );
    const {value, problems, unknown} = recipeLink.read(asked);
    expect(value.recipe).toEqual(parseRecipe({seed: 3}));
    expect(problems).toEqual([]);
    expect(unknown.sort()).toEqual(["batch.x.y", "model", "model.__proto__", "model.foo", "x"]);
    const refused = recipeLink.read(new URLSearchParams("seed=3&model.hidden_size=wide"));
    expect(refused.value.recipe).toEqual(parseRecipe({}));
    expect(refused.problems).toEqual([
      'invalid model.hidden_size: "wide" (expected a number); the usual recipe is used'
    ]);
  });
});
