/**
 * R27: every view that shows a text of a reader's, a file's, a link's or a query's, each filled with
 * one such text wherever it takes any. `textSinks.test.ts` fails where a view of src/components stands
 * neither here nor among those that show none.
 */
import {vi} from "vitest";
import {arenaCase, arenaTable} from "../../src/components/arenaTable.js";
import {addressField} from "../../src/components/addressField.js";
import {attentionExplorer} from "../../src/components/attentionExplorer.js";
import {attentionLines} from "../../src/components/attentionLines.js";
import {attentionMatrix} from "../../src/components/attentionMatrix.js";
import {attributionView, gapSentence} from "../../src/components/attributionView.js";
import {blankGuesses} from "../../src/components/blankGuesses.js";
import {calibrationChart} from "../../src/components/calibrationChart.js";
import {cellGrid} from "../../src/components/cellGrid.js";
import {cellsChart} from "../../src/components/cellsChart.js";
import {cellsFigure} from "../../src/components/cellsFigure.js";
import {choices} from "../../src/components/choices.js";
import {claimList} from "../../src/components/claimList.js";
import {classTable} from "../../src/components/classTable.js";
import {confusionMatrix} from "../../src/components/confusionMatrix.js";
import {corpusSample} from "../../src/components/corpusSample.js";
import {costScatter} from "../../src/components/costScatter.js";
import {curvesChart} from "../../src/components/curvesChart.js";
import {devicePanel} from "../../src/components/devicePanel.js";
import {differenceView} from "../../src/components/differenceView.js";
import {distribution} from "../../src/components/distribution.js";
import {domainTable, domainTitle} from "../../src/components/domainTable.js";
import {element} from "../../src/components/dom.js";
import {describeChange, effectView} from "../../src/components/effectView.js";
import {embedBuilder} from "../../src/components/embedBuilder.js";
import {embeddingMap} from "../../src/components/embeddingMap.js";
import {errorList} from "../../src/components/errorList.js";
import {figure, table} from "../../src/components/figure.js";
import {fileDrop} from "../../src/components/fileDrop.js";
import {headCard} from "../../src/components/headCard.js";
import {headFinder} from "../../src/components/headFinder.js";
import {lattice} from "../../src/components/lattice.js";
import {swatches} from "../../src/components/legends.js";
import {keepNote} from "../../src/components/keepNote.js";
import {languagesForm} from "../../src/components/languagesForm.js";
import {lensSentence, lensView} from "../../src/components/lensView.js";
import {lessonTable} from "../../src/components/lessonTable.js";
import {lessonView} from "../../src/components/lessonView.js";
import {linkPanel} from "../../src/components/linkPanel.js";
import {lossChart} from "../../src/components/lossChart.js";
import {renderMarkdown} from "../../src/components/markdown.js";
import {methodCurves} from "../../src/components/methodCurves.js";
import {agreementTable, methodsTable} from "../../src/components/methodsView.js";
import {modelFacts} from "../../src/components/modelFacts.js";
import {modelPicker} from "../../src/components/modelPicker.js";
import {hashSentence, momentView} from "../../src/components/momentView.js";
import {normalizationList} from "../../src/components/normalizationList.js";
import {numberTable} from "../../src/components/numberTable.js";
import {pageLink} from "../../src/components/pageLink.js";
import {parameterBars} from "../../src/components/parameterBars.js";
import {patchHeads, patchPositions} from "../../src/components/patchView.js";
import {predictionTable} from "../../src/components/predictionTable.js";
import {probeChart, probesOverview} from "../../src/components/probesView.js";
import {publishedTable} from "../../src/components/publishedTable.js";
import {queryBar} from "../../src/components/queryBar.js";
import {queryKeyView} from "../../src/components/queryKeyView.js";
import {recipeWords} from "../../src/components/recipeWords.js";
import {reportBody} from "../../src/components/reportBody.js";
import {reportEditor} from "../../src/components/reportEditor.js";
import {reportFile} from "../../src/components/reportFile.js";
import {reportButton} from "../../src/components/reportQuery.js";
import {resharingView} from "../../src/components/resharingView.js";
import {restoreNote} from "../../src/components/restoreNote.js";
import {resultChart} from "../../src/components/resultChart.js";
import {resultsTable} from "../../src/components/resultsTable.js";
import {resultView} from "../../src/components/resultView.js";
import {runComparison} from "../../src/components/runComparison.js";
import {runCurves, updateRunCurves} from "../../src/components/runCurves.js";
import {runPanel} from "../../src/components/runPanel.js";
import {runsTable} from "../../src/components/runsTable.js";
import {runText} from "../../src/components/runText.js";
import {saveModel} from "../../src/components/saveModel.js";
import {schemaBrowser} from "../../src/components/schemaBrowser.js";
import {scoreChart} from "../../src/components/scoreChart.js";
import {scoreStrip} from "../../src/components/scoreStrip.js";
import {scoreTable} from "../../src/components/scoreTable.js";
import {scrolledTable} from "../../src/components/scrolledTable.js";
import {sentenceForm} from "../../src/components/sentenceForm.js";
import {sqlNotebook} from "../../src/components/sqlNotebook.js";
import {stepScrubber} from "../../src/components/stepScrubber.js";
import {sweepPanel} from "../../src/components/sweepPanel.js";
import {syntaxSentence, syntaxTable} from "../../src/components/syntaxTable.js";
import {taskAnswer} from "../../src/components/taskAnswer.js";
import {taskGrid} from "../../src/components/taskGrid.js";
import {textBox} from "../../src/components/textBox.js";
import {textPairForm} from "../../src/components/textPairForm.js";
import {textWithMasks} from "../../src/components/textWithMasks.js";
import {timingView} from "../../src/components/timingPanel.js";
import {workLine} from "../../src/components/workLine.js";
import {workPanel} from "../../src/components/workPanel.js";
import {tokenStrip} from "../../src/components/tokenStrip.js";
import {trainingControls} from "../../src/components/trainingControls.js";
import {undoNote} from "../../src/components/undoNote.js";
import {vocabularyTable} from "../../src/components/vocabularyTable.js";
import {vocabularyTrainer} from "../../src/components/vocabularyTrainer.js";
import {embeddedView} from "../../src/components/embeddedView.js";
import {exportSvg} from "../../src/components/exportSvg.js";
import {historyChart} from "../../src/components/historyChart.js";
import {pivotForm} from "../../src/components/pivotForm.js";
import {sharingMap} from "../../src/components/sharingMap.js";
import {sqlEditor} from "../../src/components/sqlEditor.js";
import {RowSelection} from "../../src/lib/selection.js";
import {parseRecipe} from "../../src/lib/recipe/recipe.js";
import {emptyLabel, type RunEntry} from "../../src/lib/store/runs.js";

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

