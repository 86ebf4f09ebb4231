import * as tf from "@tensorflow/tfjs-core";
import {beforeAll, describe, expect, test} from "vitest";
import {flopsPerToken} from "../../../src/lib/albert/flops.js";
import {countParameters} from "../../../src/lib/albert/specs.js";
import {timeModels, timeSteps} from "../../../src/lib/engine/timing.js";
import {smallFamilies} from "../../../src/lib/recipe/zooCosts.js";
import {useBackend} from "../albert/backends.js";

beforeAll(() => useBackend("wasm"));

describe("smallFamilies()", () => {
  test("have the published proportions of work and storage", () => {
    const [bert, albert, roberta, distil] = smallFamilies().map(({config}) => config);
    const work = (config: typeof bert) => flopsPerToken(config!, 128);
    expect(work(albert) / work(bert)).toBeCloseTo(1, 2);
    expect(work(roberta)).toBe(work(bert));
    expect(work(distil) / work(bert)).toBeCloseTo(0.5, 6);
    expect(countParameters(albert!).total).toBeLessThan(countParameters(distil!).total / 4);
    expect(countParameters(roberta!).total).toBeGreaterThan(countParameters(bert!).total);
  });
});

describe("timeModels(models, options)", () => {
  const models = smallFamilies().slice(0, 2);

  test("gives every round of every model and leaves no tensor behind", async () => {
    const before = tf.memory().numTensors;
    const rounds: number[] = [];
    const {signal} = new AbortController();
    const result = await timeModels(
      models,
      {sequence: 17, rounds: 3},
      ({round}) => rounds.push(round),
      signal
    );
    expect(result!.map(({name, elapsedMs}) => [name, elapsedMs.length])).toEqual([
      ["BERT", 3],
      ["ALBERT", 3]
    ]);
    for (const {elapsedMs} of result!) for (const ms of elapsedMs) expect(ms).toBeGreaterThan(0);
    expect(rounds).toEqual([1, 2, 3]);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("stops when asked and frees what it held", async () => {
    const before = tf.memory().numTensors;
    const stop = new AbortController();
    const result = await timeModels(
      models,
      {sequence: 9, rounds: 50},
      ({round}) => round === 2 && stop.abort(),
      stop.signal
    );
    expect(result).toBeNull();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("timeSteps(models, options)", () => {
  test("gives every round of every model and leaves no tensor behind", async () => {
    const models = smallFamilies()
      .slice(0, 2)
      .map(({name, config}) => ({
        name,
        config: {...config, architecture: "AlbertForMaskedLM" as const}
      }));
    const before = tf.memory().numTensors;
    const rounds: number[] = [];
    const {signal} = new AbortController();
    const sizes = {sequence: 9, batch: 3, rounds: 2};
    const result = await timeSteps(models, sizes, ({round}) => rounds.push(round), signal);
    expect(result!.map(({name, elapsedMs}) => [name, elapsedMs.length])).toEqual([
      ["BERT", 2],
      ["ALBERT", 2]
    ]);
    for (const {elapsedMs} of result!) for (const ms of elapsedMs) expect(ms).toBeGreaterThan(0);
    expect(rounds).toEqual([1, 2]);
    expect(tf.memory().numTensors).toBe(before);
    const stop = new AbortController();
    stop.abort();
    expect(await timeSteps(models, sizes, () => {}, stop.signal)).toBeNull();
  });
});
