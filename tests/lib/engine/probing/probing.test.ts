import {readFileSync} from "node:fs";
import {join} from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import {beforeAll, describe, expect, test, vi} from "vitest";
import {fillMasks} from "../../../../src/lib/engine/ask.js";
import {loadModelFiles} from "../../../../src/lib/engine/loadedModel.js";
import {attribute} from "../../../../src/lib/engine/probing/attribute.js";
import {patchMany, patchPair} from "../../../../src/lib/engine/probing/patch.js";
import {probeDepths} from "../../../../src/lib/engine/probing/probeDepths.js";
import type {ProbeProgress} from "../../../../src/lib/engine/probing/protocol.js";
import {compareDepths} from "../../../../src/lib/engine/probing/similarity.js";
import {probeTasks} from "../../../../src/lib/probe/tasks.js";
import {useBackend} from "../../albert/backends.js";
import {tinyModel} from "../tinyModel.js";

const model = tinyModel(60);
const quiet = {report: () => {}};

// Many small runs of the model: the faster of the exact backends.
beforeAll(() => useBackend("wasm"));
vi.setConfig({testTimeout: 120_000});

describe("patchPair(model, pair)", () => {
  // Pieces of the tiny vocabulary that are whole words.
  const words = model
    .tokenizer!.pieces.filter((piece) => /^\u2581\p{L}+$/u.test(piece))
    .map((piece) => piece.slice(1));
  const pair = {
    clean: `${words[0]} [MASK] ${words[1]} ${words[2]}`,
    corrupted: `${words[3]} [MASK] ${words[1]} ${words[2]}`,
    answers: [words[0]!, words[1]!] as [string, string]
  };

  test("everything recovers 1, nothing 0; what is read last decides alone", async () => {
    const {numTensors} = tf.memory();
    const result = await patchPair(model, pair);
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(result.changed).toEqual([1]);
    expect(result.all).toBeAllClose([1, 1, 1, 1], {atol: 1e-4});
    expect(result.none).toBeAllClose([0, 0, 0, 0], {atol: 1e-4});
    const n = result.tokens.clean.length;
    const at = (depth: number, position: number) => result.byPosition[depth * n + position]!;
    // Only the changed word differs in the embeddings, and only the [MASK] is read at the end.
    for (let i = 0; i < n; ++i) {
      expect(at(0, i)).toBeCloseTo(i === 1 ? 1 : 0, 4);
      expect(at(3, i)).toBeCloseTo(i === result.position ? 1 : 0, 4);
    }
    expect(result.byHead).toHaveLength(3 * 2);
    expect(Array.from(result.byHead).some((x) => Math.abs(x) > 1e-3)).toBe(true);
  });

  test("the difference is that of the guesses", async () => {
    const {clean, answers} = await patchPair(model, pair);
    const {top} = (await fillMasks(model, pair.clean)).blanks[0]!;
    const known = answers.map((word) => top.find(({piece}) => piece === `\u2581${word}`));
    if (known[0] && known[1])
      expect(clean).toBeCloseTo(Math.log(known[0].probability / known[1].probability), 4);
    expect(clean).not.toBe(0);
  });

  test("says why two texts cannot be compared", async () => {
    const ask = (change: Partial<typeof pair>) => patchPair(model, {...pair, ...change});
    await expect(ask({corrupted: `${pair.corrupted} ${words[1]}`})).rejects.toThrow(
      /pieces \(expected as many\)/
    );
    await expect(ask({corrupted: pair.clean})).rejects.toThrow("both texts are the same");
    await expect(ask({clean: "the cat", corrupted: "the dog"})).rejects.toThrow(/expected/);
    await expect(ask({answers: ["xylophone", words[1]!]})).rejects.toThrow(
      "“xylophone” is not one piece"
    );
    await expect(ask({answers: [words[1]!, words[1]!]})).rejects.toThrow("the same word");
  });

  test("a model that has not learned a kind of pair says so", async () => {
    const asked = patchMany(model, {kind: "pronoun", pairs: 3, seed: 1}, quiet);
    await expect(asked).rejects.toThrow(/it has not learned this$/);
  });
});