const interval = {mean: 0.5, low: 0.4, high: 0.6};
const even = (count: number) => new Float32Array(count).fill(1 / 3);

/** What a model says of the words t, [MASK], t: tokens, guesses and the model's name are all the text. */
const attentionOf = (t: string) => ({
  tokens: [t, "[MASK]", t],
  wordIds: [0, 1, 2],
  typeIds: [0, 0, 1],
  probs: {shape: [1, 2, 3, 3] as [number, number, number, number], data: even(18)},
  group: [0],
  model: t
});
const exampleOf = (t: string) => ({text: t, tokens: [t, "b", t], from: 0, weights: [...even(3)]});
const studyOf = (t: string) => ({
  ...{model: t, depths: 1, heads: 1, corpus: t, texts: 7, rows: 14, isComplete: true},
  measures: [
    {name: t, unit: t, about: t, values: [interval], reference: {name: t, value: 1}},
    {name: `2${t}`, unit: null, about: t, values: [interval], reference: {name: t, value: 1}}
  ],
  detected: [{pattern: t, excess: 0.5}],
  syntax: {
    ...{chosenOn: 4, scoredOn: 3, offset: 1, baseline: 0.4},
    differences: [{...interval, p: 0.01}],
    relations: [
      {
        ...{relation: t, words: 40, head: 0, way: "own", accuracy: interval, offset: 1},
        ...{baseline: 0.5, difference: interval, p: 0.01}
      }
    ]
  },
  top: [[{...exampleOf(t), score: 0.5}]],
  sample: [{...exampleOf(t), weights: [[...even(3)]]}]
});
const methodsOf = (t: string) => {
  const trial = {name: t, scores: [0.1, 0.2, 0.7], counts: [0, 1, 2]};
  const fall = {deletion: [0.5, 0.2, 0.1], insertion: [0.1, 0.2, 0.5]};
  return {
    tokens: [t, "[MASK]", t],
    ...{position: 1, target: {piece: t, probability: 0.5}, candidates: [0, 2], model: t},
    methods: [
      {...trial, ...fall, deletionArea: 0.2, insertionArea: 0.4},
      {...trial, name: `2${t}`, ...fall, deletionArea: 0.2, insertionArea: 0.4}
    ],
    random: {orders: 3, deletionArea: 0.2, insertionArea: 0.3},
    agreement: [
      [1, 0.5],
      [0.5, 1]
    ]
  };
};
const cellsOf = (t: string) =>
  [t, `2${t}`].map((name) => ({
    ...{name, cell: {case: name}, n: 2, lost: 0, difference: null, ...interval},
    values: [
      {seed: 1, value: 0.4, hash: t},
      {seed: 2, value: 0.6, hash: t}
    ]
  }));
