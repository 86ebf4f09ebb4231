/** The page's handle on its worker, over a worker of the test's own: what it tells the next one. */
import {afterAll, beforeAll, beforeEach, expect, test, vi} from "vitest";
import {EngineLostError, type EnginePort} from "../../../src/lib/engine/calls.js";
import {Engine} from "../../../src/lib/engine/client.js";
import type {DeviceReport} from "../../../src/lib/engine/deviceCalls.js";
import {holdLifeline} from "../../../src/lib/engine/lifeline.js";
import {listen, type EngineHandlers} from "../../../src/lib/engine/listen.js";
import type {EngineCalls} from "../../../src/lib/engine/protocol.js";
import {TestLocks} from "./testLocks.js";

/** What each worker was asked at its start. */
const starts: EngineCalls["start"]["input"][] = [];
/** Whether the next question is answered by word that the backend computes wrongly. */
let isWrong = false;
/** What the choice of a backend waits for. */
let compiled: Promise<void> = Promise.resolve();

/** A worker that takes the first of two backends it may, and answers one question. */
class TestWorker {
  readonly #channel = new MessageChannel();
  constructor() {
    const {port2} = this.#channel;
    const handlers: Partial<EngineHandlers> = {
      start: async (input) => {
        starts.push(input);
        await compiled;
        const backend = input.without.includes("webgpu") ? "wasm" : "webgpu";
        return {backend, forced: null, trials: [], adapter: null} satisfies DeviceReport;
      },
      model: async () => {
        if (!isWrong) return null;
        port2.postMessage({type: "lost", message: "it computes nonsense", refused: true});
        return new Promise(() => {});
      }
    };
    const port = port2 as unknown as EnginePort;
    const alive = holdLifeline(port);
    listen(port, handlers as EngineHandlers, () => alive);
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

const locks = new TestLocks();
beforeAll(() => {
  vi.stubGlobal("Worker", TestWorker);
  vi.stubGlobal("location", new URL("file:///"));
  locks.use();
});
afterAll(() => vi.unstubAllGlobals());
beforeEach(() => {
  starts.length = 0;
  compiled = Promise.resolve();
});

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

test("a worker that is gone before it has chosen a backend is lost at once", async () => {
  compiled = new Promise(() => {});
  const engine = new Engine();
  const started = engine.start().catch((error: Error) => error);
  await vi.waitFor(() => expect(starts).toHaveLength(1));
  expect(engine.isLost).toBe(false);
  locks.endHolders();
  expect(await started).toEqual(new EngineLostError("the worker has ended"));
  expect(engine.isLost).toBe(true);
  engine.terminate();
});

test("so is one that was only asked what needs no backend", async () => {
  const engine = new Engine();
  await engine.call("importRuns", {files: new Map()}).catch(() => undefined);
  expect(starts).toEqual([]);
  locks.endHolders();
  await vi.waitFor(() => expect(engine.isLost).toBe(true));
  engine.terminate();
});

test("a worker that says nothing while it chooses is not lost", async () => {
  let finish = () => {};
  compiled = new Promise((done) => (finish = done));
  const engine = new Engine();
  const started = engine.start();
  await vi.waitFor(() => expect(starts).toHaveLength(1));
  await new Promise((later) => setTimeout(later, 100));
  expect(engine.isLost).toBe(false);
  finish();
  expect(await started).toMatchObject({forced: null});
  engine.terminate();
});
