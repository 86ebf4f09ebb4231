import fc from "fast-check";
import {describe, expect, test} from "vitest";
import {InputError} from "../../../src/lib/errors.js";
import {readTokenizer} from "../../../src/lib/tokenizer/load.js";
import {readSpiece} from "../../../src/lib/tokenizer/spiece.js";
import {readTokenizerJson} from "../../../src/lib/tokenizer/tokenizerJson.js";
import {tinySpiece, tinyTokenizer} from "./tiny.js";

const tokenizer = tinyTokenizer();
const tokens = (text: string) => tokenizer.encode(text, {addSpecialTokens: false}).tokens;
const offsets = (text: string) => tokenizer.encode(text, {addSpecialTokens: false}).offsets;

/** Texts of what the vocabulary knows and of what is awkward. */
const text = fc
  .array(
    fc.oneof(
      {weight: 4, arbitrary: fc.constantFrom("the", "Cats", "sat", "9,9", "a", " ", ",", ".", "-")},
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          ...["é", "e\u0301", "ﬁ", "\u00a0", "\u200b", "😀", "日本", "``", "''", "İ", "[MASK]"],
          ...["▁", "\t", "\u0085", "½", "ẞ", "\ud800", "[CLS]", "a".repeat(70), "\u3000", "€"]
        )
      },
      {weight: 1, arbitrary: fc.string({unit: "binary", maxLength: 4})}
    ),
    {maxLength: 12}
  )
  .map((parts) => parts.join(""));

describe("pieces", () => {
  test("are the likeliest path", () => {
    expect(tokens("the cats")).toEqual(["▁the", "▁cat", "s"]);
    expect(tokens("the sat cat")).toEqual(["▁the", "▁sat", "▁cat"]);
    expect(tokens("tha")).toEqual(["▁", "t", "h", "a"]);
  });

  test("come from text in lower case, without accents or extra space", () => {
    expect(tokens("  Thé \t CA\u0301TS ")).toEqual(["▁the", "▁cat", "s"]);
    expect(tokens("``the''").join(" ")).toBe('▁ " t h e "');
  });

  test("keep capitals and accents where the configuration says so", () => {
    const cased = readSpiece(tinySpiece, "tiny", {lowerCase: false, keepAccents: true});
    expect(cased.encode("The cát", {addSpecialTokens: false}).tokens).toEqual([
      "▁",
      "T",
      "h",
      "e",
      "▁c",
      "á",
      "t" // prettier-ignore
    ]);
  });

  test("of a number lose the comma they end in", () => {
    expect(tokens("9, the")).toEqual(["▁9", ",", "▁the"]);
    expect(tokens("99, the")).toEqual(["▁9", "9", ",", "▁the"]);
  });

  test("that no piece covers are one unknown piece with their own text", () => {
    const {tokens, ids} = tokenizer.encode("the xyz", {addSpecialTokens: false});
    expect(tokens).toEqual(["▁the", "▁", "xyz"]);
    expect(ids).toEqual([14, 13, 1]);
  });

  test("that are special are found in the text, [MASK] with the space on its left", () => {
    expect(tokens("the [MASK] sat[SEP]")).toEqual(["▁the", "[MASK]", "▁sat", "[SEP]"]);
    expect(offsets("the [MASK] sat[SEP]")).toEqual([
      [0, 3],
      [3, 10],
      [11, 14],
      [14, 19]
    ]);
  });

  test("that begin a word are known, those without letters among them", () => {
    const starts = (piece: string) => tokenizer.startsWord(tokenizer.pieces.indexOf(piece));
    expect(["▁", "▁the", "-", ",", "9"].map(starts)).not.toContain(false);
    expect(["at", "s"].map(starts)).toEqual([false, false]);
  });
});

