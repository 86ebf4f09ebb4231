import {expect, test} from "vitest";
import {isClear} from "../../src/components/drawHtml.js";

test("a colour without blue is seen, one without opacity is not", () => {
  expect(isClear("rgb(207, 116, 0)")).toBe(false);
  expect(isClear("rgba(207, 116, 0, 0.5)")).toBe(false);
  expect(isClear("rgba(0, 0, 0, 0)")).toBe(true);
  expect(isClear("transparent")).toBe(true);
});
