import {expect, test} from "vitest";
import {isolated} from "../../src/components/isolated.js";

test("a text that runs from left to right stays as it is", () => {
  expect(isolated("seed 7, wide")).toBe("seed 7, wide");
  expect(isolated("größer 模型 🦉")).toBe("größer 模型 🦉");
});

test("one that runs from right to left is set apart", () => {
  expect(isolated("ריצה 3")).toBe("\u2068ריצה 3\u2069");
  expect(isolated("تشغيل")).toBe("\u2068تشغيل\u2069");
});

test("signs that would turn the rest of the line around are left out", () => {
  expect(isolated("a\u202eb\u2069c")).toBe("abc");
  expect(isolated("\u202e")).toBe("");
});
