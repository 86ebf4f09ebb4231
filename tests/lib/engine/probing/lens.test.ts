import * as tf from "@tensorflow/tfjs-core";
import {describe, expect, test} from "vitest";
import {forward} from "../../../../src/lib/albert/heads.js";
import {disposeParameters, uploadParameters} from "../../../../src/lib/albert/params.js";
import {lensLogits} from "../../../../src/lib/albert/probe/lens.js";
import {fillMasks} from "../../../../src/lib/engine/ask.js";
import {readLens} from "../../../../src/lib/engine/probing/lens.js";
import {exactBackends, useBackend} from "../../albert/backends.js";
import {tinyConfig, tinyInputs, tinyParameters} from "../../albert/tiny.js";
import {tinyModel} from "../tinyModel.js";

const text = "the cat [MASK] a red ball and waits";

describe.each(exactBackends)("the lens on %s", (backend) => {
  test("reads at the last depth what the model answers, to the last bit", async () => {
    await useBackend(backend);
    const config = tinyConfig();
    const params = uploadParameters(tinyParameters(config));
    const {numTensors} = tf.memory();
    const byDepth: Float32Array[] = [];
    const places = Int32Array.from({length: 21}, (_, i) => i);
    await lensLogits(params, tinyInputs, config, places, (_, logits) =>
      byDepth.push(logits.slice())
    );
    expect(byDepth).toHaveLength(6);
    expect(tf.memory().numTensors).toBe(numTensors);
    const own = tf.tidy(() =>
      forward(params, tinyInputs, config).logits.get("prediction_logits")!.dataSync()
    );
    expect(byDepth[5]).toEqual(own);
    for (const earlier of byDepth.slice(0, 5)) expect(earlier).not.toEqual(own);
    disposeParameters(params);
  });

  test("as the text stands: the guess at a [MASK] is the model's guess", async () => {
    await useBackend(backend);
    const model = tinyModel(60);
    const {numTensors} = tf.memory();
    const lens = await readLens(model, {text, pair: null, isHidden: false});
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(lens.lastDepthError).toBe(0);
    expect(lens.depths).toBe(4);
    expect(lens.positions).toHaveLength(lens.tokens.length);
    const {blanks} = await fillMasks(model, text);
    const at = lens.positions.indexOf(blanks[0]!.position);
    expect(lens.truth[at]).toBeNull();
    expect(lens.truthRank[4 * at + 3]).toBe(0);
    expect(lens.truthProbability[4 * at + 3]).toBeNaN();
    expect(lens.top[4 * at + 3]).toEqual(blanks[0]!.top.slice(0, 3));
    lens.positions.forEach((_, k) => {
      expect(lens.divergence[4 * k + 3]).toBe(0);
      for (let depth = 0; depth < 4; ++depth) {
        expect(lens.entropy[4 * k + depth]).toBeGreaterThan(0);
        expect(lens.entropy[4 * k + depth]).toBeLessThanOrEqual(Math.log(lens.vocabSize) + 1e-6);
      }
    });
  });

  test("hidden in turn: each piece is guessed from the others alone", async () => {
    await useBackend(backend);
    const model = tinyModel(60);
    // More pieces than are computed at once.
    const long = "the bird sings at night and sleeps and a dog finds a red ball";
    const lens = await readLens(model, {text: long, pair: null, isHidden: true});
    expect(lens.positions.length).toBeGreaterThan(16);
    expect(lens.tokens).toHaveLength(lens.positions.length + 2);
    expect(lens.lastDepthError).toBe(0);
    // A word that is one piece can be hidden in the text itself.
    const k = lens.positions.findIndex(
      (i) => /^▁\p{L}+$/u.test(lens.tokens[i]!) && /^(▁|\[)/.test(lens.tokens[i + 1]!)
    );
    expect(k).toBeGreaterThanOrEqual(0);
    const word = lens.tokens[lens.positions[k]!]!.slice(1);
    const {blanks} = await fillMasks(model, long.replace(word, "[MASK]"));
    const [best] = lens.top[4 * k + 3]!;
    expect(best!.piece).toBe(blanks[0]!.top[0]!.piece);
    expect(best!.probability).toBeCloseTo(blanks[0]!.top[0]!.probability, 6);
  });

  test("says what it needs", async () => {
    const model = tinyModel(60);
    const bare = {...model, config: {...model.config, architecture: "AlbertModel" as const}};
    const ask = {text, pair: null, isHidden: false};
    await expect(readLens(bare, ask)).rejects.toThrow("AlbertModel has no masked LM head");
    await expect(readLens(model, {...ask, text: " "})).rejects.toThrow("the text is empty");
  });
});
