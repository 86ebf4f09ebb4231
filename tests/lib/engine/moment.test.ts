import {readFileSync} from "node:fs";
import {describe, expect, test} from "vitest";
import {mapFiles, readModelFolder} from "../../../src/lib/albert/checkpoint/folder.js";
import {embeddingSpectrum, parametersHash} from "../../../src/lib/engine/moment.js";
import {memoryRoot} from "../../../src/lib/store/files.js";
import {checkpointFile, listRuns} from "../../../src/lib/store/runs.js";
import {tinyConfig, tinyParameters} from "../albert/tiny.js";
import {makeEngine, prepareSmall} from "./hostPort.js";

describe("parametersHash(parameters)", () => {
  test("is that of names, shapes and every bit, whatever the order", async () => {
    const config = tinyConfig();
    const parameters = tinyParameters(config);
    const hash = await parametersHash(parameters);
    expect(hash).toMatch(/^[\da-f]{64}$/);
    expect(await parametersHash(new Map([...parameters].reverse()))).toBe(hash);
    const [name] = parameters.keys();
    const {data} = parameters.get(name!)!;
    const bits = new Uint32Array(data.buffer, data.byteOffset, data.length);
    bits[data.length - 1]! ^= 1;
    expect(await parametersHash(parameters)).not.toBe(hash);
    bits[data.length - 1]! ^= 1;
    expect(await parametersHash(parameters)).toBe(hash);
  });
});

describe("the recorded run", () => {
  test("ends with the very parameters of the stored model", async () => {
    const file = "data/runs/laptop/through-training.json";
    const {moments} = JSON.parse(readFileSync(file, "utf8")) as {
      moments: {step: number; hash: string}[];
    };
    const names = ["config.json", "model.safetensors"];
    const files = names.map((name) => [name, readFileSync(`src/data/laptop/${name}`)] as const);
    const {parameters} = await readModelFolder(mapFiles(new Map(files)), "laptop");
    expect(moments.at(-1)).toMatchObject({step: 8000, hash: await parametersHash(parameters)});
  });
});

describe("embeddingSpectrum(parameters, config)", () => {
  test("recovers a planted spectrum", () => {
    const config = tinyConfig();
    const parameters = tinyParameters(config);
    const table = parameters.get("albert.embeddings.word_embeddings.weight")!;
    table.data.fill(0);
    // Orthogonal columns of lengths 3, 2 and 1; the fourth is 0.
    for (const [column, length] of [3, 2, 1].entries()) table.data[column * 4 + column] = length;
    expect(embeddingSpectrum(parameters, config)).toBeAllClose([3, 2, 1, 0], {atol: 1e-6});
  });
});

describe("moment({id, step, text})", () => {
  const text = "the cat [MASK] the house";

  test("a kept checkpoint is what was kept: its hash is the one written down", async () => {
    const store = memoryRoot();
    const engine = makeEngine({store});
    const {id} = await prepareSmall(engine);
    await engine.call("train", {until: 7});
    const {checkpoints} = (await listRuns(store)).runs[0]!;
    expect(checkpoints.map(({step}) => step)).toEqual([3, 6, 7]);
    const hashes = new Set<string>();
    for (const {step, parameters} of checkpoints) {
      const moment = await engine.call("moment", {id, step, text, pair: null});
      expect(moment.step).toBe(step);
      expect(moment.hash).toBe(parameters);
      expect(moment.storedHash).toBe(parameters);
      hashes.add(moment.hash);
    }
    expect(hashes.size).toBe(3);
  });

  test("shows what the model itself answers at that step, the last depth its guess", async () => {
    const store = memoryRoot();
    const engine = makeEngine({store});
    const {id} = await prepareSmall(engine);
    await engine.call("train", {until: 6});
    const moment = await engine.call("moment", {id, step: 6, text, pair: null});
    const attention = await engine.call("attend", {text, pair: null});
    expect(moment.attention.probs.data).toBeAllClose(attention.probs.data);
    const {blanks} = await engine.call("fill", {text});
    expect(moment.guesses!.position).toBe(blanks[0]!.position);
    expect(moment.guesses!.depths).toHaveLength(2);
    const last = moment.guesses!.depths.at(-1)!;
    expect(last[0]!.piece).toBe(blanks[0]!.top[0]!.piece);
    expect(last[0]!.probability).toBeCloseTo(blanks[0]!.top[0]!.probability, 5);
    expect(moment.spectrum).toHaveLength(6);
    // The run goes on as if nobody had looked.
    expect((await engine.call("train", {until: 7})).step).toBe(7);
  });

  test("says what is not kept, and what is damaged", async () => {
    const store = memoryRoot();
    const engine = makeEngine({store});
    const {id} = await prepareSmall(engine);
    await engine.call("train", {until: 3});
    const ask = (step: number, of = id) => engine.call("moment", {id: of, step, text, pair: null});
    await expect(ask(2)).rejects.toThrow(/keeps no checkpoint of step 2/);
    await expect(ask(3, "none")).rejects.toThrow(/keeps no run none/);
    const bytes = (await store.folder(id).read(checkpointFile(3)))!;
    bytes[bytes.length - 1]! ^= 1;
    await store.folder(id).write(checkpointFile(3), bytes);
    await expect(ask(3)).rejects.toThrow(/damaged/);
  });
});
