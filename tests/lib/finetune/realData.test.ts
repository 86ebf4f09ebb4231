/** The real data sets of ALBERT_DATA_DIR, in their published layouts. */
import {readFileSync} from "node:fs";
import {basename, join} from "node:path";
import {describe, expect, test} from "vitest";
import {baselinesOf} from "../../../src/lib/finetune/baselines/baselines.js";
import {featuresOf} from "../../../src/lib/finetune/features.js";
import {readTask} from "../../../src/lib/finetune/readTask.js";
import {fineTuneTask} from "../../../src/lib/finetune/tasks.js";
import {predict} from "../../../src/lib/finetune/score.js";
import {tokenizer} from "./tokenizer.js";

const folder = process.env.ALBERT_DATA_DIR;
const read = (task: string, file: string) =>
  readTask(new Uint8Array(readFileSync(join(folder!, file))), basename(file), fineTuneTask(task));

describe.skipIf(!folder)("real data (skipped: no ALBERT_DATA_DIR)", () => {
  test.each([
    ["sst2", "SST-2/train.tsv", 6920],
    ["sst2", "SST-2/dev.tsv", 872],
    ["cola", "CoLA/train.tsv", 8551],
    ["cola", "CoLA/dev.tsv", 527],
    ["mrpc", "MRPC/msr_paraphrase_train.txt", 4076],
    ["stsb", "STS-B/train.csv", 5749],
    ["stsb", "STS-B/dev.csv", 1500]
  ])("%s: %s has %i rows", (task, file, rows) => {
    expect(read(task, file).examples.length).toBe(rows);
  });

  test("wnut17 has its six types, and no tag is lost in the pieces", () => {
    const data = read("ner", "wnut17/dev.conll");
    expect(data.labels.length).toBe(13);
    if (data.kind !== "tags") throw new Error("expected tags");
    const {rows} = featuresOf(data, tokenizer, {maxLength: 40, stride: 4});
    const logits = rows.map(({labels}) =>
      Float32Array.from({length: labels.length * 13}, (_, i) =>
        labels[Math.floor(i / 13)] === i % 13 ? 9 : 0
      )
    );
    const found = predict(data, rows, logits);
    expect(found.kind === "tags" && found.tags).toEqual(data.examples.map(({tags}) => tags));
  });

  test.each(["en", "de", "es", "zh"])(
    "xquad in %s: every answer is found again in a window",
    (language) => {
      const data = read("squad", `xquad/xquad.${language}.json`);
      if (data.kind !== "answers") throw new Error("expected answers");
      const part = {...data, examples: data.examples.slice(0, 60)};
      const {rows} = featuresOf(part, tokenizer, {maxLength: 400, stride: 100});
      const logits = rows.map(({ids, labels}) => {
        const scores = new Float32Array(2 * ids.length);
        scores[labels[0]!] = scores[ids.length + labels[1]!] = labels[0]! > 0 ? 9 : 1;
        return scores;
      });
      const found = predict(part, rows, logits);
      if (found.kind !== "answers") throw new Error("expected answers");
      const right = found.answers.filter(({text}, i) =>
        part.examples[i]!.answers.some((answer) => text.includes(answer.text.trim()))
      );
      expect(right.length / part.examples.length).toBeGreaterThan(0.9);
    }
  );

  test("the baselines are what they are known to be", () => {
    const score = (task: string, train: string, dev: string) =>
      baselinesOf(read(task, train), read(task, dev)).map((baseline) => baseline.score);
    const [majority, words] = score("sst2", "SST-2/train.tsv", "SST-2/dev.tsv");
    expect(majority).toBeCloseTo(444 / 872, 6);
    expect(words).toBeGreaterThan(0.76);
    expect(score("stsb", "STS-B/train.csv", "STS-B/dev.csv")[0]).toBeGreaterThan(0.6);
    expect(score("ner", "wnut17/train.conll", "wnut17/dev.conll")[0]).toBeGreaterThan(0.05);
  });
});
