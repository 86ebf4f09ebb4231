import * as tf from "@tensorflow/tfjs-core";
import {describe, expect, test} from "vitest";
import {writeModelFolder} from "../../../src/lib/albert/checkpoint/write.js";
import {countParameters, initParameters} from "../../../src/lib/albert/specs.js";
import {bertConfig} from "../../../src/lib/albert/variants.js";
import {InputError} from "../../../src/lib/errors.js";
import {exactBackends} from "../albert/backends.js";
import {collect, makeEngine, prepareSmall, smallRecipe, smallSource} from "./hostPort.js";

const utf8 = (text: string) => new TextEncoder().encode(text);
const endless = smallRecipe({steps: 100000, capture: {evaluate_every: 0, checkpoint_every: 0}});

describe.each(exactBackends)("a host on %s", (backend) => {
  test("answers questions about the run and leaves no tensor behind", async () => {
    const engine = makeEngine({backend});
    await engine.start();
    const empty = tf.memory().numTensors;
    await prepareSmall(engine);
    await engine.call("train", {until: 2});
    const {numTensors} = tf.memory();
    const {evaluation, predictions} = await engine.call("evaluate", {});
    expect(evaluation.step).toBe(2);
    expect(evaluation.sentenceCount % 33).toBe(0);
    expect(evaluation.sentenceCount).toBeGreaterThan(0);
    expect(evaluation.mlmAccuracyInterval[0]).toBeLessThanOrEqual(evaluation.mlmAccuracy);
    expect(evaluation.mlmAccuracyInterval[1]).toBeGreaterThanOrEqual(evaluation.mlmAccuracy);
    expect(predictions.map(({blanks}) => blanks.length).every((n) => n > 0)).toBe(true);
    for (const {top, truthProbability, truth} of predictions.flatMap(({blanks}) => blanks)) {
      expect(top).toHaveLength(5);
      const found = top.find(({piece}) => piece === truth);
      if (found) expect(truthProbability).toBe(found.probability);
      else expect(truthProbability).toBeLessThanOrEqual(top[4]!.probability);
    }
    const attention = await engine.call("attend", {text: "the cat sings", pair: "a dog waits"});
    const [depth, heads, from, to] = attention.probs.shape as [number, number, number, number];
    expect([depth, heads]).toEqual([2, 2]);
    expect(from).toBe(attention.tokens.length);
    expect(attention.group).toEqual([0, 0]);
    for (let row = 0; row < depth * heads * from; ++row)
      expect(
        attention.probs.data.subarray(row * to, (row + 1) * to).reduce((a, b) => a + b)
      ).toBeCloseTo(1, 5);
    const filled = await engine.call("fill", {text: "the [MASK] sings"});
    expect(filled.blanks).toHaveLength(1);
    const sum = filled.blanks[0]!.top.reduce((all, {probability}) => all + probability, 0);
    expect(sum).toBeGreaterThan(0);
    expect(sum).toBeLessThanOrEqual(1);
    const told = await engine.call("model", {});
    expect(told).toMatchObject({name: expect.stringMatching(/^run [0-9a-f]{12}, step 2$/)});
    await engine.call("train", {until: 5});
    expect(tf.memory().numTensors).toBe(numTensors);
    await engine.call("reset", {});
    expect(tf.memory().numTensors).toBe(empty);
    expect(await engine.call("model", {})).toBeNull();
  });

  test("gives a whole model to whoever asks while it trains", async () => {
    const engine = makeEngine({backend});
    await prepareSmall(engine, endless);
    const before = tf.memory().numTensors;
    const stop = new AbortController();
    const training = engine.call("train", {until: 100000}, {signal: stop.signal});
    for (let i = 0; i < 3; ++i) {
      const [files, {probs}, {blanks}] = await Promise.all([
        engine.call("exportModel", {}),
        engine.call("attend", {text: "the cat sings", pair: null}),
        engine.call("fill", {text: "the [MASK] sings"}),
        engine.call("evaluate", {})
      ]);
      expect([...files.keys()]).toContain("model.safetensors");
      expect(probs.data.every(Number.isFinite)).toBe(true);
      expect(blanks).toHaveLength(1);
    }
    stop.abort();
    const {reason, step} = await training;
    expect(reason).toBe("paused");
    expect(step).toBeGreaterThan(0);
    expect(tf.memory().numTensors).toBe(before);
    await engine.call("reset", {});
  });

  test("a loss that is not finite stops the run with the weights it had", async () => {
    const engine = makeEngine({backend});
    // a rate no recipe allows: the first update sends every weight out of range
    const recipe = smallRecipe({schedule: {warmup_steps: 0, decay: "constant"}});
    recipe.optimizer.learning_rate = 1e38;
    recipe.optimizer.weight_decay = 0;
    await prepareSmall(engine, recipe);
    const {all, onProgress} = collect<"train">();
    const outcome = await engine.call("train", {until: 8}, {onProgress});
    expect(outcome.reason).toBe("diverged");
    expect(outcome.message).toMatch(/finite|NaN|Infinity/);
    const rows = all.flatMap((p) => (p.kind === "steps" ? p.rows : []));
    expect(rows.every(({loss}) => Number.isFinite(loss))).toBe(true);
    await engine.call("reset", {});
  });
});

