// @vitest-environment jsdom
import {describe, expect, test} from "vitest";
import {attributionView, gapSentence} from "../../src/components/attributionView.js";
import {cellGrid} from "../../src/components/cellGrid.js";
import {lensRows, lensSentence, lensView} from "../../src/components/lensView.js";
import {
  identitiesSentence,
  identitySentence,
  patchHeadMeans,
  patchHeads,
  patchMeanRows,
  patchPositions,
  patchRoleMeans,
  patchRows
} from "../../src/components/patchView.js";
import {probeForm} from "../../src/components/probeForm.js";
import {
  probeChart,
  probeRows,
  probesOverview,
  type ProbeMeasure
} from "../../src/components/probesView.js";
import {textPairForm} from "../../src/components/textPairForm.js";
import type {
  AttributionResult,
  LensResult,
  PatchManyResult,
  PatchResult,
  ProbeResult,
  ProbeTaskResult
} from "../../src/lib/engine/probing/protocol.js";
import {markup} from "./snapshot.js";

const place = (row: number, column: number) => ({
  color: "var(--x)",
  text: `${row}${column}`,
  isStrong: row === column,
  speech: `row ${row}, column ${column}`
});

describe("cellGrid(cell, options)", () => {
  const make = () =>
    cellGrid(place, {rows: ["a", "b", "c"], columns: ["x", "y"], corner: "r ↓ c →", label: "test"});

  test("draws a cell for each row and column", async () => {
    const node = make();
    expect(node.querySelectorAll("rect.obs-cell")).toHaveLength(6);
    await expect(markup(node)).toMatchFileSnapshot("./output/cellGrid.html");
  });

  test("a heading that is too long for its column stands in two lines", () => {
    const columns = ["integrated gradients", "occlusion"];
    const node = cellGrid(place, {rows: ["a"], columns, label: "test", width: 200});
    const [long, short] = [...node.querySelectorAll(".obs-column")];
    expect(long!.textContent).toBe("integrated gradients");
    expect(long!.querySelectorAll("tspan")).toHaveLength(1);
    expect(short!.textContent).toBe("occlusion");
    expect(short!.getAttribute("y")).toBe("28");
  });

  test("a heading of one word widens its column up to a bound, and is cut beyond it", () => {
    const headings = (columns: string[]) =>
      [
        ...cellGrid(place, {rows: ["a"], columns, label: "test", width: 120}).querySelectorAll(
          ".obs-column"
        )
      ].map((each) => each.textContent);
    expect(headings(["embeddings", "depth 1"])).toEqual(["embeddings", "depth 1"]);
    expect(headings(["internationalisation", "depth 1"])[0]).toMatch(/^internat.*…$/);
  });

  test("is read by keyboard: arrows move, Enter locks, Escape lets go", () => {
    const node = make();
    const svg = node.querySelector("svg")!;
    const heard: unknown[] = [];
    node.addEventListener("input", () => heard.push({...node.value}));
    const press = (key: string) => svg.dispatchEvent(new KeyboardEvent("keydown", {key}));
    for (const key of ["ArrowDown", "ArrowDown", "End", "Enter"]) press(key);
    expect(node.value).toEqual({row: 1, column: 1, locked: true});
    expect(node.querySelector("[aria-live]")!.textContent).toBe("row 1, column 1");
    expect(node.querySelector(".obs-readout")!.textContent).toBe("row 1, column 1 · locked");
    for (let i = 0; i < 5; ++i) press("ArrowDown");
    expect(node.value).toEqual({row: 2, column: 1, locked: true});
    press("Escape");
    expect(node.value).toEqual({row: null, column: null, locked: false});
    expect(node.querySelector(".obs-readout")!.textContent).toContain("arrow keys");
    expect(heard.at(0)).toEqual({row: 0, column: 0, locked: false});
  });
});

