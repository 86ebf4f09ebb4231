import * as tf from "@tensorflow/tfjs-core";
import {beforeAll, expect, test} from "vitest";
import {fillMasks} from "../../../src/lib/engine/ask.js";
import {expectations} from "../../../src/lib/engine/expectations.js";
import {useBackend} from "../albert/backends.js";
import {tinyModel} from "./tinyModel.js";

const model = tinyModel(40);

beforeAll(() => useBackend("cpu"));

test("expectations at a blank are the guesses that fill it; every place has as many", async () => {
  const text = "the cat sees [MASK] house";
  const before = tf.memory().numTensors;
  const {tokens, expected} = await expectations(model, text, null);
  expect(tf.memory().numTensors).toBe(before);
  const {blanks} = await fillMasks(model, text);
  const {position, top} = blanks[0]!;
  expect(tokens[position]).toBe("[MASK]");
  expect(expected).toHaveLength(tokens.length);
  const at = expected![position]!;
  expect(at.slice(0, 5).map(({piece}) => piece)).toEqual(top.map(({piece}) => piece));
  expect(at.slice(0, 5).map(({probability}) => probability)).toBeAllClose(
    top.map(({probability}) => probability)
  );
  const sum = at.reduce((total, {probability}) => total + probability, 0);
  expect(sum).toBeCloseTo(1, 5); // the vocabulary has 47 pieces, all listed
});

test("a model without a masked LM head expects nothing, and says so", async () => {
  const classifier = {
    ...model,
    config: {...model.config, architecture: "AlbertForSequenceClassification"} as const
  };
  expect((await expectations(classifier, "the cat", null)).expected).toBeNull();
});