describe("attribute(model, question, report)", () => {
  test("gradients leave less unexplained in more steps, and are tested beside occlusion", async () => {
    const {numTensors} = tf.memory();
    const text = "the cat [MASK] a house";
    const result = (await attribute(model, {text, pair: null, from: "mask"}, () => {}))!;
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(result.methods.methods.map(({name}) => name)).toEqual([
      "integrated gradients",
      "gradient × input",
      "gradient length",
      "occlusion"
    ]);
    const gap = (steps: number) =>
      Math.abs(result.gaps.find(({intervals}) => intervals === steps)!.gap);
    expect(gap(50)).toBeLessThan(gap(5));
    const [path] = result.methods.methods;
    const sum = path!.scores.reduce((a, b) => a + b, 0);
    expect(sum - result.difference).toBeCloseTo(result.gaps.at(-1)!.gap, 5);
    // What is the baseline already adds nothing.
    expect(path!.scores[result.methods.position]).toBe(0);
    expect(path!.scores[0]).toBe(0);
  });
});

describe("compareDepths(model, texts)", () => {
  test("tells how far it is, and stops between two pairs of depths", async () => {
    const stop = new AbortController();
    const told: (number | null)[] = [];
    const report = ({fraction}: {fraction: number | null}) => {
      told.push(fraction);
      if (told.length === 3) stop.abort();
    };
    const texts = "the cat sees a house\na dog finds a red ball";
    expect(await compareDepths(model, {texts, seed: 1}, report, stop.signal)).toBeNull();
    expect(told.slice(0, 2)).toEqual([null, 0]);
    expect(told).toHaveLength(3);
  });

  test("a depth is like itself; steps and lengths are those of the vectors", async () => {
    const {numTensors} = tf.memory();
    const texts = "the cat sees a house\na dog finds a red ball\n\nthe bird sings";
    const result = (await compareDepths(model, {texts, seed: 1}))!;
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(result.source).toBe("your text");
    for (const values of [result.cka, result.cosine])
      values.forEach((row, a) =>
        row.forEach((value, b) => {
          expect(value).toBeCloseTo(values[b]![a]!, 10);
          if (a === b) expect(value).toBeCloseTo(1, 6);
          else expect(Math.abs(value)).toBeLessThan(1);
        })
      );
    expect(result.step).toHaveLength(3);
    expect(result.length.every((x) => x > 0)).toBe(true);
    await expect(compareDepths(model, {texts: " \n", seed: 1})).rejects.toThrow("no text");
  });
});

