import {afterEach, expect, test, vi} from "vitest";
import type {EnginePort} from "../../../src/lib/engine/calls.js";
import {holdLifeline, watchLifeline} from "../../../src/lib/engine/lifeline.js";
import type {EngineEvent} from "../../../src/lib/engine/protocol.js";
import {TestLocks} from "./testLocks.js";

afterEach(() => vi.unstubAllGlobals());

/** A worker's port, and what was said over it. */
function portOf(): {port: EnginePort; said: EngineEvent[]} {
  const said: EngineEvent[] = [];
  const postMessage = (message: unknown) => void said.push(message as EngineEvent);
  return {port: {onmessage: null, postMessage}, said};
}

const turn = () => new Promise((later) => setTimeout(later));

test("a worker tells the lock that it holds, which the page gets when the worker has ended", async () => {
  const locks = new TestLocks().use();
  const {port, said} = portOf();
  const holding = holdLifeline(port);
  expect(said).toEqual([]);
  await holding;
  expect(said).toEqual([{type: "alive", lifeline: locks.names[0]}]);
  const ended = vi.fn();
  watchLifeline(locks.names[0]!, ended);
  await turn();
  expect(ended).not.toHaveBeenCalled();
  locks.endHolders();
  await turn();
  expect(ended).toHaveBeenCalledOnce();
});

test("each worker holds its own", async () => {
  const locks = new TestLocks().use();
  await Promise.all([holdLifeline(portOf().port), holdLifeline(portOf().port)]);
  expect(new Set(locks.names).size).toBe(2);
});

for (const [name, locks] of [
  ["without locks", undefined],
  ["that refuses them", {request: () => Promise.reject(new Error("not here"))}]
] as const)
  test(`in a browser ${name} a worker works unwatched`, async () => {
    vi.stubGlobal("navigator", {locks});
    const {port, said} = portOf();
    await holdLifeline(port);
    expect(said).toEqual([]);
    const ended = vi.fn();
    watchLifeline("any", ended);
    await turn();
    expect(ended).not.toHaveBeenCalled();
  });
