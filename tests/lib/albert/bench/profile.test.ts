import {describe, expect, test} from "vitest";
import {kindTotals} from "../../../../src/lib/albert/bench/kinds.js";
import {profileStep} from "../../../../src/lib/albert/bench/profile.js";
import {opcodes} from "../../../../src/lib/albert/plan/instructions.js";
import {profile as profileCall} from "../../../../src/lib/engine/benchCalls.js";

describe("profileStep(shape, options)", () => {
  test("names every instruction and buffer of the step, with their times and places", async () => {
    let now = 0;
    const profile = await profileStep("phone", {rounds: 2, clock: () => (now += 0.5)});
    const {instructions, buffers, arenaBytes, activationBytes} = profile!;
    expect(instructions.every(({ms}) => ms === 0.5)).toBe(true);
    expect(instructions.every(({op}) => op in opcodes)).toBe(true);
    expect(instructions[0]!.isBackward).toBe(false);
    expect(instructions.at(-1)!.isBackward).toBe(true);
    for (const {offset, bytes, first, last} of buffers) {
      expect(offset + bytes).toBeLessThanOrEqual(arenaBytes);
      expect(first).toBeLessThanOrEqual(last);
      expect(last).toBeLessThan(instructions.length);
    }
    const activations = buffers.filter(({kind}) => kind === "activation");
    expect(activations.reduce((sum, {bytes}) => sum + bytes, 0)).toBe(activationBytes);
    const top = Math.max(...activations.map(({offset, bytes}) => offset + bytes));
    expect(top - Math.min(...activations.map(({offset}) => offset))).toBeLessThan(activationBytes);
  });

  test("ends when it is told to", async () => {
    const stop = new AbortController();
    const report = () => stop.abort();
    expect(
      await profileCall({shape: "phone", rounds: 5}, {report, signal: stop.signal})
    ).toBeNull();
  });
});

describe("kindTotals(instructions)", () => {
  test("adds up to the step, the longest first", async () => {
    const {instructions} = (await profileStep("phone", {rounds: 1}))!;
    const totals = kindTotals(instructions);
    expect(totals.reduce((sum, {instructions: n}) => sum + n, 0)).toBe(instructions.length);
    expect(totals.reduce((sum, {share}) => sum + share, 0)).toBeCloseTo(1, 9);
    const shares = totals.map(({share}) => share);
    expect(shares).toEqual([...shares].sort((a, b) => b - a));
    const all = instructions.reduce((sum, {flops}) => sum + flops, 0);
    const products = totals.find(({kind}) => kind === "matrix products")!;
    expect(products.flops / all).toBeGreaterThan(0.8);
  });
});
