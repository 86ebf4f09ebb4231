/** Derivatives on the plan of both ways on WebGPU by Dawn, against the plain form on WebAssembly. */
import * as tf from "@tensorflow/tfjs-core";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {withdrawWebgpu} from "../../../../../bin/dawn.js";
import {useNodeBackend} from "../../../../../bin/nodeBackends.js";
import {useForwardExecutor} from "../../../../../src/lib/albert/forward.js";
import {parametersOf, smallestGradients} from "../../../../../src/lib/albert/plan/gradientPlan.js";
import {releaseForwardPlans} from "../../../../../src/lib/albert/plan/keptArenas.js";
import {onPlan} from "../../../../../src/lib/albert/plan/onPlan.js";
import {webgpuDevice} from "../../../../../src/lib/albert/plan/tfjsDevice.js";
import {WebgpuGradients} from "../../../../../src/lib/albert/plan/webgpu/gradients.js";
import {dawnIsMissing} from "../../dawn.js";
import {tinyParameters} from "../../tiny.js";
import {watched} from "../forwardCases.js";
import {
  derivativesOf,
  differentiatedCase,
  gradientRequestOf,
  relativeDifferences
} from "../gradientCases.js";

const missing = dawnIsMissing();
if (missing) console.log(`derivatives on WebGPU's plan: skipped: ${missing}`);

describe.skipIf(missing)(
  "derivatives on the plan of both ways on WebGPU",
  {timeout: 120_000},
  () => {
    const seeds = Array.from({length: 24}, (_, seed) => seed);
    const plain = new Map<number, Map<string, Float32Array>>();
    const complaints: string[] = [];

    beforeAll(async () => {
      await useNodeBackend("wasm");
      useForwardExecutor(null);
      for (const seed of seeds) plain.set(seed, await derivativesOf(differentiatedCase(seed)));
      await useNodeBackend("webgpu");
      useForwardExecutor(watched(onPlan, (part, isTaken) => expect(isTaken, part).toBe(true)));
      webgpuDevice().addEventListener("uncapturederror", ({error}) =>
        complaints.push(error.message)
      );
    }, 120_000);

    afterAll(() => {
      useForwardExecutor(null);
      releaseForwardPlans();
      withdrawWebgpu();
      expect(complaints).toEqual([]);
    });

    test.each([
      ["an adapter in software", null],
      ["a card", {vendor: "nvidia", description: "a card"}]
    ])("are the plain form's on random models, as on %s", async (_, info) => {
      // What the device is decides how its kernels share out their work.
      if (info) Object.defineProperty(webgpuDevice(), "adapterInfo", {value: info});
      releaseForwardPlans();
      const errors: number[] = [];
      const before = tf.memory().numTensors;
      for (const seed of seeds) {
        const plan = await derivativesOf(differentiatedCase(seed));
        for (const [name, error] of relativeDifferences(plan, plain.get(seed)!)) {
          expect(error, `seed ${seed}: ${name}`).toBeLessThan(1e-4);
          errors.push(error);
        }
      }
      expect(tf.memory().numTensors).toBe(before);
      errors.sort((a, b) => a - b);
      expect(errors[Math.floor(0.95 * errors.length)]).toBeLessThan(1e-5);
    });

    test("are the same bits for the same question, another in between", async () => {
      const made = differentiatedCase(7);
      const first = await derivativesOf(made);
      await derivativesOf(differentiatedCase(8));
      expect(await derivativesOf(made)).toEqual(first);
    });

    test("allocate what is predicted", () => {
      const made = differentiatedCase(5);
      const {config} = made;
      const smallest = smallestGradients(config, "encoder");
      const executor = new WebgpuGradients(webgpuDevice(), config, smallest);
      const parameters = parametersOf(smallest[0]!);
      const ready = executor.planFor({
        ...gradientRequestOf(made),
        ...{batch: 31, sequence: 5, capture: ["layer.0.attention.key"], parameters},
        edits: new Map(),
        sites: []
      });
      const predicted = executor.bytesFor(ready);
      const data = tinyParameters(config);
      const {values} = executor.forward({
        ready,
        source: (name) => ({
          version: data,
          read: () => ({values: data.get(name)!.data, done: () => {}})
        }),
        fill: () => {},
        arriving: []
      });
      expect(executor.bytes).toBe(Math.ceil(predicted / 256) * 256);
      for (const {buffer} of values) buffer.destroy();
      executor.dispose();
    });
  }
);
