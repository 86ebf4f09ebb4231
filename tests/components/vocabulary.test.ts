// @vitest-environment jsdom
import {describe, expect, test} from "vitest";
import {newCharacters, normalizationList} from "../../src/components/normalizationList.js";
import {
  hasScore,
  matchingPieces,
  vocabularyRows,
  vocabularyTable
} from "../../src/components/vocabularyTable.js";
import {isOffered} from "../../src/components/offer.js";
import {vocabularyTrainer} from "../../src/components/vocabularyTrainer.js";
import {markup} from "./snapshot.js";

describe("normalizationList(steps)", () => {
  const steps = [
    {name: "As typed", does: "", text: "Café\tX"},
    {name: "White space", does: "One space.", text: "Café X"},
    {name: "Quotes", does: "Plain quotes.", text: "Café X"},
    {name: "NFKD", does: "Taken apart.", text: "Cafe\u0301 X"}
  ];

  test("what a step put there is marked, and a step that does nothing says so", async () => {
    const node = normalizationList(steps);
    const marks = [...node.querySelectorAll("mark")].map((mark) => mark.textContent);
    expect(marks).toEqual([" ", "e◌\u0301"]);
    const same = [...node.querySelectorAll(".obs-same")];
    expect(same.map((item) => item.textContent)).toEqual([
      expect.stringContaining("Quotes · no change")
    ]);
    await expect(markup(node)).toMatchFileSnapshot("./output/normalizationList.html");
  });

  test("newCharacters are those outside a longest common subsequence", () => {
    expect(newCharacters([..."Cafe"], [..."cafe"])).toEqual([true, false, false, false]);
    expect(newCharacters([..."abc"], [..."abc"])).toEqual([false, false, false]);
    expect(newCharacters([], [..."ab"])).toEqual([true, true]);
  });

  test("a long text is shown without marks", () => {
    const long = "é".repeat(400);
    const node = normalizationList([
      {name: "As typed", does: "", text: long},
      {name: "Lower case", does: "", text: "e".repeat(400)}
    ]);
    expect(node.querySelectorAll("mark")).toHaveLength(0);
    expect(node.textContent).toContain(long);
  });
});

const pieces = [
  ...["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]", ...'()"-.–£€'],
  ...["▁un", "▁the", "ing", "running"]
].map((piece, id) => ({id, piece, score: id < 13 ? 0 : -id / 4}));

describe("vocabularyTable(pieces)", () => {
  test("kinds; fixed pieces have no log probability", () => {
    const rows = vocabularyRows(pieces);
    expect(rows.map((row) => row.kind)).toEqual([
      ...Array<string>(5).fill("special"),
      ...Array<string>(8).fill("always a piece"),
      ...["begins a word", "begins a word", "goes on", "goes on"]
    ]);
    expect([rows[9]!.score, rows[13]!.score]).toEqual([null, -3.25]);
    expect(pieces.filter(hasScore)).toHaveLength(4);
  });

  test("_ and ▁ stand for the start of a word", () => {
    const found = (filter: string) => matchingPieces(pieces, filter).map(({piece}) => piece);
    expect(found("_UN")).toEqual(["▁un"]);
    expect(found("un")).toEqual(["<unk>", "▁un", "running"]);
    expect(found(" ")).toHaveLength(pieces.length);
  });

  test("the box keeps the pieces that hold a text", async () => {
    const node = vocabularyTable(pieces);
    expect(node.querySelectorAll("tbody tr")).toHaveLength(pieces.length);
    await expect(markup(node)).toMatchFileSnapshot("./output/vocabularyTable.html");
    const box = node.querySelector("input")!;
    box.value = "ing";
    box.dispatchEvent(new Event("input", {bubbles: true}));
    expect(node.querySelector("[aria-live]")!.textContent).toBe("2 of 17 pieces");
    expect(node.querySelectorAll("tbody tr")).toHaveLength(2);
  });
});

describe("vocabularyTrainer()", () => {
  const make = () => {
    const node = vocabularyTrainer();
    const asked: unknown[] = [];
    node.addEventListener("input", () => asked.push(node.value));
    const button = (name: string) =>
      [...node.querySelectorAll("button")].find((b) => b.textContent === name)!;
    return {node, asked, button};
  };

  test("asks for a vocabulary of the generated language", async () => {
    const {node, asked, button} = make();
    await expect(markup(node)).toMatchFileSnapshot("./output/vocabularyTrainer.html");
    const size = node.querySelector<HTMLInputElement>("input[type=number]")!;
    size.value = "250";
    size.dispatchEvent(new Event("input", {bubbles: true}));
    expect(asked).toEqual([]);
    button("Train vocabulary").click();
    expect(asked).toEqual([{action: "train", size: 250, documents: 600, file: null}]);
  });

  test("the reader's own text is needed before it can be trained on", () => {
    const {node, asked, button} = make();
    const own = node.querySelector<HTMLInputElement>('input[value="own"]')!;
    own.checked = true;
    own.dispatchEvent(new Event("change", {bubbles: true}));
    button("Train vocabulary").click();
    expect(asked).toEqual([]);
    expect(node.querySelector("[role=alert]")!.textContent).toBe(
      "no text yet (drop, choose or paste one)"
    );
    node.querySelector("textarea")!.value = "a text of mine";
    button("Use this text").click();
    button("Train vocabulary").click();
    expect(asked).toEqual([
      {
        action: "train",
        size: 1000,
        documents: 600,
        file: {name: "pasted text", text: "a text of mine"}
      }
    ]);
  });

  test("shows how far it is; only then can it be cancelled", () => {
    const {node, asked, button} = make();
    expect(isOffered(button("Cancel"))).toBe(false);
    node.update({progress: {phase: "vocabulary: pruning", fraction: 0.5}});
    expect(["Train vocabulary", "Cancel"].map((name) => isOffered(button(name)))).toEqual([
      false,
      true
    ]);
    expect(node.querySelector("[role=status]")!.textContent).toBe("vocabulary: pruning · 50.0%");
    button("Cancel").click();
    expect(asked).toMatchObject([{action: "cancel"}]);
    node.update({progress: null, status: "cancelled", message: ""});
    expect(node.querySelector("progress")!.hidden).toBe(true);
    node.update({progress: null, message: "text: empty"});
    const alerts = [...node.querySelectorAll("[role=alert]")].map((alert) => alert.textContent);
    expect(alerts).toContain("text: empty");
  });
});
