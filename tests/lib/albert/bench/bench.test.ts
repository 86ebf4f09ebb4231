import * as tf from "@tensorflow/tfjs-core";
// registers the gradients of TensorFlow.js itself, which the stock model needs
import "@tensorflow/tfjs";
import {beforeAll, describe, expect, test, vi} from "vitest";
import {run} from "../../../../bin/verbs/bench.js";
import {benchShape, requireAgreement} from "../../../../src/lib/albert/bench/bench.js";
import {byTurns, median} from "../../../../src/lib/albert/bench/byTurns.js";
import {
  planContender,
  plainContender,
  stockContender,
  type Start
} from "../../../../src/lib/albert/bench/contenders.js";
import {
  benchBatch,
  benchConfig,
  benchShapes,
  type BenchShape
} from "../../../../src/lib/albert/bench/shapes.js";
import {benchMarkdown} from "../../../../src/lib/albert/bench/table.js";
import {countParameters, initParameters} from "../../../../src/lib/albert/specs.js";
import {useBackend} from "../backends.js";

beforeAll(() => useBackend("cpu"));

/** Small and odd; the weights larger than ALBERT's, so that every part matters to the loss. */
function tinyStart(allPositions: boolean): Start {
  const shape: BenchShape = {
    about: "tiny",
    vocabSize: 29,
    embeddingSize: 5,
    hiddenSize: 6,
    intermediateSize: 11,
    numAttentionHeads: 2,
    numHiddenLayers: 3,
    batch: 3,
    sequence: 7,
    allPositions,
    forwardOnly: false
  };
  const config = {...benchConfig(shape), initializerRange: 0.3};
  return {config, data: initParameters(config, 1), batch: benchBatch(shape)};
}

describe("contenders", () => {
  test.each([true, false])(
    "take the same steps from the same weights (every position: %s)",
    async (allPositions) => {
      const contenders = [planContender, plainContender, stockContender].map((make) =>
        make(make.name, tinyStart(allPositions))
      );
      const losses = new Map<string, number[]>(contenders.map(({name}) => [name, []]));
      for (const {name, step, forward} of contenders) {
        for (let i = 0; i < 4; ++i) losses.get(name)!.push((await step!()).loss);
        losses.get(name)!.push((await forward()).loss);
      }
      requireAgreement("tiny", losses);
      const [plan] = losses.values();
      expect(plan![4]).toBeLessThan(plan![0]!);
      for (const contender of contenders) contender.dispose();
    }
  );

  test("leave no tensor behind", async () => {
    const before = tf.memory().numTensors;
    const contender = stockContender("stock", tinyStart(false));
    await contender.step!();
    const between = tf.memory().numTensors;
    await contender.step!();
    await contender.forward();
    expect(tf.memory().numTensors).toBe(between);
    contender.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("requireAgreement(shape, losses)", () => {
  test("names who computes something else", () => {
    const losses = new Map([
      ["plan", [6.1, 6]],
      ["other", [6.1, 6.01]]
    ]);
    expect(() => requireAgreement("phone", losses)).toThrow(/phone: the loss of other is 6\.01/);
    losses.set("other", [6.1, NaN]);
    expect(() => requireAgreement("phone", losses)).toThrow(/other is NaN at turn 2/);
  });
});

describe("benchShape(shape, makers, options)", () => {
  const constant =
    (name: string, loss: number, isReader = false) =>
    () => ({
      name,
      step: isReader ? null : async () => ({loss, ms: loss}),
      forward: async () => ({loss, ms: 2 * loss}),
      dispose: vi.fn()
    });

  test("gives a row for each contender and work, with ratios to the first", async () => {
    const makers = [constant("a", 2), constant("b", 2, true), () => null];
    const rows = await benchShape("phone", makers, {rounds: 3});
    expect(
      rows!.map(({work, contender, median, ratio}) => [work, contender, median, ratio])
    ).toEqual([
      ["forward", "a", 4, 1],
      ["forward", "b", 4, 1],
      ["step", "a", 2, 1]
    ]);
    expect(rows![0]!.tokensPerSecond).toBe((1000 * 16 * 32) / 4);
    const record = {
      date: "",
      machine: "m",
      executor: "e",
      clock: "cpu",
      rows: rows!,
      skipped: ["x"]
    };
    expect(benchMarkdown(record)).toContain(
      "| step | phone | a | 2.00 | 2.00 | 2.00 | 256,000 | 1.00 × |"
    );
    expect(benchMarkdown(record)).toContain("skipped: x");
  });

  test("ends when it is told to, and lets go of what it made", async () => {
    const stop = new AbortController();
    const made = constant("a", 2)();
    const onProgress = () => stop.abort();
    const options = {rounds: 3, onProgress, signal: stop.signal};
    expect(await benchShape("phone", [() => made], options)).toBeNull();
    expect(made.dispose).toHaveBeenCalledOnce();
  });

  test("trains nothing where a shape is only read", async () => {
    const rows = await benchShape("albert-base", [constant("a", 2)], {rounds: 1});
    expect(rows!.map(({work}) => work)).toEqual(["forward"]);
  });
});

describe("byTurns()", () => {
  test("runs the contenders by turns and does not count the first turns", async () => {
    const order: string[] = [];
    const said = [9, 3, 1];
    const timings = await byTurns(
      [
        {
          name: "says",
          run: async () => {
            order.push("says");
            return {loss: 0, ms: said.shift()!};
          }
        },
        {
          name: "is timed",
          run: async () => {
            order.push("is timed");
            return {loss: 0};
          }
        }
      ],
      {rounds: 2, warmUp: {turns: 1, ms: 1e9}}
    );
    expect(order).toEqual(Array.from({length: 3}, () => ["says", "is timed"]).flat());
    expect(timings![0]).toEqual({name: "says", times: [1, 3]});
    expect(timings![1]!.times).toHaveLength(2);
  });

  test("median of an odd and of an even number of times", () => {
    expect(median([1, 2, 10])).toBe(2);
    expect(median([1, 2, 4, 10])).toBe(3);
  });
});

describe("bench --plan", () => {
  test("prints the instructions of a shape", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    await run(["--plan", "--shape", "phone"]);
    const text = log.mock.calls[0]![0] as string;
    log.mockRestore();
    expect(text).toMatch(/^ +0 {2}gatherRows\(\[albert\.embeddings\.word_embeddings\.weight\]/);
    expect(text).toMatch(/attentionBackward\(.*# layer 1 attention ∂/);
  });
});

describe("benchShapes", () => {
  test.each(Object.entries(benchShapes))("%s: rows without padding, slots in range", (_, shape) => {
    const batch = benchBatch(shape);
    const tokens = shape.batch * shape.sequence;
    expect(batch.attentionMask.every((m) => m === 1)).toBe(true);
    expect(Math.max(...batch.maskedPositions)).toBeLessThan(tokens);
    expect(new Set(batch.maskedPositions).size).toBe(batch.maskedPositions.length);
    const share = batch.maskedPositions.length / tokens;
    expect(share).toBeCloseTo(shape.allPositions ? 1 : 0.15, 2);
  });

  test("the standard one has the sizes that its line names", () => {
    const {V, E, H, F} = {V: 1024, E: 32, H: 128, F: 512};
    const {total} = countParameters(benchConfig(benchShapes.standard));
    const embeddings = (V + 2 + 64) * E + 2 * E + E * H + H;
    const layer = 4 * (H * H + H) + 2 * H + (H * F + F) + (F * H + H) + 2 * H;
    const head = H * E + E + 2 * E + V;
    expect(total).toBe(embeddings + layer + head);
  });
});
