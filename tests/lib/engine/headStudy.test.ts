import * as tf from "@tensorflow/tfjs-core";
import {beforeAll, describe, expect, test} from "vitest";
import {attend} from "../../../src/lib/engine/ask.js";
import {studyHeads} from "../../../src/lib/engine/headStudy.js";
import {measureHead, measureNames} from "../../../src/lib/heads/measures.js";
import {useBackend} from "../albert/backends.js";
import {tinyModel} from "./tinyModel.js";

const model = tinyModel(40);
const bytes = new TextEncoder().encode(
  "the cat sees a house\nthe dog sees the cat\na dog sleeps\n"
);
const source = {kind: "file", name: "mine.txt", bytes, sentences: 100} as const;
const quiet = () => {};

beforeAll(() => useBackend("cpu"));

describe("studyHeads(model, source)", () => {
  test("measures what attend shows, for every head and depth", async () => {
    const found = await studyHeads(model, source, quiet);
    expect([found.depths, found.heads, found.texts]).toEqual([3, 2, 3]);
    const sums = new Float64Array(6);
    let rows = 0;
    for (const text of ["the cat sees a house", "the dog sees the cat", "a dog sleeps"]) {
      const {tokens, probs} = await attend(model, text, null);
      const size = tokens.length ** 2;
      rows += tokens.length - 2;
      for (let head = 0; head < 6; ++head)
        sums[head]! += measureHead(probs.data.subarray(head * size, (head + 1) * size), tokens)[0]!;
    }
    expect(found.rows).toBe(rows);
    expect(measureNames[0]).toBe("entropy");
    expect(found.measures[0]!.values.map(({mean}) => mean)).toBeAllClose(sums.map((s) => s / rows));
  });

  test("generated sentences bring their trees; the same seed gives the same numbers", async () => {
    const generated = {kind: "generated", seed: 5, sentences: 6} as const;
    const [a, b] = [
      await studyHeads(model, generated, quiet),
      await studyHeads(model, generated, quiet)
    ];
    expect(a.syntax).not.toBeNull();
    expect(a).toEqual(b);
    expect(a.measures.at(-1)!.reference.name).toMatch(/^always [+−]\d words$/);
  });

  test("a treebank brings its trees, scored as those of the generated language", async () => {
    const words = ["the", "cat", "sees", "a", "house"];
    const [heads, relations] = [
      [2, 3, 0, 5, 3],
      ["det", "nsubj", "root", "det", "obj"]
    ];
    const rows = words.map((word, i) =>
      [i + 1, word, "_", "_", "_", "_", heads[i], relations[i], "_", "_"].join("\t")
    );
    const text = Array.from({length: 44}, () => `${rows.join("\n")}\n`).join("\n");
    const file = {...source, name: "cats.conllu", bytes: new TextEncoder().encode(text)};
    const {syntax, corpus, texts} = await studyHeads(model, file, quiet);
    expect([corpus, texts]).toEqual(["cats.conllu", 44]);
    const det = syntax!.relations.find(({relation}) => relation === "det")!;
    expect(det).toMatchObject({words: 2 * syntax!.scoredOn, offset: 1});
    expect(syntax!.relations.map(({relation}) => relation).sort()).toEqual(["det", "nsubj", "obj"]);
    await expect(
      studyHeads(model, {...file, bytes: new TextEncoder().encode("1\tcat\n")}, quiet)
    ).rejects.toThrow("cats.conllu: line 1: 2 fields");
  });

  test("stopped, it tells what it found; nothing leaks", async () => {
    const stop = new AbortController();
    const before = tf.memory().numTensors;
    const found = await studyHeads(
      model,
      source,
      ({done}) => {
        if (done === 1) stop.abort();
      },
      stop.signal
    );
    expect([found.texts, found.isComplete]).toEqual([2, false]);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("says what is wrong with the number of sentences", async () => {
    await expect(studyHeads(model, {...source, sentences: 1}, quiet)).rejects.toThrow(
      /sentences: 1 \(expected/
    );
  });
});
