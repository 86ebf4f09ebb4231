import {describe, expect, test} from "vitest";
import {InputError} from "../../../src/lib/errors.js";
import {AlignedText} from "../../../src/lib/tokenizer/json/alignedText.js";
import {readNormalizer} from "../../../src/lib/tokenizer/json/normalizers.js";
import {unicodeForm} from "../../../src/lib/tokenizer/json/unicodeForm.js";
import {readSpiece} from "../../../src/lib/tokenizer/spiece.js";
import {writeSpieceModel} from "../../../src/lib/tokenizer/spieceModel.js";
import {readTokenizerJson} from "../../../src/lib/tokenizer/tokenizerJson.js";
import {tame} from "../mutations.js";
import {tinyModel, tinyTokenizer} from "./tiny.js";

interface Written {
  added_tokens: object[];
  normalizer: object | null;
  pre_tokenizer: object;
  model: {vocab: unknown[]};
}
const written = tinyTokenizer().toTokenizerJson();
const read = (edit: (json: Written) => void) => {
  const json = JSON.parse(written) as Written;
  json.normalizer = null;
  edit(json);
  return readTokenizerJson(JSON.stringify(json), "tokenizer.json");
};
const replace = (text: string, content: string) => ({
  type: "Replace",
  pattern: {String: text},
  content
});
const addTokens = (json: Written, contents: readonly string[], options: object = {}) => {
  const first = json.model.vocab.length;
  json.added_tokens.push(...contents.map((content, i) => ({id: first + i, content, ...options})));
};

describe("a tokenizer.json of somebody who means harm", () => {
  test("replacing that makes a text explode is given up", () => {
    const bomb = read((json) => {
      const tenfold = replace("e", "e".repeat(10));
      json.normalizer = {type: "Sequence", normalizers: Array.from({length: 12}, () => tenfold)};
    });
    expect(() => bomb.encode("e".repeat(100))).toThrow(InputError);
    expect(() => bomb.encode("e".repeat(100))).toThrow(/makes over 10496 characters of 100/);
    const large = read((json) => (json.normalizer = replace("e", "e".repeat(1_000_000))));
    expect(() => large.encode("ee")).toThrow(/expected at most 64 times as many/);
    expect(read((json) => (json.normalizer = replace("e", "at"))).encode("e").tokens).toContain(
      "at"
    );
  });

  test.each<[string, (json: Written) => void, RegExp]>([
    ["pieces without end", (json) => json.model.vocab.push(["x".repeat(1001), -9]), /1001 char/],
    ["tokens without end", (json) => addTokens(json, ["x".repeat(1001)]), /content: 1001 char/],
    [
      "steps without end",
      (json) => {
        const normalizers = Array.from({length: 101}, () => ({type: "NFC"}));
        json.normalizer = {type: "Sequence", normalizers};
      },
      /normalizers: 101 steps, expected at most 100/
    ],
    [
      "splits without end",
      (json) => {
        const pretokenizers = Array.from({length: 101}, () => ({type: "WhitespaceSplit"}));
        json.pre_tokenizer = {type: "Sequence", pretokenizers};
      },
      /pretokenizers: 101 steps/
    ],
    [
      "a pattern that backtracks for ever",
      (json) => (json.normalizer = {...replace("", "x"), pattern: {Regex: "(a+)+$"}}),
      /regular expression "\(a\+\)\+\$" not supported/
    ]
  ])("%s are refused", (_, edit, message) => {
    expect(() => read(edit)).toThrow(InputError);
    expect(() => read(edit)).toThrow(message);
  });

  test("a text to replace may be longer than any regular expression", () => {
    const tokenizer = read((json) => (json.normalizer = replace("a".repeat(3_000_000), "t")));
    expect(tokenizer.encode("at").tokens).toContain("at");
  });

  test("twenty thousand added tokens that begin alike are looked for at once", async () => {
    const contents = Array.from({length: 20_000}, (_, i) => `${"a".repeat(i % 700)}${i}!`);
    const tokenizer = read((json) => addTokens(json, contents, {normalized: false}));
    const encoding = await tame(() => tokenizer.encode(`${"a".repeat(20_000)} aaa3!aaa4`));
    expect(encoding!.tokens).toContain("aaa3!");
    // the longest that begins there, not the first that was added
    const both = read((json) => addTokens(json, ["cat", "cats!"], {normalized: false}));
    expect(both.encode("cats!cat").tokens).toEqual(["[CLS]", "cats!", "cat", "[SEP]"]);
  });

  test("a hundred thousand accents on one letter are put in order in linear time", async () => {
    for (const type of ["NFD", "NFC", "NFKD", "NFKC"]) {
      const tokenizer = read((json) => (json.normalizer = {type}));
      const encoding = await tame(() => tokenizer.encode(`a${"\u0301\u0316".repeat(50_000)}`));
      expect(encoding!.ids.length).toBeGreaterThan(2);
    }
  });
});

test("a spiece.model with a piece without end is refused", () => {
  const [row] = tinyModel.pieces.slice(-1);
  const pieces = [...tinyModel.pieces, {...row!, piece: "x".repeat(1001)}];
  const bytes = writeSpieceModel({...tinyModel, pieces});
  expect(() => readSpiece(bytes, "m")).toThrow(/m: piece \d+: 1001 characters, expected at most/);
});

describe("unicodeForm(text, form)", () => {
  test.each(["NFC", "NFD", "NFKC", "NFKD"] as const)("is String.normalize in %s", (form) => {
    const marks = "\u0301\u0316\u0f71\u{1d165}".repeat(200);
    const text = `${"é ﬁ 각 ".repeat(300)}a${marks}b${marks}\ud800`;
    expect(unicodeForm(text, form)).toBe(text.normalize(form));
    expect(unicodeForm("é", form)).toBe("é".normalize(form));
  });

  test("cuts what no writing has, and loses nothing of it", () => {
    const text = `a${"\u0301\u0316\u{1d165}".repeat(1500)}b`;
    const characters = (written: string) => Array.from(written).sort().join("");
    expect(characters(unicodeForm(text, "NFD"))).toBe(characters(text.normalize("NFD")));
    expect(unicodeForm(text, "NFD")).not.toMatch(/\p{Cs}/u);
  });
});

test("decomposing tells the place of each mark, also of those that change places", () => {
  const facts = {types: new Set<string>(), charsmap: new Uint8Array(0)};
  const normalize = readNormalizer({type: "NFD"}, "n", facts);
  const text = AlignedText.of("é\u0316a\u0301\u0316", 0, 5, 0);
  normalize(text);
  expect(text.toString()).toBe("e\u0316\u0301a\u0316\u0301");
  expect(text.start).toEqual([0, 1, 1, 2, 3, 4]);
});