const lens: LensResult = {
  tokens: ["[CLS]", "▁the", "▁cat", "[SEP]"],
  positions: [1, 2],
  depths: 3,
  isHidden: true,
  truth: ["▁the", "▁cat"],
  entropy: Float32Array.of(2, 1, 0.5, 3, 2.5, 0),
  truthRank: Int32Array.of(4, 1, 1, 9, 3, 2),
  truthProbability: Float32Array.of(0.01, 0.5, 0.75, 0.125, 0.25, 0.375),
  divergence: Float32Array.of(2, 0.25, 0, 3, 0.5, 0),
  top: ["▁a", "▁the", "▁the", "▁of", "▁dog", "▁dog"].map((piece) => [{piece, probability: 0.5}]),
  lastDepthError: 0,
  vocabSize: 29,
  model: "test model"
};

describe("lensView(result)", () => {
  test("the likeliest piece of each depth, bold where it is the last answer", async () => {
    const node = lensView(lens);
    const words = [...node.querySelectorAll(".obs-cell-text")];
    expect(words.map((word) => word.textContent)).toEqual(["a", "the", "the", "of", "dog", "dog"]);
    expect(words.map((word) => word.getAttribute("font-weight") === "700")).toEqual([
      false,
      true,
      true,
      false,
      true,
      true
    ]);
    await expect(markup(node)).toMatchFileSnapshot("./output/lensView.html");
  });

  test("the shade is what is asked for", () => {
    const fill = (node: Element, i: number) =>
      node.querySelectorAll(".obs-cell")[i]!.getAttribute("fill");
    expect(fill(lensView(lens, {shade: "agreement"}), 2)).toBe("var(--obs-seq-high, #0b2f6b)");
    expect(fill(lensView(lens, {shade: "entropy"}), 5)).toBe("var(--obs-seq-high, #0b2f6b)");
    expect(fill(lensView(lens), 1)).toBe("var(--obs-seq-mid, #5b9bd5)");
  });

  test("its rows and its sentence", () => {
    expect(lensRows(lens)).toHaveLength(6);
    expect(lensRows(lens)[4]).toMatchObject({
      piece: "▁cat",
      depth: 1,
      likeliest: "▁dog",
      "rank of the piece": 3,
      "KL from the last depth (nats)": 0.5
    });
    expect(lensSentence(lens)).toBe(
      "Of 2 pieces that stand there, in first place: 0 at the embeddings, 1 at depth 1, 1 at depth 2. Of 2 answers, already the last one: 0 at the embeddings, 2 at depth 1."
    );
  });
});

const task = (id: string): ProbeTaskResult => ({
  id,
  classes: ["a", "b"],
  trainRows: [90, 90],
  testRows: [40, 40],
  majority: [0.5, 0.6],
  form: [0.75, 0.65],
  depths: [
    {accuracy: [0.5, 0.6], control: [0.5, 0.5], online: [90, 90], uniform: [90, 90]},
    {accuracy: [0.9, 0.8], control: [0.5, 0.6], online: [45, 45], uniform: [90, 90]}
  ]
});
const probes: ProbeResult = {
  tasks: [task("pos"), task("topic")],
  skipped: [],
  source: "test text",
  isFresh: true,
  settings: {tasks: ["pos", "topic"], rows: 90, seeds: 2},
  seeds: 2,
  notes: [],
  model: "test model"
};

describe("probesOverview(result)", () => {
  const words = (measure: ProbeMeasure) =>
    [...probesOverview(probes, {measure}).querySelectorAll(".obs-cell-text")].map(
      (word) => word.textContent
    );

  test("accuracy beside what needs no probe; selectivity; how much shorter the code is", async () => {
    expect(words("accuracy").slice(0, 4)).toEqual(["55.0%", "85.0%", "70.0%", "55.0%"]);
    expect(words("selectivity").slice(0, 2)).toEqual(["+5.0", "+30.0"]);
    expect(words("compression").slice(0, 2)).toEqual(["1.00×", "2.00×"]);
    await expect(markup(probesOverview(probes))).toMatchFileSnapshot(
      "./output/probesOverview.html"
    );
  });

  test("a cell says everything of its property and depth, with intervals", () => {
    const node = probesOverview(probes);
    const svg = node.querySelector("svg")!;
    svg.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowDown"}));
    svg.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight"}));
    expect(node.querySelector(".obs-readout")!.textContent).toMatch(
      /^part of speech, depth 1: accuracy 85\.0% \[.+\] · selectivity \+30\.0 \[.+\] points · code 2\.00× \[2\.00×, 2\.00×\] shorter than uniform$/
    );
  });
});

