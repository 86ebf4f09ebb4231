import {afterEach, describe, expect, test} from "vitest";
import {InputError} from "../../../src/lib/errors.js";
import {EngineConnection, EngineLostError, type EnginePort} from "../../../src/lib/engine/calls.js";
import {listen, type EngineHandlers} from "../../../src/lib/engine/listen.js";
import {yieldToMessages} from "../../../src/lib/engine/yield.js";

const channels: MessageChannel[] = [];

afterEach(() => {
  for (const {port1, port2} of channels.splice(0)) {
    port1.close();
    port2.close();
  }
});

/** A connection to handlers over a real channel; calls without a handler are unknown. */
function connect(handlers: Partial<EngineHandlers>): EngineConnection {
  const channel = new MessageChannel();
  channels.push(channel);
  listen(channel.port2 as unknown as EnginePort, handlers as EngineHandlers);
  return new EngineConnection(channel.port1 as unknown as EnginePort);
}

describe("EngineConnection.call(type, input, options)", () => {
  test("gives the result of the handler and hands its arrays over", async () => {
    const data = new Float32Array([1, 2, 3]);
    const connection = connect({
      attend: async ({text}) => ({
        tokens: [text],
        wordIds: [0],
        typeIds: [0],
        probs: {shape: [3], data},
        group: [0],
        model: "m"
      })
    });
    const result = await connection.call("attend", {text: "hello", pair: null});
    expect(result.tokens).toEqual(["hello"]);
    expect([...result.probs.data]).toEqual([1, 2, 3]);
    expect(data.length).toBe(0);
    expect(connection.waiting).toBe(0);
  });

  test("passes progress on, in order, before the result", async () => {
    const seen: (number | null)[] = [];
    const connection = connect({
      trainTokenizer: async (_, {report}) => {
        for (let i = 0; i < 5; ++i) report({phase: "p", fraction: i / 4});
        return {
          vocabSize: 0,
          requestedSize: 0,
          pieces: [],
          charactersPerPiece: 0,
          notes: [],
          spiece: new Uint8Array()
        };
      }
    });
    const input = {recipe: {} as never, source: {kind: "recipe"} as const};
    await connection.call("trainTokenizer", input, {
      onProgress: ({fraction}) => seen.push(fraction)
    });
    expect(seen).toEqual([0, 0.25, 0.5, 0.75, 1]);
  });

  test("turns an error for the reader into an InputError and any other into an Error", async () => {
    const connection = connect({
      fill: async () => {
        throw new InputError("text: empty");
      },
      evaluate: async () => {
        throw new TypeError("x is undefined");
      }
    });
    await expect(connection.call("fill", {text: ""})).rejects.toThrow(
      new InputError("text: empty")
    );
    const fault = await connection.call("evaluate", {}).catch((error: unknown) => error);
    expect(fault).not.toBeInstanceOf(InputError);
    expect(fault).toMatchObject({message: "x is undefined"});
  });

  test("answers a call that nobody handles", async () => {
    await expect(connect({}).call("reset", {})).rejects.toThrow("unknown call reset");
  });

  test("cancels one call and leaves the others", async () => {
    const connection = connect({
      train: async ({until}, {signal}) => {
        let step = 0;
        while (!signal.aborted && step < until) {
          step += 1;
          await yieldToMessages();
        }
        return {step, reason: signal.aborted ? "paused" : "finished", message: null};
      }
    });
    const controller = new AbortController();
    const endless = connection.call("train", {until: Infinity}, {signal: controller.signal});
    const short = connection.call("train", {until: 20});
    expect((await short).reason).toBe("finished");
    controller.abort();
    expect((await endless).reason).toBe("paused");
  });

  test("rejects what waits when the worker is lost, and everything after", async () => {
    const connection = connect({model: () => new Promise(() => {})});
    const waiting = connection.call("model", {});
    connection.lose("the worker stopped");
    await expect(waiting).rejects.toThrow(EngineLostError);
    await expect(connection.call("model", {})).rejects.toThrow("the worker stopped");
    expect(connection.waiting).toBe(0);
  });
});
