import {expect, test} from "vitest";
import {MomentCache, momentBytes} from "../../../src/lib/engine/momentCache.js";

const moment = (floats: number) => ({
  attention: {
    tokens: [],
    wordIds: [],
    typeIds: [],
    group: [],
    model: "m",
    probs: {shape: [floats], data: new Float32Array(floats)}
  }
});

test("the budget holds, and what was looked at last stays", () => {
  const cache = new MomentCache<ReturnType<typeof moment>>(100);
  expect(momentBytes(moment(10))).toBe(40);
  cache.set("a", moment(10));
  cache.set("b", moment(10));
  expect(cache.get("a")).toBeDefined();
  cache.set("c", moment(10));
  expect(cache.get("b")).toBeUndefined();
  expect(cache.get("a")).toBeDefined();
  expect(cache.bytes).toBe(80);
  cache.set("a", moment(5));
  expect(cache.bytes).toBe(60);
  cache.set("large", moment(26));
  expect(cache.get("large")).toBeUndefined();
  for (let i = 0; i < 50; ++i) {
    cache.set(String(i), moment(i % 25));
    expect(cache.bytes).toBeLessThanOrEqual(100);
  }
});
