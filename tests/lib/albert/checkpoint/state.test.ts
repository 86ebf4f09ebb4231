import {describe, expect, test} from "vitest";
import {InputError} from "../../../../src/lib/errors.js";
import {Random} from "../../../../src/lib/random.js";
import {
  readSafetensors,
  writeSafetensors
} from "../../../../src/lib/albert/checkpoint/safetensors.js";
import type {TrainingState} from "../../../../src/lib/albert/checkpoint/state.js";
import {readState, writeState} from "../../../../src/lib/albert/checkpoint/state.js";
import {initParameters} from "../../../../src/lib/albert/specs.js";
import {tinyConfig} from "./tiny.js";

function makeState(): TrainingState {
  const parameters = initParameters(tinyConfig(), 5);
  const random = new Random(5, "splits");
  const slots = (): Map<string, Float32Array> =>
    new Map(
      [...parameters]
        .filter(([name]) => !name.includes("word_embeddings")) // a frozen tensor has no slot
        .map(([name, {data}]) => [name, data.map(() => random.normal())])
    );
  return {
    step: 120,
    parameters,
    optimizer: {step: 119, first: slots(), second: slots()},
    recipe: {steps: 200, model: {hidden_size: 6}, seed: 5},
    versions: {tfjs: "4.22.0", backend: "cpu"},
    extra: {losses: [3.25, 1e-9], name: "été"}
  };
}

describe("writeState(state) and readState(bytes, file)", () => {
  test("give the same state back, bit for bit and in the same order", async () => {
    const state = makeState();
    const bytes = await writeState(state);
    const read = await readState(bytes, "c.safetensors");
    expect(read).toEqual(state);
    expect([...read.parameters.keys()]).toEqual([...state.parameters.keys()]);
    expect(await writeState(read)).toEqual(bytes);
    expect(await readState(Buffer.from(bytes), "c.safetensors")).toEqual(state);
  });

  test("write a safetensors file that other readers can open", async () => {
    const tensors = readSafetensors(await writeState(makeState()), "c");
    const name = "albert.embeddings.LayerNorm.weight";
    expect(tensors.get(`parameter/${name}`)!.data).toEqual(Float32Array.of(1, 1, 1, 1));
    expect(tensors.get(`first/${name}`)!.shape).toEqual([4]);
  });

  test("refuse a file of which any one bit has changed", async () => {
    const bytes = await writeState(makeState());
    const random = new Random(17, "splits");
    const positions = Array.from({length: 600}, (_, i) =>
      i < 300 ? i * 8 + random.int(8) : random.int(bytes.length * 8)
    );
    for (const bit of positions) {
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      await expect(readState(bytes, "c.safetensors"), `bit ${bit}`).rejects.toThrow(InputError);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
    }
    await expect(readState(bytes, "c.safetensors")).resolves.toBeDefined();
  });

  test("refuse a file cut at any place, other tensors, and a later format", async () => {
    const bytes = await writeState(makeState());
    for (let n = 0; n < bytes.length; n += 97)
      await expect(readState(bytes.slice(0, n), "c.safetensors")).rejects.toThrow(/^c.safetensors/);
    const model = writeSafetensors(new Map());
    await expect(readState(model, "m")).rejects.toThrow("m is not a training checkpoint");
  });

  test("refuse slots without a parameter, wrong sizes and steps that are no integers", async () => {
    const state = makeState();
    state.optimizer.first.set("other", new Float32Array(1));
    await expect(writeState(state)).rejects.toThrow("optimizer first: no parameter other");
    await expect(writeState({...makeState(), step: 1.5})).rejects.toThrow(/integer.*1\.5/);
    const wrong = makeState();
    wrong.optimizer.second.set("albert.embeddings.LayerNorm.bias", new Float32Array(3));
    await expect(writeState(wrong)).rejects.toThrow(/LayerNorm.bias: shape \[4\], got 3/);
  });
});
