// @vitest-environment jsdom
import {describe, expect, test} from "vitest";
import {blankGuesses, guessRows} from "../../src/components/blankGuesses.js";
import {followDesk} from "../../src/components/followDesk.js";
import {modelFacts, sharingSentence, sharingWords} from "../../src/components/modelFacts.js";
import {modelPicker} from "../../src/components/modelPicker.js";
import {sentenceForm} from "../../src/components/sentenceForm.js";
import {textBox} from "../../src/components/textBox.js";
import type {DeskState} from "../../src/lib/engine/modelDesk.js";
import {markup} from "./snapshot.js";

const model = {
  name: "stored model",
  config: {
    embedding_size: 32,
    hidden_size: 64,
    num_hidden_layers: 5,
    num_attention_heads: 4,
    num_hidden_groups: 1,
    inner_group_num: 1
  },
  parameters: 95_754,
  vocabSize: 1000,
  hasTokenizer: true,
  notes: ["pooler: absent, left out"]
};

const choose = (node: Element, value: string) => {
  const input = node.querySelector<HTMLInputElement>(`input[value="${value}"]`)!;
  input.checked = true;
  input.dispatchEvent(new Event("change", {bubbles: true}));
};

describe("modelFacts(model)", () => {
  test("sizes with their letters", () => {
    expect(Object.fromEntries(modelFacts(model))).toMatchObject({
      parameters: "95,754",
      "embedding E": "32",
      "depths L": "5",
      sharing: "one layer, shared by all depths"
    });
  });

  test.each([
    [{sharing: "attention", num_hidden_layers: 5}, "attention shared"],
    [{num_hidden_layers: 5, num_hidden_groups: 5}, "nothing shared"],
    [{num_hidden_layers: 6, num_hidden_groups: 2, inner_group_num: 3}, "2 groups of 3"]
  ])("sharingWords(%o) is %s", (config, words) => {
    expect(sharingWords(config)).toBe(words);
  });

  test("what rows of a picture have in common", () => {
    expect(sharingSentence([0, 0, 0])).toContain("applied 3 times");
    expect(sharingSentence([0, 1, 2])).toBe("Every depth has weights of its own.");
    expect(sharingSentence([0, 0, 1])).toContain("(1, 1, 2)");
  });
});

describe("modelPicker(options)", () => {
  const make = (kept: {step: number; steps: number} | null = null) => {
    const cancelled: number[] = [];
    const node = modelPicker({model, kept, onCancel: () => cancelled.push(1)});
    const values: unknown[] = [];
    node.addEventListener("input", () => values.push(node.value));
    return {node, values, cancelled};
  };

  test("the stored model, its facts and notes", async () => {
    const {node} = make();
    expect(node.value).toEqual({kind: "stored"});
    expect(node.querySelector(".obs-notes")!.textContent).toBe("pooler: absent, left out");
    await expect(markup(node)).toMatchFileSnapshot("./output/modelPicker.html");
  });

  test("a run of this browser comes first", () => {
    const {node, values} = make({step: 1234, steps: 2000});
    expect(node.value).toEqual({kind: "run"});
    expect(node.textContent).toContain("Your last run (step 1,234)");
    choose(node, "stored");
    expect(values).toEqual([{kind: "stored"}]);
  });

  test("an address is a choice once it is given", () => {
    const {node, values} = make();
    choose(node, "address");
    expect(values).toEqual([]);
    const form = node.querySelector("form")!;
    expect(form.hidden).toBe(false);
    const box = form.querySelector("input")!;
    box.value = " albert/albert-base-v2 ";
    box.dispatchEvent(new Event("input", {bubbles: true}));
    form.requestSubmit();
    expect(values).toEqual([{kind: "address", url: "albert/albert-base-v2"}]);
  });

  test("loading shows how far it is, and can be cancelled", () => {
    const {node, cancelled} = make();
    const busy = node.querySelector<HTMLElement>(".obs-progress")!;
    expect(busy.hidden).toBe(true);
    const progress = {phase: "fetching model.safetensors", fraction: 0.25};
    node.update({loading: {progress}});
    expect(busy.hidden).toBe(false);
    expect(busy.textContent).toContain("fetching model.safetensors 25.0%");
    expect(busy.querySelector("progress")!.value).toBe(0.25);
    busy.querySelector("button")!.click();
    expect(cancelled).toEqual([1]);
    node.update({loading: null});
    expect(busy.hidden).toBe(true);
  });

  test("a model that cannot be loaded is refused beside the choice, until another is loaded", () => {
    const {node} = make();
    const refused = node.querySelector<HTMLElement>(".obs-error:not([role])")!;
    let tell: (state: DeskState) => void = () => undefined;
    followDesk(
      {subscribe: (subscriber) => ((tell = subscriber), () => undefined)},
      {picker: node, status: document.createElement("p"), message: document.createElement("p")}
    );
    const state = {model: null, choice: {kind: "stored"}, device: null, progress: null} as const;
    tell({...state, phase: "asking", message: null});
    tell({...state, phase: "idle", message: "the text is empty"});
    expect(refused.hidden).toBe(true);
    tell({...state, phase: "loading", message: null});
    tell({...state, phase: "idle", message: "model.safetensors: truncated"});
    tell({...state, phase: "idle", message: "model.safetensors: truncated"});
    expect(refused.hidden).toBe(false);
    expect(refused.textContent).toBe("model.safetensors: truncated");
    tell({...state, phase: "loading", message: null});
    expect(refused.hidden).toBe(true);
  });
});

