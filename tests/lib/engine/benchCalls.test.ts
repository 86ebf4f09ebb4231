import {describe, expect, test} from "vitest";
import {useNodeBackend} from "../../../bin/nodeBackends.js";
import {bench, otherContenders} from "../../../src/lib/engine/benchCalls.js";

describe("bench({shape, rounds})", () => {
  test("asks other contenders after its own, for the shape in question", async () => {
    await useNodeBackend("cpu");
    expect(otherContenders).toEqual([]);
    otherContenders.push(({batch}, shape) => {
      throw new Error(`${shape}, ${batch.batch} rows`);
    });
    try {
      const {signal} = new AbortController();
      const asked = bench({shape: "phone", rounds: 5}, {report: () => {}, signal});
      await expect(asked).rejects.toThrow("phone, 16 rows");
    } finally {
      otherContenders.length = 0;
    }
  });
});