const modelOf = (t: string) => ({
  ...{name: t, parameters: 9, vocabSize: 7, hasTokenizer: true, notes: [t]},
  config: {
    ...{embedding_size: 3, hidden_size: 5, num_hidden_layers: 2, num_attention_heads: 1},
    ...{num_hidden_groups: 1, inner_group_num: 1, model_type: t, hidden_act: t, sharing: t}
  }
});
const publishedOf = (t: string) => ({
  ...{model: t, variant: t, params_millions: 12, config: t, source: t, split: "dev"},
  ...{setting: "single", protocol: t, task: "MNLI-m", metric: "accuracy", value: 80},
  ...{
    inferred: 0,
    note: t,
    suspect: 1,
    second_hand: 1,
    source_title: t,
    source_location: t,
    year: 2019
  }
});
const tableOf = (t: string) => ({
  rows: 2,
  columns: [
    {name: t, kind: "text" as const, type: t, values: [t, `2${t}`]},
    {name: t, kind: "number" as const, type: "Float64", values: [1, 2]}
  ]
});
const exhibitOf = (t: string) => ({
  ...{kind: "exhibit" as const, id: "a", title: t, facts: t, caption: t, svg: null, columns: [t]},
  ...{
    rows: [[t]],
    sql: t,
    recipe: {[t]: t},
    isRun: true,
    recipeHash: t,
    dataHash: t,
    page: t,
    addedAt: t
  }
});
const reportOf = (t: string) => ({
  version: 1 as const,
  title: t,
  parts: [
    exhibitOf(t),
    {kind: "words" as const, id: "w", markdown: `# ${t}\n\n[a](${t}) ![b](${t})\n\n<${t}>`}
  ]
});
const patchOf = (t: string) => ({
  tokens: {clean: [t, "[MASK]"], corrupted: [`2${t}`, "[MASK]"]},
  ...{
    position: 1,
    changed: [0],
    answers: [t, `2${t}`],
    clean: 2,
    corrupted: -1,
    depths: 1,
    heads: 1
  },
  ...{
    byPosition: Float64Array.of(0, 1),
    byHead: Float64Array.of(0.5),
    all: [1],
    none: [0],
    model: t
  }
});
const probesOf = (t: string) => ({
  id: t,
  ...{classes: [t, "b"], trainRows: [9], testRows: [4], majority: [0.5], form: [0.75]},
  depths: [{accuracy: [0.5], control: [0.5], online: [9], uniform: [9]}]
});
const finetunedOf = (t: string) => ({
  ...{recipe: {}, task: t, taskName: t, scoreName: t, kind: "classification", labels: [t, "b"]},
  ...{model: t, start: t, train: {name: t, examples: 8}, dev: {name: t, examples: 2}},
  ...{classCounts: [1, 1], steps: 4, stepsPerEpoch: 1, parameters: 9, executor: t, notes: [t]},
  baselines: [{name: t, how: t, metrics: {[t]: 0.5}, score: 0.25}]
});
const wideOf = (t: string) => {
  const {rows, columns} = tableOf(t);
  return {rows, columns: [columns[0]!, {...columns[0]!, name: `2${t}`}, columns[1]!]};
};
const curvesOf = (t: string) =>
  curvesChart(
    [
      {
        name: t,
        points: [
          {x: 1, y: 1},
          {x: 2, y: 3}
        ]
      }
    ],
    {xLabel: t, yLabel: t, rule: {y: 1, label: t}}
  );
