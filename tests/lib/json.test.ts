import {describe, expect, test} from "vitest";
import {InputError} from "../../src/lib/errors.js";
import {readJson, shownJson} from "../../src/lib/json.js";

describe("readJson(text, file)", () => {
  test("is JSON.parse, without a byte order mark", () => {
    const text = '{"a": [1, "[[{\\"", {"__proto__": 2}]}';
    expect(readJson(`\ufeff${text}`, "a.json")).toEqual(JSON.parse(text));
    expect(Object.keys(readJson('{"__proto__": 1}', "a.json") as object)).toEqual(["__proto__"]);
  });

  test.each([
    ["", "a.json is not valid JSON: expected a value at character 0 (line 1), found the end"],
    ['{"a": 1,\n\n "b" 2}', "expected ':' at character 15 (line 3), found '2'"],
    [`${"[".repeat(101)}${"]".repeat(101)}`, "lists or objects nested more than 100 deep"],
    [`${'{"a":'.repeat(9000)}1${"}".repeat(9000)}`, "nested more than 100 deep"],
    ["[".repeat(1_000_000), "expected at most 100 levels of nesting"]
  ])("says where %.20s is wrong", (text, message) => {
    expect(() => readJson(text, "a.json")).toThrow(InputError);
    expect(() => readJson(text, "a.json")).toThrow(message);
  });

  test("a hundred levels are read", () => {
    expect(readJson(`${"[".repeat(100)}${"]".repeat(100)}`, "a")).toHaveLength(1);
  });
});

test("shownJson(value) is short, whatever the value", () => {
  expect(shownJson({a: [1, "b"]})).toBe('{"a":[1,"b"]}');
  expect(shownJson(undefined)).toBe("nothing");
  expect(shownJson("x".repeat(1e6), 10)).toBe('"xxxxxxxx…');
  let deep: unknown = 1;
  for (let i = 0; i < 100_000; ++i) deep = [deep];
  expect(shownJson(deep)).toBe("a value nested too deep");
});

describe("InputError", () => {
  test("is one line of at most 1,000 characters, with nothing hidden in it", () => {
    expect(new InputError("a\n b\tc").message).toBe("a b c");
    expect(new InputError("file \u202egnp.exe\u0000\ud800").message).toBe(
      "file \\u202egnp.exe\\u0000\\ud800"
    );
    expect(new InputError("é 日本 😀").message).toBe("é 日本 😀");
    expect(new InputError("x".repeat(5000)).message).toHaveLength(1000);
  });
});