describe("probeChart(task)", () => {
  test("means, intervals and seeds of the probe and its control", async () => {
    const svg = probeChart(task("pos"));
    expect(svg.querySelectorAll("circle")).toHaveLength(2 * 2 * 3);
    expect(svg.querySelectorAll(".obs-interval")).toHaveLength(4);
    expect(svg.getAttribute("aria-label")).toContain("depth 1 accuracy 85.0% [");
    await expect(markup(svg)).toMatchFileSnapshot("./output/probeChart.svg");
    expect(probeRows(probes)).toHaveLength(8);
    expect(probeRows(probes)[2]).toMatchObject({property: "part of speech", depth: 1, seed: 0});
  });
});

describe("probeForm()", () => {
  test("gives what is asked for, refuses nothing to look for, and turns into Stop", () => {
    const form = probeForm({tasks: ["pos"], rows: 300, seeds: 2});
    const heard: unknown[] = [];
    let stopped = 0;
    form.addEventListener("input", () => heard.push(form.value));
    form.addEventListener("obs-stop", () => ++stopped);
    const button = form.querySelector("button")!;
    const box = (id: string) => form.querySelector<HTMLInputElement>(`input[value="${id}"]`)!;
    box("number").click();
    expect(heard).toEqual([]);
    button.click();
    expect(heard).toEqual([{tasks: ["pos", "number"], rows: 300, seeds: 2}]);
    form.progress({phase: "reading", fraction: 0.25});
    expect(button.textContent).toBe("Stop");
    expect(form.querySelector("progress")!.value).toBe(0.25);
    button.click();
    expect([stopped, heard.length]).toEqual([1, 1]);
    form.progress(null);
    box("pos").click();
    box("number").click();
    button.click();
    expect(form.querySelector("[role=alert]")!.textContent).toContain("nothing to probe for");
    expect(heard).toHaveLength(1);
  });
});

const patch: PatchResult = {
  tokens: {clean: ["[CLS]", "▁cats", "[MASK]"], corrupted: ["[CLS]", "▁cat", "[MASK]"]},
  position: 2,
  changed: [1],
  answers: ["are", "is"],
  clean: 2,
  corrupted: -1,
  depths: 2,
  heads: 2,
  byPosition: Float64Array.of(0, 1, 0, 0, -0.25, 1),
  byHead: Float64Array.of(0.5, 0),
  all: [1, 1],
  none: [0, 0.00001],
  model: "test model"
};

