/** What the self-test is compared with: recorded once, computed anew here. */
import * as tf from "@tensorflow/tfjs-core";
import {beforeAll, describe, expect, test, vi} from "vitest";
import {chooseBackend} from "../../../src/lib/engine/backend.js";
import {plainFormFault} from "../../../src/lib/engine/plainForm.js";
import {
  expected,
  faultOf,
  plainExpected,
  relativeError,
  selfTestErrors
} from "../../../src/lib/engine/selfTest.js";
import {useBackend} from "../albert/backends.js";

describe("expected()", () => {
  beforeAll(() => useBackend("cpu"));

  test("is what the plain form gives: write it anew by `npx tsx bin/expected.ts`", async () => {
    const computed = await plainExpected();
    const recorded = expected();
    expect(recorded.names).toEqual(computed.names);
    expect(recorded.gradient.length).toBe(computed.gradient.length);
    expect(recorded.answers.length).toBe(computed.answers.length);
    expect(faultOf(selfTestErrors(computed, recorded), 1e-7)).toBeNull();
    expect(relativeError(computed.answers, recorded.answers)).toBeLessThanOrEqual(1e-7);
  });

  test("is not computed at start, nor is the plain form where a plan passes", async () => {
    const kernels = vi.spyOn(tf.engine(), "runKernel");
    const {trials} = await chooseBackend({wasm: {inspect: async () => ({})}}, {forced: "wasm"});
    const trial = trials.find(({name}) => name === "wasm")!;
    expect(trial.outcome).toBe("chosen");
    expect(trial.compileMs).toBeGreaterThan(0);
    expect(trial.compileMs).toBeLessThanOrEqual(trial.elapsedMs!);
    // which computes nothing
    expect(new Set(kernels.mock.calls.map(([name]) => name))).toEqual(new Set(["Reshape"]));
    expect(await plainFormFault()).toBeNull();
    expect(kernels.mock.calls.map(([name]) => name)).toContain("Softmax");
  });
});