describe("sentenceForm(options)", () => {
  const examples = [
    {text: "The cat sat.", pair: null},
    {text: "The cat sat.", pair: "It slept."}
  ];
  const make = () => {
    const node = sentenceForm({examples});
    const values: unknown[] = [];
    node.addEventListener("input", () => values.push(node.value));
    return {node, values, areas: node.querySelectorAll("textarea")};
  };

  test("the first example is there", async () => {
    const {node, areas} = make();
    expect(node.value).toEqual(examples[0]);
    expect(areas[1]!.hidden).toBe(true);
    await expect(markup(node)).toMatchFileSnapshot("./output/sentenceForm.html");
  });

  test("each keystroke is a value, and the list of examples says it is the reader's own", () => {
    const {node, values, areas} = make();
    areas[0]!.value = "A dog";
    areas[0]!.dispatchEvent(new Event("input", {bubbles: true}));
    expect(values).toEqual([{text: "A dog", pair: null}]);
    expect(node.querySelector("select")!.value).toBe("");
  });

  test("a pair comes and goes", () => {
    const {node, values, areas} = make();
    const pick = node.querySelector("select")!;
    pick.value = "1";
    pick.dispatchEvent(new Event("change", {bubbles: true}));
    expect(areas[1]!.hidden).toBe(false);
    const more = node.querySelector<HTMLButtonElement>("button[aria-expanded]")!;
    expect(more.textContent).toBe("Remove the second sentence");
    more.click();
    expect(values).toEqual([examples[1], examples[0]]);
    node.update({text: "x [MASK]", pair: "y"});
    expect(node.value).toEqual({text: "x [MASK]", pair: "y"});
    expect(values).toHaveLength(2);
  });
});

describe("textBox(options)", () => {
  test("typing and examples are values", async () => {
    const node = textBox({
      label: "Text",
      value: "one",
      examples: [{label: "accents", text: "Ça"}]
    });
    const values: string[] = [];
    node.addEventListener("input", () => values.push(node.value));
    const box = node.querySelector("textarea")!;
    expect(box.value).toBe("one");
    await expect(markup(node)).toMatchFileSnapshot("./output/textBox.html");
    box.value = "two";
    box.dispatchEvent(new Event("input", {bubbles: true}));
    node.querySelector("button")!.click();
    expect(values).toEqual(["two", "Ça"]);
    expect(box.value).toBe("Ça");
  });
});

describe("blankGuesses(prediction)", () => {
  const prediction = {
    tokens: ["[CLS]", "▁the", "[MASK]", "s", "[SEP]", "[MASK]", "▁sleep", "[SEP]"],
    blanks: [
      {
        position: 2,
        truth: null,
        truthProbability: null,
        top: [
          {piece: "▁cat", probability: 0.5},
          {piece: "▁dog", probability: 0.2}
        ]
      },
      {position: 5, truth: null, truthProbability: null, top: [{piece: "▁they", probability: 0.9}]}
    ]
  };

  test("the likeliest pieces in the text, and their probabilities", async () => {
    const node = blankGuesses(prediction);
    expect(node.querySelector(".obs-words")!.textContent).toBe(" the cat1s they2 sleep");
    expect(node.querySelectorAll("ol")).toHaveLength(2);
    await expect(markup(node)).toMatchFileSnapshot("./output/blankGuesses.html");
  });

  test("guessRows has a row for each guess", () => {
    expect(guessRows(prediction)[1]).toEqual({
      position: 2,
      rank: 2,
      piece: "▁dog",
      probability: 0.2
    });
  });
});