describe("views of patching", () => {
  const words = (node: Element) =>
    [...node.querySelectorAll(".obs-cell-text")].map((word) => word.textContent);

  test("recovery by position and depth, and by head", async () => {
    const node = patchPositions(patch);
    expect(words(node)).toEqual(["0.00", "0.00", "1.00", "−0.25", "0.00", "1.00"]);
    expect(node.querySelectorAll(".obs-row")[1]!.textContent).toBe("cats (cat)");
    expect(words(patchHeads(patch))).toEqual(["0.50", "0.00"]);
    expect(patchRows(patch)).toHaveLength(8);
    expect(identitySentence(patch)).toBe(
      "Checked here: all positions at once recover 1.0000, 1.0000 from depth 0 on, none 0.0000, 0.0000."
    );
    await expect(markup(node)).toMatchFileSnapshot("./output/patchPositions.html");
  });

  test("neighbours at which nothing is recovered share a row", () => {
    const tokens = ["[CLS]", "▁a", "▁b", "▁cats", "▁d", "▁e", "[MASK]", "▁f", "▁g", "[SEP]"];
    const byPosition = new Float64Array(20);
    byPosition[8] = 0.3; // ▁g at the embeddings
    byPosition[10 + 1] = 0.004;
    const long = {
      ...patch,
      tokens: {clean: tokens, corrupted: tokens.with(3, "▁cat")},
      position: 6,
      changed: [3],
      byPosition
    };
    const node = patchPositions(long);
    const rows = [...node.querySelectorAll(".obs-row")].map((row) => row.textContent);
    expect(rows).toEqual(["… 3 pieces", "cats (cat)", "d", "e", "[MASK]", "f", "g", "[SEP]"]);
    expect(words(node).slice(0, 4)).toEqual(["·", "·", "0.00", "0.00"]);
    node.querySelector("svg")!.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight"}));
    expect(node.querySelector("[aria-live]")!.textContent).toContain(
      "each of 3 pieces from [CLS] (0) to b (2)"
    );
    expect(patchRows(long)).toHaveLength(22);
  });

  test("means over pairs leave out what a text does not have", () => {
    const many: PatchManyResult = {
      kind: "agreement",
      roles: ["changed word", "between"],
      depths: 2,
      heads: 1,
      byRole: [Float64Array.of(1, NaN, 0.5, NaN), Float64Array.of(1, NaN, 0, 0.25)],
      byHead: [Float64Array.of(0.5), Float64Array.of(0.25)],
      all: [
        [1, 1],
        [1, 0.9999]
      ],
      none: [
        [0, 0],
        [0, 0]
      ],
      tried: 3,
      example: null,
      model: "test model"
    };
    expect(words(patchRoleMeans(many))).toEqual(["1.00", "0.25", "–", "0.25"]);
    expect(words(patchHeadMeans(many))).toEqual(["0.38"]);
    expect(patchMeanRows(many)[3]).toMatchObject({what: "between", depth: 1, pairs: 1});
    expect(identitiesSentence(many)).toContain("recover 0.9999 to 1.0000, none at most 0.0000");
  });
});

describe("attributionView(result)", () => {
  const result: AttributionResult = {
    methods: {
      tokens: ["▁the", "[MASK]", "▁cat"],
      position: 1,
      target: {piece: "▁old", probability: 0.5},
      candidates: [0, 2],
      methods: [
        {
          name: "integrated gradients",
          scores: [2, 0, -1],
          counts: [0, 2],
          deletion: [0.5, 0.1],
          insertion: [0.1, 0.5],
          deletionArea: 0.3,
          insertionArea: 0.3
        }
      ],
      random: {orders: 10, deletionArea: 0.3, insertionArea: 0.3},
      agreement: [[1]],
      model: "test model"
    },
    from: "zero",
    gaps: [
      {intervals: 5, gap: -0.5},
      {intervals: 50, gap: 0.01}
    ],
    difference: 2
  };

  test("numbers with their signs, and the gap by steps", async () => {
    const node = attributionView(result);
    expect([...node.querySelectorAll(".obs-cell-text")].map((word) => word.textContent)).toEqual([
      "2",
      "0",
      "−1"
    ]);
    expect(gapSentence(result)).toContain("25% in 5 steps, 0.500% in 50 steps");
    await expect(markup(node)).toMatchFileSnapshot("./output/attributionView.html");
  });
});

describe("textPairForm(initial)", () => {
  test("gives both texts and the answers, or none where both are empty", () => {
    const form = textPairForm({clean: "a [MASK]", corrupted: "b [MASK]", answers: ["x", "y"]});
    const [area] = form.querySelectorAll("textarea");
    area!.value = "c [MASK]";
    form.querySelector("button")!.click();
    expect(form.value).toEqual({clean: "c [MASK]", corrupted: "b [MASK]", answers: ["x", "y"]});
    for (const input of form.querySelectorAll("input")) input.value = " ";
    form.querySelector("button")!.click();
    expect(form.value.answers).toBeNull();
  });
});
