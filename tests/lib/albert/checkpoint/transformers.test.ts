/** What this library writes, read by Hugging Face's: where ALBERT_PYTHON names a Python that has it. */
import {spawnSync} from "node:child_process";
import {mkdtempSync, mkdirSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {fileURLToPath} from "node:url";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {makeConfig, type AlbertConfig} from "../../../../src/lib/albert/config.js";
import {writeModelFolder} from "../../../../src/lib/albert/checkpoint/write.js";
import {namedOutputs} from "../../../../src/lib/albert/namedOutputs.js";
import {disposeParameters, uploadParameters} from "../../../../src/lib/albert/params.js";
import {initParameters} from "../../../../src/lib/albert/specs.js";
import {familyArchitecture} from "../../../../src/lib/albert/variants.js";
import {bertSwitches, distilbertSwitches} from "../../../../src/lib/albert/variants.js";
import {generateCorpus} from "../../../../src/lib/corpus/generate.js";
import {corpusText} from "../../../../src/lib/corpus/text.js";
import {trainUnigram} from "../../../../src/lib/tokenizer/train.js";
import {useBackend} from "../backends.js";
import {tinyConfig} from "./tiny.js";

const python = process.env.ALBERT_PYTHON;
if (!python) console.log("skipped: no ALBERT_PYTHON");

const texts = corpusText(generateCorpus({documents: 12, seed: 3}))
  .split("\n")
  .filter(Boolean);
const tokenizer = trainUnigram(texts, {vocabSize: 201});
const awkward = [
  "The cat's 1,000 mice, or 9,",
  'A  "café" — \t(Zoë)…',
  "x[MASK] y",
  "a-b £3 ``q''",
  ""
];

const wide = {embeddingSize: 6, vocabSize: 29, hiddenSize: 6, numAttentionHeads: 2};
const other = {...wide, numHiddenLayers: 2, intermediateSize: 11, maxPositionEmbeddings: 7};
const head = (architecture: AlbertConfig["architecture"]) => ({architecture});

const models: [string, AlbertConfig][] = [
  ["pretraining", tinyConfig({vocabSize: 201})],
  ["bare", tinyConfig({...head("AlbertModel"), sharing: "none"})],
  ["masked", tinyConfig({...head("AlbertForMaskedLM"), tieWordEmbeddings: false})],
  ["groups", tinyConfig({...head("AlbertForMaskedLM"), sharing: {groups: 2, inner: 2}})],
  ["attention", tinyConfig({...head("AlbertForMaskedLM"), sharing: "attention"})],
  ["ffn", tinyConfig({...head("AlbertForQuestionAnswering"), sharing: "ffn"})],
  [
    "classes",
    tinyConfig({
      ...head("AlbertForSequenceClassification"),
      id2label: ["no", "yes", "maybe"],
      hiddenAct: "gelu"
    })
  ],
  ["words", tinyConfig({...head("AlbertForTokenClassification"), hiddenAct: "relu"})],
  ["choice", tinyConfig(head("AlbertForMultipleChoice"))],
  ["bert", makeConfig({...bertSwitches, ...other})],
  [
    "bertClasses",
    makeConfig({...bertSwitches, ...other, ...head("AlbertForSequenceClassification")})
  ],
  ["distilbert", makeConfig({...distilbertSwitches, ...other})],
  [
    "distilbertClasses",
    makeConfig({...distilbertSwitches, ...other, ...head("AlbertForSequenceClassification")})
  ]
];

interface Answer {
  name: string;
  ids: number[][] | null;
  outputs: Record<string, number[]>;
  problems: string[];
}

describe.skipIf(!python)("folders read by transformers (skipped: no ALBERT_PYTHON)", () => {
  const folder = mkdtempSync(join(tmpdir(), "albert-folders-"));
  let answers: Answer[] = [];

  beforeAll(async () => {
    await useBackend("cpu");
    for (const [name, config] of models) {
      const hasTokenizer = name === "pretraining";
      const files = writeModelFolder({
        config,
        parameters: initParameters({...config, initializerRange: 0.3}, 5),
        ...(hasTokenizer && {tokenizer})
      });
      mkdirSync(join(folder, name));
      for (const [file, bytes] of files) writeFileSync(join(folder, name, file), bytes);
    }
    writeFileSync(join(folder, "texts.json"), JSON.stringify([...texts, ...awkward]));
    const run = spawnSync(
      python!,
      [
        fileURLToPath(new URL("../../../fixtures/readFolders.py", import.meta.url)),
        join(folder, "texts.json"),
        ...models.map(([name]) => join(folder, name))
      ],
      {encoding: "utf8", env: {...process.env, HF_HUB_OFFLINE: "1"}, maxBuffer: 1 << 26}
    );
    if (run.status !== 0) throw new Error(run.stderr);
    answers = run.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Answer);
  }, 180_000);

  afterAll(() => rmSync(folder, {recursive: true}));

  test.each(models.map(([name, config], i) => [name, config, i] as const))(
    "%s gives equal outputs",
    async (_, config, i) => {
      const {name, outputs, problems} = answers[i]!;
      expect(problems).toEqual([]);
      expect(name).toBe(familyArchitecture(config));
      const params = uploadParameters(initParameters({...config, initializerRange: 0.3}, 5));
      const ours = await namedOutputs(
        params,
        {
          inputIds: [2, 7, 5, 9, 3, 0, 2, 6, 8, 4, 10, 3],
          attentionMask: [1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1],
          batch: 2,
          sequence: 6,
          choices: 2
        },
        {},
        config
      );
      disposeParameters(params);
      expect(Object.keys(outputs).length).toBeGreaterThan(0);
      for (const [key, expected] of Object.entries(outputs)) {
        const own = key === "seq_relationship_logits" ? "sop_logits" : key;
        expect(ours.get(own)!.data, key).toBeAllClose(expected, {rtol: 1e-5, atol: 2e-6});
      }
    }
  );

  test("AutoTokenizer gives the same ids", () => {
    const wrong = [...texts, ...awkward].filter(
      (text, i) => tokenizer.encode(text).ids.join() !== answers[0]!.ids![i]!.join()
    );
    expect(wrong).toEqual([]);
  });
});
