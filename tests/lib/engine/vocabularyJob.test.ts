import {expect, test} from "vitest";
import type {Engine} from "../../../src/lib/engine/client.js";
import {VocabularyJob} from "../../../src/lib/engine/vocabularyJob.js";

test("a training that another takes the place of is not told as cancelled by the reader", async () => {
  const made: {isLost: boolean}[] = [];
  const job = new VocabularyJob(() => {
    const engine = {
      isLost: false,
      terminate: () => {},
      call: (_type: string, _input: unknown, {signal}: {signal: AbortSignal}) =>
        new Promise((resolve, reject) => {
          if (made.length > 1) return resolve({vocabSize: 9});
          signal.addEventListener("abort", () => reject(new Error("stopped")));
          engine.fail = reject;
        }),
      fail: (_error: Error) => {}
    };
    made.push(engine);
    return engine as unknown as Engine;
  });
  const order = {size: 300, documents: 5, file: null};
  const first = job.train(order, () => {});
  const second = job.train(order, () => {});
  expect(await first).toEqual({kind: "replaced"});
  job.cancel();
  expect(await second).toEqual({kind: "cancelled"});
  // after a loss of the worker the next is trained by another
  const third = job.train(order, () => {});
  const engine = made[0] as unknown as {isLost: boolean; fail(error: Error): void};
  engine.isLost = true;
  engine.fail(new Error("the worker stopped"));
  expect(await third).toEqual({kind: "failed", message: "the worker stopped"});
  expect(await job.train(order, () => {})).toMatchObject({kind: "trained"});
  expect(made).toHaveLength(2);
  job.close();
});
