// @vitest-environment jsdom
/** R27: whatever a name, a label, a text or a value holds, a view shows it as text. */
import {beforeAll, describe, expect, test} from "vitest";
import {blankGuesses} from "../../src/components/blankGuesses.js";
import {confusionMatrix} from "../../src/components/confusionMatrix.js";
import {errorList} from "../../src/components/errorList.js";
import {figure, table} from "../../src/components/figure.js";
import {lessonTable} from "../../src/components/lessonTable.js";
import {predictionTable} from "../../src/components/predictionTable.js";
import {restoreNote} from "../../src/components/restoreNote.js";
import {resultView} from "../../src/components/resultView.js";
import {runComparison} from "../../src/components/runComparison.js";
import {runCurves, updateRunCurves} from "../../src/components/runCurves.js";
import {runPanel} from "../../src/components/runPanel.js";
import {runsTable} from "../../src/components/runsTable.js";
import {runText} from "../../src/components/runText.js";
import {schemaBrowser} from "../../src/components/schemaBrowser.js";
import {tokenStrip} from "../../src/components/tokenStrip.js";
import {undoNote} from "../../src/components/undoNote.js";
import {vocabularyTable} from "../../src/components/vocabularyTable.js";
import {parseRecipe} from "../../src/lib/recipe/recipe.js";
import {emptyLabel, type RunEntry} from "../../src/lib/store/runs.js";
import {element} from "../../src/components/dom.js";
import {hostileTexts} from "./hostileTexts.js";
import {Tally} from "./tally.js";

declare global {
  interface Window {
    ran?: number;
  }
}

beforeAll(() => {
  window.ran = 0;
});

/** A run whose every word is the text. */
function run(text: string): RunEntry {
  return {
    id: text,
    hash: text,
    recipe: parseRecipe({corpus: {path: text}}),
    source: {kind: "file", name: text},
    corpus: text,
    parameters: 1,
    step: 5,
    steps: 9,
    checkpoints: [{step: 5, bytes: 1}],
    evaluation: null,
    loss: 1,
    versions: {backend: text, executor: text},
    parent: {id: text, step: 1},
    color: 0,
    bytes: 1,
    createdAt: "2026-01-01T00:00:00.000Z",
    savedAt: "2026-01-01T00:00:00.000Z",
    label: {...emptyLabel, name: text, tags: [text], notes: text},
    hasText: false
  };
}

const prediction = (text: string) => ({
  tokens: [text, "[MASK]"],
  blanks: [
    {position: 1, truth: text, truthProbability: 0.5, top: [{piece: text, probability: 0.5}]}
  ]
});

/** Every place where a text of a reader's, a file's or a query's is shown. */
const sinks: Record<string, (text: string) => Element> = {
  "an element's text and attributes": (text) =>
    element("p", {title: text, "aria-label": text, class: text}, text, [text]),
  "a figure's words and its table": (text) => {
    const node = figure(element("p", {}, text), {
      title: text,
      facts: [text],
      caption: text,
      data: [{[text]: text}],
      recipe: {text}
    });
    node.querySelector<HTMLButtonElement>(".obs-toggle")!.click();
    return node;
  },
  "a table's columns and cells": (text) => table([{[text]: text, b: 1}], text),
  "the table of runs": (text) => {
    const node = runsTable();
    node.update({runs: [run(text)], inUse: new Set()});
    return node;
  },
  "one run": (text) => {
    const node = runPanel();
    node.update(run(text), true);
    return node;
  },
  "two runs compared": (text) => {
    const node = runComparison(400);
    const measured = {run: run(text), metrics: [], evaluations: []};
    node.update([measured, {...measured, run: {...run(text), id: `${text}2`}}]);
    return node;
  },
  "curves of runs": (text) => {
    const node = runCurves(400);
    const measured = {run: run(text), metrics: [], evaluations: []};
    updateRunCurves(node, [measured], {metric: "mlmLoss", smoothing: 0});
    return node;
  },
  "deleted runs and their problems": (text) => {
    const node = undoNote({undo: () => {}, purge: () => {}});
    node.update({deleted: [run(text)], problems: [{id: text, message: text}]});
    return node;
  },
  "the offer of a kept run": (text) =>
    restoreNote({
      ...{id: text, name: text, step: 1, steps: 2, isInUse: true},
      savedAt: "2026-01-01T00:00:00.000Z"
    }),
  "the text of a run": (text) => {
    const node = runText();
    node.update({corpus: text, notes: [text], documents: 1, sentences: 1} as never);
    return node;
  },
  tokens: (text) => tokenStrip([text, text]),
  "guesses of a run": (text) => predictionTable([{step: 1, predictions: [prediction(text)]}]),
  "guesses at a blank": (text) => blankGuesses(prediction(text)),
  "a vocabulary": (text) => vocabularyTable([{id: 9, piece: text, score: -1}]),
  "wrong answers": (text) =>
    errorList(
      [{text, pair: text, truth: text, predicted: text, confidence: 0.5, loss: 1} as never],
      1
    ),
  "names of classes": (text) =>
    confusionMatrix({
      labels: [text, "b"],
      counts: [
        [1, 2],
        [3, 4]
      ]
    }),
  "tables and columns of the database": (text) =>
    schemaBrowser([
      {
        name: text,
        description: text,
        rows: 1,
        columns: [{name: text, type: text, description: text}]
      }
    ]),
  "rows of a query": (text) =>
    resultView({
      sql: text,
      truncated: false,
      elapsedMs: 1,
      bytes: 1,
      table: {
        rows: 1,
        columns: [
          {name: text, kind: "text", type: text, values: [text]},
          {name: "n", kind: "number", type: "Float64", values: [1]}
        ]
      }
    }),
  "notes on a lesson": (text) =>
    lessonTable([{id: "a", title: text, href: "./a"}], () => ({
      ...{prediction: text, measured: text, tries: 1, solvedAt: text}
    }))
};

const foreign =
  "script, img, iframe, object, embed, base, link, meta, style, form[action], video, audio, math, foreignObject, animate, set, marquee, template, isindex, noscript";

/** Throws where a view holds an element or attribute that its words made. */
function check(node: Element, text: string, own: ReadonlySet<string>): void {
  document.body.replaceChildren(node);
  expect(node.querySelector(foreign), text).toBeNull();
  for (const each of [node, ...node.querySelectorAll("*")]) {
    expect(own.has(each.tagName) || each === node, `${each.tagName} from ${text}`).toBe(true);
    for (const {name, value} of each.attributes) {
      expect(name, text).not.toMatch(/^on/i);
      if (/^(href|xlink:href|src|action)$/.test(name))
        expect(value, text).toMatch(/^(\.{0,2}\/|#|data:image|blob:)/);
    }
  }
}

describe("hostile texts", () => {
  test("there are at least a hundred different ones", () => {
    expect(new Set(hostileTexts).size).toBeGreaterThanOrEqual(100);
  });

  test.each(Object.entries(sinks))("stay text in %s", async (name, show) => {
    const tally = new Tally("R27", `hostile texts in ${name}`);
    const own = new Set([...show("plain").querySelectorAll("*")].map(({tagName}) => tagName));
    for (const text of hostileTexts)
      await tally.attempt(text.slice(0, 60), () => check(show(text), text, own));
    await tally.attempt("nothing has run", () => expect(window.ran).toBe(0));
    tally.finish("nothing: shown as text");
  });
});