/** A view of a sentence or of words in place. */
const words = (...texts: (string | null)[]) => element("p", {}, texts);
/** A view that is told of something after it stands. */
function told<E extends Element>(node: E, tell: (node: E) => void): E {
  tell(node);
  return node;
}
/** A view with a listener's say: what a press shows. */
const pressed = (node: HTMLElement, label: RegExp) =>
  told(node, () =>
    [...node.querySelectorAll("button")].find((b) => label.test(b.textContent))!.click()
  );

/** By file of src/components: what is shown where every text that it takes is the given one. */
export const textSinks: Record<string, (text: string) => Element> = {
  addressField: (t) => addressField(t, {label: t}),
  arenaTable: (t) => {
    const methods = [{method: t, share: 0.5, scores: [0.1, 0.2]}];
    const heads = [{depth: 0, head: 0, role: t, carries: true, alone: 1, together: 2}];
    const data = {
      ...{name: t, does: t, trap: t, tokens: [t, "[MASK]"], position: 1, truth: [0], guess: t},
      ...{probability: 1, candidates: [0], even: 0.5, methods, heads}
    } as never;
    return element("div", {}, arenaTable([data]), arenaCase(data));
  },
  attentionExplorer: (t) => attentionExplorer(attentionOf(t), {facts: [t]}),
  attentionLines: (t) => attentionLines([even(4)], {tokens: [t, t]}),
  attentionMatrix: (t) => attentionMatrix(even(4), {tokens: [t, t], title: t}),
  attributionView: (t) => {
    const result = {
      methods: methodsOf(t),
      from: t,
      gaps: [{intervals: 4, gap: 0.1}],
      difference: 1
    };
    return element("div", {}, attributionView(result as never), gapSentence(result as never));
  },
  blankGuesses: (t) => blankGuesses(prediction(t)),
  calibrationChart: (t) => figure(calibrationChart({bins: [], ece: 0} as never), {title: t}),
  cellGrid: (t) =>
    cellGrid(() => ({color: "#fff", text: t, speech: t}), {rows: [t], columns: [t], label: t}),
  cellsChart: (t) => cellsChart(cellsOf(t), {label: t, noteOf: () => t}),
  cellsFigure: (t) =>
    cellsFigure(cellsOf(t), {title: t, label: t, facts: [t], caption: t, recipe: {[t]: t}}),
  choices: (t) =>
    choices(t, [
      {value: "a", label: t},
      {value: "b", label: t}
    ]),
  claimList: (t) =>
    claimList([{number: 1, claim: t, verdict: "correct", finding: t, source: t} as never], {
      ask: () => Promise.reject(new Error(t))
    }),
  classTable: (t) => classTable([{name: t, precision: 1, recall: 1, f1: 1, support: 3}], t),
  confusionMatrix: (t) =>
    confusionMatrix({
      labels: [t, "b"],
      counts: [
        [1, 2],
        [3, 4]
      ]
    }),
  corpusSample: (t) => {
    const truth = [{topic: t, tense: t, sentences: [t]}];
    return corpusSample({seed: 1, documents: [[t]], truth} as never, t, t);
  },
  costScatter: (t) =>
    costScatter([{name: t, family: t, shape: {[t]: 1}, counts: {total: 9}, flops: 9}], {
      named: [t]
    }),
  curvesChart: curvesOf,
  devicePanel: (t) => {
    const trial = {
      backend: "wasm",
      outcome: "refused",
      reason: t,
      elapsedMs: 1,
      compileMs: null,
      gradientError: 1
    };
    const report = {trials: [trial], backend: "wasm", adapter: t, executor: t, forced: null};
    return devicePanel(report as never, {
      features: [{name: t, isThere: true, without: t} as never]
    });
  },
  differenceView: (t) => {
    const expected = [[{piece: t, probability: 0.5}], [{piece: t, probability: 0.5}], []];
    const side = {attention: attentionOf(t), expected} as never;
    return differenceView(side, side);
  },
  distribution: (t) => distribution(tableOf(t), 0, new RowSelection(2)),
  dom: (t) => element("p", {title: t, "aria-label": t, class: t}, t, [t]),
  domainTable: (t) => {
    const losses = {before: 4, after: 3, change: {...interval, n: 3}};
    const result = {
      ...{plan: {}, model: t, domain: t, general: t, points: []},
      losses: {domain: losses, general: losses},
      score: {...losses, task: t, metric: t, runs: []}
    } as never;
    return element("div", {}, domainTable(result), domainTitle(result));
  },
  effectView: (t) => {
    const pieces = [{piece: t, before: 0.5, after: 0.2}];
    const result = {
      ...{tokens: [t, "[MASK]"], divergence: Float32Array.of(0, 1)},
      places: [{position: 1, pieces, likeliestAfter: t}],
      labels: [{label: t, before: 0.5, after: 0.5}]
    } as never;
    const change = {kind: "head", layer: 0, head: 0, from: 0, to: 1} as never;
    return element("div", {}, effectView(result), describeChange(change, [t, t]));
  },
  embedBuilder: (t) =>
    embedBuilder({
      pages: [{name: t, path: t}],
      site: new URL("https://site.example/"),
      page: t,
      view: t,
      address: ({view}) => `https://site.example/?${new URLSearchParams({embed: view})}`,
      embed: (_, {onProblem, onReady}) => {
        const shown = {title: t, height: 1, query: t, views: [t], titles: [t]};
        onReady?.(shown as never);
        onProblem?.(t, [t], [t]);
        return {frame: element("iframe"), setState() {}, ping() {}, close() {}};
      }
    }),
  embeddedView: (t) => {
    vi.useFakeTimers();
    const main = element("main", {}, element("h2", {id: t}, t));
    document.body.replaceChildren(main);
    embeddedView(`no ${t}`);
    vi.runAllTimers();
    vi.useRealTimers();
    return main;
  },
  embeddingMap: (t) => {
    const near = [{piece: t, cosine: 0.5}];
    return embeddingMap([
      {piece: t, x: 0, y: 0, neighbours: near},
      {piece: `2${t}`, x: 1, y: 1, neighbours: near}
    ]);
  },
  errorList: (t) =>
    errorList([{text: t, pair: t, truth: t, predicted: t, confidence: 0.5, loss: 1}], 1),
  exportSvg: (t) => {
    const all = {title: t, name: t, facts: t, caption: t, source: t, metadata: t};
    const svg = exportSvg(curvesOf(t), swatches([{label: t}]), all)!;
    const parsed = new DOMParser().parseFromString(svg, "image/svg+xml");
    return document.importNode(parsed.documentElement, true);
  },
  figure: (t) => {
    const node = figure(element("p", {}, t), {
      ...{title: t, facts: [t], caption: t, name: t, data: [{[t]: t}], recipe: {t}},
      legend: swatches([{label: t}])
    });
    return element("div", {}, pressed(node, /^Table$/), table([{[t]: t, b: 1}], t));
  },
  keepNote: (t) => told(keepNote(), (node) => node.tell(t)),
  fileDrop: (t) => told(fileDrop({label: t, placeholder: t}), (node) => node.fail(t)),
  headCard: (t) => headCard(studyOf(t) as never, {layer: 0, head: 0}),
  headFinder: (t) => headFinder(studyOf(t) as never, {layer: 0, head: 0}),
  historyChart: (t) =>
    historyChart([{...publishedOf(t), suspect: 0, second_hand: 0} as never], {
      title: t,
      yLabel: t,
      compute: new Map()
    } as never),
  languagesForm: (t) => told(languagesForm([0, 1]), (node) => node.show(t, true)),
  lattice: (t) => {
    const edge = {start: 0, end: 1, id: 1, piece: t, score: -1, best: true};
    return lattice({text: t, nodes: 2, edges: [edge]});
  },
  legends: (t) => swatches([{label: t, dashed: true}]),
  lensView: (t) => {
    const result = {
      ...{tokens: [t, t], positions: [1], depths: 2, isHidden: true, truth: [t]},
      ...{entropy: even(2), truthRank: Int32Array.of(2, 1), truthProbability: even(2)},
      ...{divergence: even(2), lastDepthError: 0, vocabSize: 29, model: t},
      top: [[{piece: t, probability: 0.5}], [{piece: t, probability: 0.5}]]
    } as never;
    return element("div", {}, lensView(result), lensSentence(result));
  },
  lessonTable: (t) =>
    lessonTable([{id: "a", title: t, href: "./a"}], () => ({
      ...{prediction: t, measured: t, tries: 1, solvedAt: t}
    })),
  lessonView: (t) =>
    lessonView({
      ...{question: t, predictions: [{value: "a", label: t}], experiment: t, outcome: () => t},
      ...{figure: () => element("p", {}, t), explanation: t, task: t},
      answer: Object.assign(element("div"), {value: t})
    } as never),
  linkPanel: (t) =>
    told(linkPanel({link: () => t, offers: [], save() {}, open: () => t}), (node) => {
      node.open = true;
      node.update();
    }),
  lossChart: (t) => {
    const node = lossChart(
      [
        {step: 1, loss: 1},
        {step: 2, loss: 2}
      ],
      {
        ...{series: [{key: "loss", label: t}], yLabel: t, baselines: [{label: t, value: 1}]}
      }
    );
    return told(node, () => node.update({baselines: [{label: `2${t}`, value: 2}]}));
  },
  markdown: (t) => element("div", {}, renderMarkdown(`${t}\n\n# ${t}\n\n- \`${t}\``)),
  methodCurves: (t) => methodCurves(methodsOf(t)),
  methodsView: (t) => element("div", {}, methodsTable(methodsOf(t)), agreementTable(methodsOf(t))),
  modelFacts: (t) => element("dl", {}, modelFacts(modelOf(t) as never).flat()),
  modelPicker: (t) =>
    told(modelPicker({model: modelOf(t) as never, kept: null, onCancel() {}}), (node) =>
      node.update({loading: {progress: {phase: t, fraction: 0.5} as never}})
    ),
  momentView: (t) => {
    const moment = {
      ...{step: 64, attention: attentionOf(t), spectrum: [3, 2], effectiveRank: 2, bytes: 1},
      guesses: {position: 1, depths: [[{piece: t, probability: 0.5}]]},
      ...{hash: t, storedHash: t}
    } as never;
    return element("div", {}, momentView(moment), hashSentence(moment));
  },
  normalizationList: (t) =>
    normalizationList([
      {name: t, does: t, text: "a"},
      {name: t, does: t, text: t}
    ]),
  numberTable: (t) => numberTable(t, t, [t], [{name: t, cells: [t]}]),
  pageLink: (t) => {
    const codec = {read: () => ({value: {}, problems: [t], unknown: [t]}), write: () => [[t, t]]};
    return pageLink(codec as never, {search: `?${new URLSearchParams({a: t})}`}).note;
  },
  parameterBars: (t) =>
    parameterBars([{label: t, counts: {[t]: 3}}], {parts: [{key: t, label: t}], yardstick: t}),
  patchView: (t) =>
    element("div", {}, patchPositions(patchOf(t) as never), patchHeads(patchOf(t) as never)),
  pivotForm: (t) => pivotForm(wideOf(t), () => {})!,
  predictionTable: (t) => predictionTable([{step: 1, predictions: [prediction(t)]}]),
  probesView: (t) =>
    element(
      "div",
      {},
      probesOverview({tasks: [probesOf(t)]} as never),
      probeChart(probesOf(t) as never)
    ),
  publishedTable: (t) => publishedTable([publishedOf(t) as never], new Map()),
  queryBar: (t) => {
    const bar = queryBar({run() {}, cancel() {}, restore() {}});
    bar.say(t);
    return bar.node;
  },
  queryKeyView: (t) =>
    queryKeyView({
      ...{tokens: [t, t], layer: 0, head: 0, from: 1, query: Float32Array.of(1, -2)},
      keys: {shape: [2, 2], data: Float32Array.of(1, 1, 0, 0)},
      ...{probs: Float32Array.of(0.5, 0.5), model: t}
    }),
  recipeWords: (t) => words(...recipeWords(parseRecipe({corpus: {path: t}}))),
  reportBody: (t) => reportBody(reportOf(t)),
  reportEditor: (t) =>
    told(reportEditor({edit() {}, undo() {}} as never), (node) =>
      node.update({report: reportOf(t), undo: t, problem: t} as never)
    ),
  reportFile: (t) => {
    const page = new DOMParser().parseFromString(reportFile(reportOf(t)), "text/html");
    return element(
      "div",
      {},
      page.title,
      document.importNode(page.querySelector("article")!, true)
    );
  },
  reportQuery: (t) =>
    told(reportButton({table: tableOf(t), truncated: false} as never, t), (node) =>
      node.querySelector("span")!.append(t)
    ),
  resharingView: (t) => {
    const points = [
      {step: 0, mlmLoss: 3, drift: [0]},
      {step: 5, mlmLoss: 2, drift: [0.1]}
    ];
    return resharingView([{change: t, points, parameters: 9, steps: 5} as never]);
  },
  restoreNote: (t) =>
    restoreNote({
      ...{id: t, name: t, step: 1, steps: 2, isInUse: true},
      savedAt: "2026-01-01T00:00:00.000Z"
    }),
  resultChart: (t) => resultChart(tableOf(t), 0, 1, {mark: t}),
  resultsTable: (t) => resultsTable(tableOf(t), {caption: t, titles: {[t]: t}}),
  resultView: (t) =>
    resultView(
      {sql: t, truncated: false, elapsedMs: 1, bytes: 1, table: tableOf(t)},
      {
        ...{sql: t, mark: t, read: [{name: t, rows: 1}], pivot: () => Promise.reject(new Error(t))}
      }
    ),
  runComparison: (t) => {
    const measured = {run: run(t), metrics: [], evaluations: []};
    return told(runComparison(400), (node) =>
      node.update([measured, {...measured, run: {...run(t), id: `${t}2`}}])
    );
  },
  runCurves: (t) => {
    const measured = {run: run(t), metrics: [], evaluations: []};
    return told(runCurves(400), (node) =>
      updateRunCurves(node, [measured], {metric: "mlmLoss", smoothing: 0})
    );
  },
  runPanel: (t) => told(runPanel(), (node) => node.update(run(t), true)),
  runsTable: (t) => told(runsTable(), (node) => node.update({runs: [run(t)], inUse: new Set()})),
  runText: (t) =>
    told(runText(), (node) =>
      node.update({corpus: t, notes: [t], documents: 1, sentences: 1} as never)
    ),
  saveModel: (t) => saveModel({label: t, name: () => t, files: () => Promise.reject(new Error(t))}),
  schemaBrowser: (t) =>
    schemaBrowser([
      {name: t, description: t, rows: 1, columns: [{name: t, type: t, description: t}]}
    ]),
  scoreChart: (t) => scoreChart([publishedOf(t) as never], {title: t, yLabel: t}),
  scoreStrip: (t) =>
    scoreStrip(
      [
        {setting: t, size: 9, seed: 1, last: 0.5, best: 0.6, trainLoss: 1, devLoss: 1, diverged: t}
      ] as never,
      {label: t, failedFrom: 2}
    ),
  scoreTable: (t) => {
    const dev = {metrics: {[t]: 0.5}, score: 0.5, loss: 1, examples: 3};
    return scoreTable(finetunedOf(t) as never, {step: 1, dev, train: dev, isBest: true} as never);
  },
  scrolledTable: (t) => scrolledTable(t, [t], [element("tr", {}, element("td", {}, t))]),
  sentenceForm: (t) =>
    told(sentenceForm({examples: [{text: t, pair: t}]}), (node) => node.update({text: t, pair: t})),
  sqlNotebook: (t) =>
    pressed(
      sqlNotebook({
        connect: () => Promise.reject(Object.assign(new Error(t), {hint: t})),
        schema: [{name: t, description: t, rows: 1, columns: [{name: t, type: t, description: t}]}],
        queries: [{question: t, sql: t} as never]
      }),
      /^Run$/
    ),
  sharingMap: (t) => sharingMap([{tensor: t, size: 9, storage: [0, 0]}]),
  sqlEditor: (t) => sqlEditor(t, {label: t, tables: []}),
  stepScrubber: (t) =>
    stepScrubber({
      steps: [1, 2],
      curve: [
        {step: 1, loss: 2},
        {step: 2, loss: 1}
      ],
      label: t
    }),
  sweepPanel: (t) =>
    told(sweepPanel(), (node) =>
      node.show({
        ...{phase: "running", total: 3, records: [], secondsLeft: 1, message: t, backend: t},
        current: {name: t, step: 1, steps: 2}
      } as never)
    ),
  syntaxTable: (t) => {
    const {syntax} = studyOf(t);
    return element(
      "div",
      {},
      syntaxTable(studyOf(t) as never, syntax as never),
      syntaxSentence(syntax as never)
    );
  },
  taskAnswer: (t) => {
    const classes = {kind: "classification", probabilities: [{label: t, probability: 1}]};
    const span = {kind: "answers", start: 1, text: t, score: 1};
    const tags = {kind: "tags", words: [{text: t, start: 0, end: t.length, tag: t}], spans: []};
    return element(
      "div",
      {},
      taskAnswer(classes as never, t, t),
      taskAnswer(span as never, t, ` ${t}`),
      taskAnswer(tags as never, t, null)
    );
  },
  taskGrid: (t) => {
    const score = {...interval, n: 3, isChance: false};
    return taskGrid([{name: t, scores: [score]}], [{name: t, chance: 0.5}], {label: t});
  },
  textBox: (t) => textBox({label: t, value: t, examples: [{label: t, text: t}]}),
  textPairForm: (t) => textPairForm({clean: t, corrupted: t, answers: [t, t]}),
  textWithMasks: (t) => words(textWithMasks([t, t], [0, 1], []).text),
  workLine: (t) =>
    element(
      "div",
      {},
      told(workLine(t), (node) => node.show(t, 0.5)),
      told(workLine(t), (node) => node.end(t, "error"))
    ),
  workPanel: (t) => {
    const panel = workPanel(t, async () => t);
    panel.querySelector("button")!.click();
    return panel;
  },
  timingPanel: (t) =>
    timingView(
      [
        {name: t, elapsedMs: [1, 2]},
        {name: `2${t}`, elapsedMs: [2, 3]}
      ] as never,
      {
        ...{title: t, label: t, facts: [t], noteOf: () => t}
      }
    ),
  tokenStrip: (t) => tokenStrip([t, t], {title: t}),
  trainingControls: (t) => trainingControls({phase: "running", status: t, backend: t}),
  undoNote: (t) =>
    told(undoNote({undo() {}, purge() {}}), (node) =>
      node.update({deleted: [run(t)], problems: [{id: t, message: t}]})
    ),
  vocabularyTable: (t) => vocabularyTable([{id: 9, piece: t, score: -1}]),
  vocabularyTrainer: (t) =>
    told(vocabularyTrainer({}), (node) =>
      node.update({progress: {phase: t, fraction: 0.5} as never, status: t, message: t})
    )
};