describe("a host that is asked for much at once", () => {
  test("trains once, however many ask at the same time", async () => {
    const engine = makeEngine();
    await prepareSmall(engine);
    const progress = [collect<"train">(), collect<"train">(), collect<"train">()];
    const outcomes = await Promise.all(
      progress.map((each) => engine.call("train", {until: 6}, each))
    );
    const steps = progress.flatMap(({all}) =>
      all.flatMap((p) => (p.kind === "steps" ? p.rows.map(({step}) => step) : []))
    );
    expect([...steps].sort()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(outcomes.at(-1)).toEqual({step: 6, reason: "finished", message: null});
    await engine.call("reset", {});
  });

  test("stops training before the run is reset or replaced", async () => {
    const engine = makeEngine();
    await engine.start();
    const empty = tf.memory().numTensors;
    await prepareSmall(engine, endless);
    const first = engine.call("train", {until: 100000});
    await engine.call("prepare", {recipe: endless, source: smallSource()});
    expect((await first).reason).toBe("paused");
    const second = engine.call("train", {until: 100000});
    await engine.call("reset", {});
    expect((await second).reason).toBe("paused");
    expect(tf.memory().numTensors).toBe(empty);
  });
});

describe("what a host refuses", () => {
  const none = [
    ["train", {until: 3}, "no run yet: prepare one first"],
    ["evaluate", {}, "no run yet: prepare one first"],
    ["exportModel", {}, "no run to export: train one first"],
    ["attend", {text: "x", pair: null}, "no model yet: train one or load one first"],
    ["fill", {text: "[MASK]"}, "no model yet: train one or load one first"],
    ["tokenize", {text: "x"}, "no vocabulary yet: train one first"]
  ] as const;
  test.each(none)("%s before there is anything to ask", async (type, input, message) => {
    const engine = makeEngine();
    await engine.start();
    const asked = engine.call(type, input as never);
    await expect(asked).rejects.toThrow(message);
    await expect(asked).rejects.toBeInstanceOf(InputError);
  });

  const texts: [string, Uint8Array, RegExp][] = [
    ["an empty file", utf8(""), /^text\.txt: the file is empty/],
    ["blanks", utf8(" \n\t\n"), /^text\.txt: holds only white space/],
    ["one word", utf8("hello"), /^text\.txt: holds one sentence \(expected at least two/],
    ["binary data", Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 1, 2), /^text\.txt: looks like a PNG/],
    ["zeros", new Uint8Array(100), /^text\.txt: /],
    ["65 MiB", new Uint8Array(65 * 2 ** 20).fill(97), /^text\.txt: 65\.0 MiB of text is over/]
  ];
  test.each(texts)("a text of %s, in one sentence, and goes on", async (_, bytes, message) => {
    const engine = makeEngine();
    await prepareSmall(engine);
    await engine.call("train", {until: 1});
    const source = {kind: "file", name: "text.txt", bytes} as const;
    const asked = engine.call("prepare", {recipe: smallRecipe(), source});
    await expect(asked).rejects.toThrow(message);
    await expect(asked).rejects.toBeInstanceOf(InputError);
    await expect(asked).rejects.not.toThrow(/\n/);
    // the run before is untouched
    expect(await engine.call("train", {until: 2})).toMatchObject({step: 2});
  });

  test("a model that would not fit, before it is made", async () => {
    const engine = makeEngine();
    const recipe = smallRecipe({
      model: {
        hidden_size: 4096,
        num_attention_heads: 64,
        intermediate_size: 16384,
        num_hidden_layers: 48
      },
      batch: {size: 64, sequence_length: 512}
    });
    const before = tf.memory().numBytes;
    await expect(prepareSmall(engine, recipe)).rejects.toThrow(/would need [\d.]+ GiB, over the/);
    expect(tf.memory().numBytes).toBe(before);
  });

  test("a file where the recipe reads a path that nobody gave", async () => {
    const engine = makeEngine();
    await engine.start();
    await expect(
      engine.call("prepare", {recipe: smallRecipe(), source: {kind: "recipe"}})
    ).rejects.toThrow("the recipe reads text.txt: give that file (drop it on the page)");
  });

  test("a folder that is no model, and keeps the model before", async () => {
    const engine = makeEngine();
    await prepareSmall(engine);
    const files = new Map([["config.json", utf8("{]")]]);
    await expect(engine.call("loadModel", {name: "mine", files})).rejects.toThrow(
      /^config\.json is not valid JSON/
    );
    expect(await engine.call("model", {})).not.toBeNull();
  });

  test("questions without words or blanks", async () => {
    const engine = makeEngine();
    await prepareSmall(engine);
    await expect(engine.call("attend", {text: "  ", pair: null})).rejects.toThrow(
      "the text is empty"
    );
    await expect(engine.call("fill", {text: "no blank"})).rejects.toThrow("no [MASK] in the text");
  });
});

describe("loadModel", () => {
  test("takes what exportModel gave, and attends and fills as the run did", async () => {
    const engine = makeEngine();
    await prepareSmall(engine);
    await engine.call("train", {until: 3});
    const text = "the [MASK] sings at night";
    const run = [
      await engine.call("attend", {text, pair: null}),
      await engine.call("fill", {text})
    ];
    const files = await engine.call("exportModel", {});
    await engine.call("reset", {});
    const empty = tf.memory().numTensors;
    const summary = await engine.call("loadModel", {name: "mine", files});
    expect(summary).toMatchObject({name: "mine", hasTokenizer: true});
    const loaded = [
      await engine.call("attend", {text, pair: null}),
      await engine.call("fill", {text})
    ];
    expect(loaded[1]).toEqual(run[1]);
    expect(loaded[0]).toEqual({...run[0], model: "mine"});
    expect(tf.memory().numTensors).toBe(empty);
    await expect(engine.call("exportModel", {})).rejects.toThrow("no run to export");
  });

  test("takes another family's folder, without its tokenizer, and says so", async () => {
    const engine = makeEngine();
    await engine.start();
    const config = bertConfig({
      vocabSize: 29,
      hiddenSize: 6,
      numHiddenLayers: 2,
      numAttentionHeads: 2,
      intermediateSize: 11
    });
    const files = writeModelFolder({config, parameters: initParameters(config, 1)});
    const words = {type: "WordPiece", vocab: {"[UNK]": 0}};
    files.set("tokenizer.json", utf8(JSON.stringify({model: words, added_tokens: []})));
    const summary = await engine.call("loadModel", {name: "theirs", files});
    expect(summary).toMatchObject({
      hasTokenizer: false,
      parameters: countParameters(config).total,
      config: {model_type: "bert", architectures: ["BertForPreTraining"], hidden_size: 6}
    });
    expect(summary.notes.join()).toMatch(/tokenizer is left out.*"WordPiece", expected "Unigram"/);
    await expect(engine.call("attend", {text: "the cat", pair: null})).rejects.toThrow(
      "theirs: has no spiece.model or tokenizer.json that can be read"
    );
  });
});

describe("trainTokenizer and tokenize", () => {
  test("give a vocabulary, and pieces whose offsets spell the text", async () => {
    const engine = makeEngine();
    await engine.start();
    const vocabulary = await engine.call("trainTokenizer", {
      recipe: smallRecipe(),
      source: smallSource()
    });
    expect(vocabulary.vocabSize).toBeLessThanOrEqual(60);
    expect(vocabulary.pieces).toHaveLength(vocabulary.vocabSize);
    const text = "the cat sings";
    const {pieces, lattice} = await engine.call("tokenize", {text});
    expect(
      pieces
        .map(({offsets: [a, b]}) => text.slice(a, b))
        .join("")
        .replaceAll(" ", "")
    ).toBe(text.replaceAll(" ", ""));
    const best = lattice.edges.filter((edge) => edge.best);
    expect(best.map(({id}) => id)).toEqual(pieces.map(({id}) => id));
  });

  test("stop when asked to", async () => {
    const engine = makeEngine();
    await engine.start();
    const stop = new AbortController();
    const recipe = smallRecipe({
      corpus: {generate: {documents: 400}},
      tokenizer: {vocab_size: 2000}
    });
    const asked = engine.call(
      "trainTokenizer",
      {recipe, source: {kind: "recipe"}},
      {signal: stop.signal, onProgress: () => stop.abort()}
    );
    await expect(asked).rejects.toThrow();
    expect(engine.connection.waiting).toBe(0);
  });
});
