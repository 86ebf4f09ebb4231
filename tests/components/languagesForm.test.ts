// @vitest-environment jsdom
import {expect, test, vi} from "vitest";
import {languagesForm} from "../../src/components/languagesForm.js";
import {isOffered} from "../../src/components/offer.js";

test("languagesForm asks for a share, and to stop while it is busy", () => {
  const form = languagesForm([0, 0.25]);
  document.body.append(form);
  const told = vi.fn();
  form.addEventListener("input", () => told(form.value));
  const [train, stop] = form.querySelectorAll("button");
  form.querySelectorAll<HTMLInputElement>("input")[1]!.click();
  expect(told).not.toHaveBeenCalled();
  train!.click();
  form.show("step 3 of 9", true);
  expect([train!, stop!].map(isOffered)).toEqual([false, true]);
  stop!.click();
  expect(told.mock.calls).toEqual([[{parallel: 0.25}], [null]]);
  expect(form.querySelector("[role=status]")!.textContent).toBe("step 3 of 9");
  form.remove();
});
