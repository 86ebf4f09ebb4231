import fc from "fast-check";
import {describe, expect, test} from "vitest";
import {InputError} from "../../../src/lib/errors.js";
import {fineTuneLink} from "../../../src/lib/finetune/link.js";
import {
  choiceField,
  countField,
  fields,
  subsetField,
  switchField,
  textField
} from "../../../src/lib/link/codec.js";
import {
  maxLinkLength,
  readLink,
  readLinkFile,
  writeLink,
  writeLinkFile
} from "../../../src/lib/link/link.js";
import {recipeLink} from "../../../src/lib/recipe/url.js";

const page = fields({
  text: textField("a sentence", 2000),
  task: choiceField(["one", "two"]),
  rows: countField(600, {min: 100, max: 20_000, step: 100}),
  all: switchField(false),
  parts: subsetField(["a", "b", "c"], ["a"])
});
const fineTuning = fineTuneLink({
  tasks: ["sst2", "cola"],
  sizes: [250, 1000, 4000],
  text: "x",
  pair: ""
});
const usual = {text: "a sentence", task: "one", rows: 600, all: false, parts: ["a"]};

describe("readLink(search, codec)", () => {
  test("gives the usual values where nothing is said, and says nothing", () => {
    expect(readLink("", page)).toEqual({value: usual, problems: [], isSet: false});
    const besides = "?backend=wasm&locked=1&hide=settings&embed=x&run=3&v=1";
    expect(readLink(besides, page)).toEqual({value: usual, problems: [], isSet: false});
  });

  test("says in words what it ignores and refuses, and takes the rest", () => {
    const {value, problems, isSet} = readLink(
      "?text=hello&task=three&rows=650&all=yes&parts=a,d&__proto__=1&colour=red&backend=abacus&v=2",
      page
    );
    expect(value).toEqual({...usual, text: "hello"});
    expect(isSet).toBe(true);
    expect(problems).toEqual([
      'link: unknown backend "abacus" (expected webgpu, webgl, wasm or cpu); the page chooses one itself',
      'link: of version "2", this page reads version 1; what it knows of it is used',
      'link: this page does not know "__proto__", "colour"; that is ignored',
      'link: task is "three" (expected one, two); the usual value is used',
      'link: rows is "650" (expected a multiple of 100 from 100 to 20,000); the usual value is used',
      'link: all is "yes" (expected 1 or 0); the usual value is used',
      'link: parts is "a,d" (expected some of a, b, c); the usual value is used'
    ]);
  });

  test("uses nothing of a link that is too long", () => {
    const {value, problems} = readLink(`?task=two&x=${"y".repeat(maxLinkLength)}`, page);
    expect(value).toEqual(usual);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain("8,192");
  });

  test("10,000 hostile queries of three pages give a value that comes back, and short sentences", () => {
    const names = [
      ...["text", "task", "rows", "all", "parts", "start", "epochs", "seed", "steps", "v", "run"],
      ...["model.hidden_size", "model.sharing", "optimizer.learning_rate", "capture", "backend"],
      ...["__proto__", "constructor.prototype.x", "model.__proto__.x", "model.a.b.c", "", "."]
    ];
    const text = fc.oneof(
      fc.string({unit: "binary", maxLength: 30}),
      fc.constantFrom("1", "-1", "1e999", "NaN", "true", "[]", "{}", "two", "a,b", "random", "20"),
      fc.constantFrom("<img src=x onerror=alert(1)>", "javascript:alert(1)", "9".repeat(300)),
      fc.constant("a".repeat(9000))
    );
    const pairs = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...names), text), text), {
      maxLength: 6
    });
    const raw = fc.oneof(
      pairs.map((each) => `?${new URLSearchParams(each)}`),
      fc.string({unit: "binary", maxLength: 60}),
      fc.constantFrom("?%", "?%E0%A4%A", "?&&&", "?=", "?a=%00", "?%ff=%fe", "??", "#x")
    );
    fc.assert(
      fc.property(raw, fc.constantFrom(page, recipeLink, fineTuning), (search, any) => {
        const codec = any as typeof page;
        const {value, problems} = readLink(search, codec);
        for (const problem of problems) expect(problem.length).toBeLessThan(700);
        const written = writeLink(value, codec, search);
        if (written !== null) expect(readLink(written, codec).value).toEqual(value);
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
      {seed: 1, numRuns: 10_000}
    );
  });
});

describe("writeLink(value, codec, search)", () => {
  test("holds what differs, and what the address says besides", () => {
    expect(writeLink(usual as never, page, "?task=two&backend=wasm&hide=runs&locked=1&run=3")).toBe(
      "?backend=wasm&hide=runs&locked=1"
    );
    const value = {text: "50 % & [MASK]", task: "two", rows: 600, all: true, parts: ["b", "c"]};
    const query = writeLink(value as never, page, "")!;
    expect(query).toBe("?text=50+%25+%26+%5BMASK%5D&task=two&all=1&parts=b,c");
    expect(readLink(query, page).value).toEqual(value);
  });

  test("refuses to be longer than a link may be; a file takes it", () => {
    const value = {...usual, text: "東".repeat(1500)} as never;
    expect(writeLink(value, page, "")).toBeNull();
    const file = writeLinkFile(value, page, "glue/");
    expect(readLinkFile(file, page, "glue/").value).toEqual(value);
  });
});

describe("readLinkFile(text, codec, page, name)", () => {
  test.each([
    ["{", /^a\.json is not valid JSON/],
    ["null", /^a\.json: not the state of a page/],
    ['{"albert-observatory":"run"}', /^a\.json: not the state of a page/],
    ['{"albert-observatory":"link","version":2}', /of version 2 \(expected 1\)/],
    [
      '{"albert-observatory":"link","version":1,"page":"probe"}',
      /of the page "probe" \(this is "glue\/"\)/
    ],
    [
      '{"albert-observatory":"link","version":1,"page":"glue/","state":{"text":3}}',
      /invalid state/
    ],
    ['{"albert-observatory":"link","version":1,"page":"glue/","state":["a"]}', /invalid state/],
    ['{"albert-observatory":"link","version":1,"page":"glue/","state":null}', /invalid state/]
  ])("refuses %s", (text, message) => {
    expect(() => readLinkFile(text, page, "glue/", "a.json")).toThrow(InputError);
    expect(() => readLinkFile(text, page, "glue/", "a.json")).toThrow(message);
  });
});
