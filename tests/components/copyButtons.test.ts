// @vitest-environment jsdom
import {expect, test} from "vitest";
import {nameCopyButtons} from "../../src/components/copyButtons.js";

test("a button that copies code says which, and its drawing says nothing", () => {
  const block = (code: string) =>
    `<div><button title="Copy code" class="observablehq-pre-copy"><svg></svg></button><pre>${code}</pre></div>`;
  document.body.innerHTML = block("\nnpm ci\nnpm start\n") + block("x".repeat(50));
  nameCopyButtons();
  const buttons = [...document.querySelectorAll("button")];
  expect(buttons.map((button) => button.getAttribute("aria-label"))).toEqual([
    "Copy code: npm ci",
    `Copy code: ${"x".repeat(40)}…`
  ]);
  for (const svg of document.querySelectorAll("svg"))
    expect(svg.getAttribute("aria-hidden")).toBe("true");
});
