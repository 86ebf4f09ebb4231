import {fileURLToPath} from "node:url";
import type {Page} from "playwright";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {largestRelativeError} from "../../../src/lib/albert/accuracy.js";
import type {AlbertConfig} from "../../../src/lib/albert/config.js";
import {browserPages, browserPath, type BrowserPages} from "../../browserPage.js";
import {mapFiles, readModelFolder} from "../../../src/lib/albert/checkpoint/folder.js";
import {
  modelInputs,
  type NamedInputs,
  type NumberArray
} from "../../../src/lib/albert/namedInputs.js";
import {namedOutputs} from "../../../src/lib/albert/namedOutputs.js";
import {disposeParameters, uploadParameters} from "../../../src/lib/albert/params.js";
import type * as BrowserSide from "./browserOutputs.js";
import {useBackend} from "./backends.js";
import {tinyFolder} from "./checkpoint/tiny.js";
import {caseNames, failures, loadCase, Worst, type ModelCase} from "./parityCases.js";

declare const albert: typeof BrowserSide;

if (!browserPath) console.log("skipped: no browser for webgl and webgpu");

const sized = (shape: number[], data: number[]) => ({shape, data});
const ids = [2, 5, 28, 3, 9, 11, 3, 2, 4, 7, 6, 6, 3, 0, 0, 2, 8, 17, 21, 12, 3];
const rows: [string, NumberArray][] = [
  ["input_ids", sized([3, 7], ids)],
  [
    "attention_mask",
    sized(
      [3, 7],
      ids.map((id, i) => Number(id !== 0 && i > 6))
    )
  ]
];

/** Small models of our own: odd numbers of rows, a row masked as a whole, a single piece. */
const own: [string, Partial<AlbertConfig>, NamedInputs][] = [
  [
    "own, pretraining",
    {hiddenAct: "gelu"},
    new Map([
      ...rows,
      [
        "token_type_ids",
        sized(
          [3, 7],
          ids.map((_, i) => Number(i % 7 > 3))
        )
      ],
      [
        "labels",
        sized(
          [3, 7],
          ids.map((id, i) => (i % 3 ? -100 : id))
        )
      ],
      ["sentence_order_label", sized([3], [1, 0, 1])]
    ])
  ],
  [
    "own, several labels",
    {
      architecture: "AlbertForSequenceClassification",
      problemType: "multi_label_classification",
      id2label: ["a", "b", "c"]
    },
    new Map([...rows, ["labels", sized([3, 3], [1, 0, 1, 0, 0, 1, 1, 1, 0])]])
  ],
  [
    "own, one piece",
    {architecture: "AlbertForMaskedLM", hiddenAct: "relu"},
    new Map([
      ["input_ids", sized([1, 1], [9])],
      ["labels", sized([1, 1], [4])]
    ])
  ]
];

/** A case whose expectations are what cpu computes. */
async function ownCase(
  name: string,
  partial: Partial<AlbertConfig>,
  inputs: NamedInputs
): Promise<ModelCase> {
  const files = tinyFolder({embeddingSize: 5, initializerRange: 0.3, ...partial});
  const {config, parameters} = await readModelFolder(mapFiles(files), name);
  await useBackend("cpu");
  const params = uploadParameters(parameters);
  const given = modelInputs(inputs, name);
  const options = {gradients: true};
  const expected = await namedOutputs(params, given.inputs, given.labels, config, options);
  disposeParameters(params);
  const questions = [{inputs, gradients: true, expected, floors: {}}];
  const nothing = "grad.albert.encoder.albert_layer_groups.0.albert_layers.0.attention.key.bias";
  return {name, isInformative: false, files, questions, skipped: new Set([nothing])};
}

const cases: [string, () => ModelCase | Promise<ModelCase>][] = [
  ...own.map((each): [string, () => Promise<ModelCase>] => [each[0], () => ownCase(...each)]),
  ...caseNames.map((name): [string, () => ModelCase] => [name, () => loadCase(name)])
];

describe.skipIf(!browserPath)("models in a browser", () => {
  let pages: BrowserPages;

  beforeAll(async () => {
    pages = await browserPages(fileURLToPath(new URL("browserOutputs.ts", import.meta.url)));
  }, 120_000);

  afterAll(() => pages?.close());

  describe.each(["webgl", "webgpu"] as const)("%s", (backend) => {
    const rtol = largestRelativeError[backend];
    const worst = new Worst();
    let page: Page;
    let precision: number | null;

    beforeAll(async () => {
      page = await pages.open();
      precision = await page.evaluate((name) => albert.browserBackend(name), backend);
      if (precision === null) console.log(`skipped: this browser has no ${backend}`);
    }, 120_000);

    afterAll(() => {
      if (precision !== null)
        console.log(`largest errors on ${backend} (${precision} bits), against float64\n${worst}`);
      return page?.close();
    });

    test.each(cases)("%s", {timeout: 180_000}, async (name, load) => {
      if (precision === null) return;
      const model = await load();
      const {answers, leaked} = await page.evaluate((call) => albert.browserOutputs(call), {
        files: Array.from(model.files, ([file, bytes]): [string, number[]] => [file, [...bytes]]),
        questions: model.questions.map(({inputs, gradients}) => ({
          inputs: Array.from(
            inputs,
            ([key, {shape, data}]): [string, {shape: number[]; data: number[]}] => [
              key,
              {shape: [...shape], data: Array.from(data)}
            ]
          ),
          gradients
        }))
      });
      const found = model.questions.flatMap((question, i) => {
        const got = new Map(answers[i]!.map(([key, data]) => [key, {data}]));
        return failures(model, question, got, rtol, worst);
      });
      expect(leaked).toBe(0);
      if (!model.isInformative) expect(found).toEqual([]);
      else if (found.length) console.log(`${name} (informative): ${found.join("; ")}`);
    });
  });
});