describe("ids", () => {
  test("of the special pieces are ALBERT's", () => {
    expect(tokenizer.special).toEqual({pad: 0, unk: 1, cls: 2, sep: 3, mask: 4});
    expect(tokenizer.pieces.slice(5, 13).join("")).toBe('()"-.–£€');
  });

  test("of the fast path are those of encode", () => {
    fc.assert(
      fc.property(text, (text) => {
        const {ids} = tokenizer.encode(text, {addSpecialTokens: false});
        expect(Array.from(tokenizer.ids(text))).toEqual(ids);
      }),
      {seed: 1, numRuns: 1500}
    );
  });

  test("outside the vocabulary have no text", () => {
    expect(() => tokenizer.decode([30])).toThrow("id 30: expected a whole number from 0 to 29");
    expect(() => tokenizer.decode([-1])).toThrow(InputError);
  });
});

describe("offsets", () => {
  test("are code points of the text as given", () => {
    expect(offsets("Thé  CATS")).toEqual([
      [0, 3],
      [5, 8],
      [8, 9]
    ]);
    expect(offsets("😀 the")).toEqual([
      [0, 1],
      [0, 1],
      [2, 5]
    ]);
  });

  test("lie in the text, in order, and cover every character that is not dropped", () => {
    fc.assert(
      fc.property(text, (text) => {
        const points = Array.from(text);
        const covered = new Set<number>();
        let last = 0;
        for (const [from, to] of offsets(text)) {
          expect(from).toBeGreaterThanOrEqual(last);
          expect(to).toBeGreaterThan(from);
          expect(to).toBeLessThanOrEqual(points.length);
          for (let i = from; i < to; ++i) covered.add(i);
          last = from;
        }
        points.forEach((point, i) => {
          if (/^[a-z0-9,.\-()]$/i.test(point)) expect(covered.has(i), `${i} of ${text}`).toBe(true);
        });
      }),
      {seed: 2, numRuns: 1500}
    );
  });
});

describe("encode", () => {
  test("puts [CLS] and [SEP] around a pair, with types", () => {
    const {tokens, typeIds, attentionMask, wordIds} = tokenizer.encode("the cats", {
      pair: "sat",
      padding: 9
    });
    expect(tokens.join(" ")).toBe("[CLS] ▁the ▁cat s [SEP] ▁sat [SEP] <pad> <pad>");
    expect(typeIds).toEqual([0, 0, 0, 0, 0, 1, 1, 0, 0]);
    expect(attentionMask).toEqual([1, 1, 1, 1, 1, 1, 1, 0, 0]);
    expect(wordIds).toEqual([null, 0, 1, 1, null, 0, null, null, null]);
  });

  test("cuts the longer text first, the odd piece from the second", () => {
    const cut = (maxLength: number, truncation?: "only_first" | "only_second") =>
      tokenizer.encode("the cats sat", {pair: "the cats", maxLength, truncation}).tokens.join(" ");
    expect(cut(8)).toBe("[CLS] ▁the ▁cat s [SEP] ▁the ▁cat [SEP]");
    expect(cut(7)).toBe("[CLS] ▁the ▁cat [SEP] ▁the ▁cat [SEP]");
    expect(cut(8, "only_first")).toBe("[CLS] ▁the ▁cat [SEP] ▁the ▁cat s [SEP]");
    expect(cut(8, "only_second")).toBe("[CLS] ▁the ▁cat s ▁sat [SEP] ▁the [SEP]");
    expect(() => cut(0)).toThrow("max length: 0, expected a positive whole number");
  });

  test("never gives more pieces than asked for, if there is room for the special ones", () => {
    fc.assert(
      fc.property(text, text, fc.integer({min: 3, max: 20}), (a, b, maxLength) => {
        const {ids} = tokenizer.encode(a, {pair: b, maxLength});
        expect(ids.length).toBeLessThanOrEqual(maxLength);
      }),
      {seed: 3, numRuns: 500}
    );
  });

  test("of words that were split before numbers the words", () => {
    const {tokens, wordIds} = tokenizer.encodeWords(["the", "cats", ","]);
    expect(tokens).toEqual(["[CLS]", "▁the", "▁cat", "s", "▁", ",", "[SEP]"]);
    expect(wordIds).toEqual([null, 0, 1, 1, 2, 2, null]);
  });

  test("in windows covers a long second text, each sharing pieces with the last", () => {
    const windows = tokenizer.encodeWindows("the", "cat sat cat sat cat", {
      maxLength: 6,
      stride: 1
    });
    expect(windows.map(({tokens}) => tokens.slice(3).join(" "))).toEqual([
      "▁cat ▁sat [SEP]",
      "▁sat ▁cat [SEP]",
      "▁cat ▁sat [SEP]",
      "▁sat ▁cat [SEP]"
    ]);
    expect(() => tokenizer.encodeWindows("the cat", "sat", {maxLength: 6, stride: 1})).toThrow(
      "stride: 1, expected 0 up to less than the 1 pieces there is room for"
    );
  });
});