describe("probeDepths(model, source, settings)", () => {
  const source = {kind: "generated", seed: 5} as const;
  const settings = {tasks: ["pos"], rows: 100, seeds: 2};

  test("gives every task, depth and seed, the same every time", async () => {
    const {numTensors} = tf.memory();
    const told: ProbeProgress[] = [];
    const report = (progress: ProbeProgress) => void told.push(structuredClone(progress));
    const result = await probeDepths(model, source, settings, {report});
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(result.tasks.map(({id}) => id)).toEqual(["pos"]);
    expect(result.seeds).toBe(2);
    for (const {depths, trainRows, testRows, classes} of result.tasks) {
      expect(depths).toHaveLength(4);
      expect(trainRows).toHaveLength(2);
      for (const {accuracy, control, online, uniform} of depths)
        accuracy.forEach((share, seed) => {
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share * testRows[seed]!).toBeCloseTo(Math.round(share * testRows[seed]!), 6);
          expect(control[seed]).toBeLessThanOrEqual(1);
          expect(online[seed]).toBeGreaterThan(0);
          expect(uniform[seed]).toBeLessThanOrEqual(trainRows[seed]! * Math.log2(classes.length));
        });
    }
    expect(told.filter(({result: part}) => part).map(({result: part}) => part!.seeds)).toEqual([
      1, 2
    ]);
    expect(told.at(-1)!.fraction).toBe(1);
    const again = await probeDepths(model, source, {...settings, seeds: 1}, quiet);
    expect(again.tasks[0]!.depths.map(({accuracy, online}) => [accuracy[0], online[0]])).toEqual(
      result.tasks[0]!.depths.map(({accuracy, online}) => [accuracy[0], online[0]])
    );
  });

  const folder = process.env.ALBERT_DATA_DIR;
  test.skipIf(!folder)("of the English Web Treebank (skipped: no ALBERT_DATA_DIR)", async () => {
    const bytes = readFileSync(join(folder!, "ud-ewt", "dev.conllu"));
    const stored = await loadModelFiles(
      "stored",
      new Map(
        ["config.json", "model.safetensors", "spiece.model"].map((name) => [
          name,
          new Uint8Array(readFileSync(`src/data/laptop/${name}`))
        ])
      ),
      () => {}
    );
    const treebank = {kind: "file", name: "dev.conllu", bytes} as const;
    const wanted = {tasks: probeTasks.map(({id}) => id), rows: 600, seeds: 1};
    const {tasks, skipped} = await probeDepths(stored, treebank, wanted, quiet);
    expect(tasks.map(({id}) => id)).toEqual([
      "pos",
      "direction",
      "distance",
      "number",
      "position",
      "order"
    ]);
    expect(skipped.map(({id}) => id)).toEqual(["entity", "topic", "sentiment"]);
    const best = (id: string) => {
      const task = tasks.find((each) => each.id === id)!;
      return Math.max(...task.depths.map(({accuracy}) => accuracy[0]!)) - task.majority[0]!;
    };
    // The model read another language: its states still tell more than the most frequent class.
    expect(best("pos")).toBeGreaterThan(0.05);
    expect(best("position")).toBeGreaterThan(0.02);
  });

  test("stops when it is told to, with the seeds that are done", async () => {
    const stop = new AbortController();
    const report = ({result: part}: ProbeProgress) => part && stop.abort();
    const result = await probeDepths(
      model,
      source,
      {...settings, seeds: 9},
      {
        report,
        signal: stop.signal
      }
    );
    expect(result.seeds).toBe(1);
    expect(result.tasks[0]!.trainRows).toHaveLength(1);
  });

  test("a treebank that does not tell leaves the property out; settings are checked", async () => {
    const words = Array.from({length: 90}, () =>
      ["the", "cat", "sees", "it"]
        .map((form, k) =>
          [
            k + 1,
            form,
            "_",
            ["DET", "NOUN", "VERB", "PRON"][k],
            "_",
            "_",
            [2, 3, 0, 3][k],
            "_",
            "_",
            "_"
          ].join("\t")
        )
        .concat("")
        .join("\n")
    ).join("\n");
    const file = {kind: "file", name: "t.conllu", bytes: new TextEncoder().encode(words)} as const;
    const result = await probeDepths(
      model,
      file,
      {tasks: ["pos", "topic", "order"], rows: 100, seeds: 1},
      quiet
    );
    expect(result.tasks.map(({id}) => id)).toEqual(["pos", "order"]);
    expect(result.tasks[0]!.form[0]).toBe(1);
    // The [CLS] of the embeddings is the same whatever the text: its probe says one class.
    expect(result.tasks[1]!.classes).toEqual(["in order", "swapped"]);
    const [share, majority] = [
      result.tasks[1]!.depths[0]!.accuracy[0]!,
      result.tasks[1]!.majority[0]!
    ];
    expect(Math.abs(share - 0.5)).toBeCloseTo(Math.abs(majority - 0.5), 10);
    expect(result.skipped).toEqual([{id: "topic", why: "the text does not tell"}]);
    expect(result.isFresh).toBe(false);
    const ask = (change: Partial<typeof settings>) =>
      probeDepths(model, source, {...settings, ...change}, quiet);
    await expect(ask({tasks: ["taste"]})).rejects.toThrow("tasks: taste (expected some of pos");
    await expect(ask({rows: 5})).rejects.toThrow("rows: 5 (expected");
    await expect(ask({seeds: 0})).rejects.toThrow("seeds: 0 (expected");
  });
});
