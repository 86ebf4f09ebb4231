import {describe, expect, test} from "vitest";
import {compileKernels, kernelKinds, kernelSourceHash} from "../../../../bin/kernels.js";
import {makeConfig} from "../../../../src/lib/albert/config.js";
import {flopsPerToken} from "../../../../src/lib/albert/flops.js";
import {checkPlan, printPlan} from "../../../../src/lib/albert/plan/check.js";
import {zero} from "../../../../src/lib/albert/plan/instructions.js";
import {region} from "../../../../src/lib/albert/plan/regions.js";
import {kernelsBase64, sourceHash} from "../../../../src/lib/albert/plan/kernels.generated.js";
import {bufferBytes, layOutBuffers} from "../../../../src/lib/albert/plan/layout.js";
import {lowerPretraining} from "../../../../src/lib/albert/plan/lower.js";
import {randomCase} from "./cases.js";

const layOut = (plan: ReturnType<typeof lowerPretraining>) =>
  layOutBuffers(plan.buffers, plan.instructions, 0);

describe("lowerPretraining(config, shape)", () => {
  test("gives plans without a fault for 500 random models", () => {
    for (let seed = 0; seed < 500; ++seed) {
      const {config, shape} = randomCase(seed);
      const plan = lowerPretraining(config, shape);
      expect(checkPlan(plan, layOut(plan)), `seed ${seed}`).toEqual([]);
    }
  });

  test("stores activations in less than two thirds of what they would take side by side", () => {
    const config = makeConfig({
      vocabSize: 500,
      embeddingSize: 16,
      hiddenSize: 32,
      numAttentionHeads: 4,
      intermediateSize: 128
    });
    const plan = lowerPretraining(config, {batch: 4, sequence: 16, slots: 12});
    const layout = layOut(plan);
    const bytes = (kinds: string[]) =>
      plan.buffers
        .filter((b) => kinds.includes(b.kind))
        .reduce((sum, b) => sum + bufferBytes(b), 0);
    const lasting = bytes(["parameter", "gradient", "moment", "input", "output"]);
    expect(layout.bytes - lasting).toBeLessThan(0.67 * bytes(["activation"]));
  });

  test("counts the operations of the encoder's forward pass as the formula does", () => {
    const config = makeConfig({
      vocabSize: 100,
      embeddingSize: 32,
      hiddenSize: 128,
      numHiddenLayers: 3,
      numAttentionHeads: 4,
      intermediateSize: 512
    });
    const shape = {batch: 2, sequence: 32, slots: 8};
    const plan = lowerPretraining(config, shape);
    const encoder = plan.instructions
      .slice(0, plan.logits)
      .filter(({op, label}) => ["gemm", "attention"].includes(op) && /^layer|E→H/.test(label))
      .reduce((sum, {flops}) => sum + flops, 0);
    const expected = flopsPerToken(config, shape.sequence) * shape.batch * shape.sequence;
    expect(encoder / expected).toBeGreaterThan(0.99);
    expect(encoder / expected).toBeLessThan(1.03);
  });

  test("prints one line an instruction", () => {
    const {config, shape} = randomCase(1);
    const plan = lowerPretraining(config, shape);
    const lines = printPlan(plan).split("\n");
    expect(lines.length).toBe(plan.instructions.length);
    expect(lines.join("\n")).toMatch(/gemm\(\[embeddings normed\].*# E→H/);
  });
});

describe("checkPlan(plan, layout)", () => {
  const {config, shape} = randomCase(3);

  test("finds what is read before it is written", () => {
    const plan = lowerPretraining(config, shape);
    const first = plan.instructions.findIndex(({op}) => op === "attention");
    plan.instructions.splice(first, 1);
    expect(checkPlan(plan, layOut(plan)).join()).toMatch(/context is read before it is written/);
  });

  test("finds a region outside its buffer and a write to a parameter", () => {
    const plan = lowerPretraining(config, shape);
    const parameter = [...plan.parameters.values()][0]!;
    plan.instructions.push(zero("oops", region(parameter, 1, parameter.size)));
    const faults = checkPlan(plan, layOut(plan)).join();
    expect(faults).toMatch(/leave .*word_embeddings/);
    expect(faults).toMatch(/writes to .*word_embeddings/);
  });

  test("finds two buffers that share a place while both live", () => {
    const plan = lowerPretraining(config, shape);
    const layout = layOut(plan);
    const [a, b] = plan.buffers.filter(({kind}) => kind === "gradient");
    layout.offsets.set(b!, layout.offsets.get(a!)!);
    expect(checkPlan(plan, layout).join()).toMatch(/share a place while both live/);
  });
});

describe("kernels.generated.ts", () => {
  test("is what the pinned compiler makes of the sources", {timeout: 400_000}, () => {
    expect(kernelSourceHash()).toBe(sourceHash);
    for (const kind of kernelKinds)
      expect(Buffer.from(compileKernels(kind)).toString("base64"), kind).toBe(kernelsBase64[kind]);
  });
});
