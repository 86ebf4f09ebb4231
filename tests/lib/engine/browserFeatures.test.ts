import {expect, test} from "vitest";
import {browserFeatures, type BrowserScope} from "../../../src/lib/engine/browserFeatures.js";

const steady = (ms: number) => {
  let calls = 0;
  return {now: () => Math.floor(calls++ / 50) * ms};
};
/** What is found, but for relaxed SIMD, which Node's own WebAssembly has or lacks. */
const here = (scope: BrowserScope) =>
  browserFeatures(scope)
    .filter(({isHere, name}) => isHere && name !== "relaxed SIMD")
    .map(({name}) => name);

test("a browser that has everything", () => {
  const scope = {
    navigator: {gpu: {}, locks: {}, serviceWorker: {}, storage: {getDirectory: 1, persist: 1}},
    FileSystemFileHandle: {prototype: {}},
    SharedArrayBuffer,
    crossOriginIsolated: true,
    performance: steady(0.1)
  };
  expect(here(scope)).toHaveLength(7);
});

test("a browser that has none of it, and a clock of whole milliseconds, is told what follows", () => {
  const scope = {performance: steady(1)};
  expect(here(scope)).toEqual([]);
  for (const {effect} of browserFeatures(scope)) expect(effect).not.toBe("");
  // a clock that never moves ends the watch
  expect(here({performance: {now: () => 7}})).not.toContain("a clock finer than a millisecond");
});

test("threads need isolation, and memory that is shared", () => {
  const scope = {performance: steady(0.1), crossOriginIsolated: true};
  expect(here(scope)).not.toContain("threads");
});