/** Views that read a reader's words as Markdown. */
export const readsMarkdown: ReadonlySet<string> = new Set(["markdown", "reportBody", "reportFile"]);

/** The other files of src/components, by what they do instead. */
export const withoutText: Record<string, readonly string[]> = {
  "draw numbers, and words of this site": [
    ..."arenaMap attentionGrid chartFrame cosineMatrix costTable depthChanges families paperFigure".split(
      " "
    ),
    ..."growthChart headButtons headScatter lossLines lossMarks matrixCells metricStrip paintHeads stepKindsChart".split(
      " "
    ),
    ..."stepTimeline storagePanel taskTable thumbnail timesChart weighedChart".split(" ")
  ],
  "ask for numbers and choices, in words of this site": [
    ..."configControls configFields configForm domainForm effectForm embeddingSizesForm".split(" "),
    ..."fineTuneFields lessonFields predict probeForm recipeFields resharingForm resultPicker slowerOffer".split(
      " "
    ),
    ..."runDrop shortcutSheet studyForm taskForm unitQuestions".split(" ")
  ],
  "put what is told of a run into the views above": [
    ..."followDesk followFineTuning followLesson followSweep followTraining trainingFigures".split(
      " "
    )
  ],
  "give numbers, texts or places and make no element": [
    "firstContact",
    ..."earlyEvents isolated relationWords".split(" "),
    ..."attentionRows attentionUnits curve explorerRows figureRecord formats headSummary".split(
      " "
    ),
    ..."hideTokens latticeBands latticePaths mergeWords pixels scales strongestLines text textLines".split(
      " "
    ),
    ..."wordGroups".split(" ")
  ],
  "work on a view that stands, on the page, or on files": [
    ..."brushing classRules copyButtons downloads drawHtml dropZone everyPage handOn".split(" "),
    ..."importTable inLight offer onceRead refill".split(" "),
    ..."keepFigures keepOffline layers offlineNote pageQuery pagesButton plotAccess tableFile".split(
      " "
    )
  ]
};
