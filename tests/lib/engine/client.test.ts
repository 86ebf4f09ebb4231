/** The page's handle on its worker, over a worker of the test's own: what it tells the next one. */
import {afterAll, beforeAll, expect, test, vi} from "vitest";
import {EngineLostError, type EnginePort} from "../../../src/lib/engine/calls.js";
import {Engine} from "../../../src/lib/engine/client.js";
import type {DeviceReport} from "../../../src/lib/engine/deviceCalls.js";
import {listen, type EngineHandlers} from "../../../src/lib/engine/listen.js";
import type {EngineCalls} from "../../../src/lib/engine/protocol.js";

/** What each worker was asked at its start. */
const starts: EngineCalls["start"]["input"][] = [];
/** Whether the next question is answered by word that the backend computes wrongly. */
let isWrong = false;

/** A worker that takes the first of two backends it may, and answers one question. */
class TestWorker {
  readonly #channel = new MessageChannel();
  constructor() {
    const {port2} = this.#channel;
    const handlers: Partial<EngineHandlers> = {
      start: async (input) => {
        starts.push(input);
        const backend = input.without.includes("webgpu") ? "wasm" : "webgpu";
        return {backend, forced: null, trials: [], adapter: null} satisfies DeviceReport;
      },
      model: async () => {
        if (!isWrong) return null;
        port2.postMessage({type: "lost", message: "it computes nonsense", refused: true});
        return new Promise(() => {});
      }
    };
    listen(port2 as unknown as EnginePort, handlers as EngineHandlers);
  }
  set onmessage(receive: (event: MessageEvent) => void) {
    this.#channel.port1.onmessage = receive;
  }
  postMessage(message: unknown): void {
    this.#channel.port1.postMessage(message);
  }
  terminate(): void {
    this.#channel.port1.close();
  }
}

beforeAll(() => {
  vi.stubGlobal("Worker", TestWorker);
  vi.stubGlobal("location", new URL("file:///"));
});
afterAll(() => vi.unstubAllGlobals());

test("an engine does not try what gave another of its page wrong numbers", async () => {
  const first = new Engine();
  expect(await first.call("model", {})).toBeNull();
  const lost = new Engine();
  isWrong = true;
  const error = await lost.call("model", {}).catch((e: Error) => e);
  isWrong = false;
  expect(error).toBeInstanceOf(EngineLostError);
  expect(error).toMatchObject({isRefused: true, message: "it computes nonsense"});
  const next = new Engine({without: ["webgl"]});
  expect(await next.start()).toMatchObject({backend: "wasm"});
  expect(starts.map(({without}) => without)).toEqual([[], [], ["webgl", "webgpu"]]);
  for (const engine of [first, lost, next]) engine.terminate();
});
