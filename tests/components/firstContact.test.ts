// @vitest-environment jsdom
import {expect, test, vi} from "vitest";
import {onFirstContact} from "../../src/components/firstContact.js";

test("the first sign of a reader calls back, once", () => {
  const then = vi.fn();
  onFirstContact(document.createElement("div"), then);
  expect(then).not.toHaveBeenCalled();
  dispatchEvent(new Event("pointermove"));
  dispatchEvent(new Event("keydown"));
  expect(then).toHaveBeenCalledTimes(1);
});

test("nothing is made for a view that the link hides, or that is gone", () => {
  const then = vi.fn();
  const view = document.createElement("div");
  view.checkVisibility = () => false;
  onFirstContact(view, then);
  dispatchEvent(new Event("pointermove"));
  onFirstContact(document.createElement("div"), then)();
  dispatchEvent(new Event("pointermove"));
  expect(then).not.toHaveBeenCalled();
});