describe("decode", () => {
  test("gives text back, special pieces written out or not", () => {
    const {ids} = tokenizer.encode("the cats, sat");
    expect(tokenizer.decode(ids)).toBe("[CLS] the cats, sat[SEP]");
    expect(tokenizer.decode(ids, {skipSpecialTokens: true})).toBe("the cats, sat");
  });

  test("after encode is the normalised text", () => {
    const word = fc
      .array(fc.constantFrom(..."tcaehs", "at", "the"), {minLength: 1, maxLength: 6})
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(fc.array(word, {minLength: 1, maxLength: 8}), (words) => {
        const normalised = words.join(" ");
        const shouted = ` ${words.join("  ").toUpperCase()}\t`;
        expect(tokenizer.decode(tokenizer.ids(shouted))).toBe(normalised);
      }),
      {seed: 4, numRuns: 500}
    );
  });
});

describe("files", () => {
  test("written are read back to the same tokenizer", () => {
    const written = readSpiece(tokenizer.toSpiece(), "written");
    const json = readTokenizerJson(tokenizer.toTokenizerJson(), "written.json");
    expect(written.pieces).toEqual(tokenizer.pieces);
    expect(json.pieces).toEqual(tokenizer.pieces);
    expect(json.special).toEqual(tokenizer.special);
    fc.assert(
      fc.property(text, (text) => {
        expect(written.ids(text)).toEqual(tokenizer.ids(text));
      }),
      {seed: 5, numRuns: 500}
    );
    for (const sample of ["the cats", "9, 99, the", "The [MASK] sat.", "tha - (cat)"])
      expect(json.ids(sample)).toEqual(tokenizer.ids(sample));
    expect(json.toSpiece().length).toBeGreaterThan(0);
  });

  test("say what the released models' say", () => {
    const config = JSON.parse(tokenizer.toTokenizerConfig()) as Record<string, unknown>;
    expect(config).toMatchObject({
      tokenizer_class: "AlbertTokenizer",
      do_lower_case: true,
      keep_accents: false,
      mask_token: "[MASK]"
    });
    expect(JSON.parse(tokenizer.toSpecialTokensMap())).toMatchObject({pad_token: "<pad>"});
  });

  test("of a folder: spiece.model decides, tokenizer_config.json is heeded", () => {
    const bytes = (json: unknown) => new TextEncoder().encode(JSON.stringify(json));
    const files = new Map([
      ["spiece.model", tinySpiece],
      ["tokenizer.json", bytes({})],
      ["tokenizer_config.json", bytes({do_lower_case: false})]
    ]);
    const cased = readTokenizer(files, "folder");
    expect(cased.encode("THE", {addSpecialTokens: false}).ids).toEqual([13, 1]);
    expect(() => readTokenizer(new Map(), "folder")).toThrow(
      "folder: no tokenizer, expected spiece.model or tokenizer.json"
    );
  });
});
