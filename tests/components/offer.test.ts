// @vitest-environment jsdom
import {expect, test, vi} from "vitest";
import {isOffered, offer} from "../../src/components/offer.js";
import {element} from "../../src/components/dom.js";

test("a button that does nothing for now keeps the focus, and its presses are heard by nobody", () => {
  const pressed = vi.fn();
  const heard = vi.fn();
  const button = element("button", {onclick: () => pressed()}, "Go");
  const page = element("div", {onclick: () => heard()}, button);
  document.body.append(page);
  offer(button, true);
  button.focus();
  button.click();
  offer(button, false);
  expect(document.activeElement).toBe(button);
  expect([isOffered(button), button.getAttribute("aria-disabled")]).toEqual([false, "true"]);
  button.click();
  expect([pressed, heard].map(({mock}) => mock.calls.length)).toEqual([1, 1]);
  offer(button, true);
  button.click();
  expect(pressed).toHaveBeenCalledTimes(2);
  page.remove();
});

test("one that sends a form sends nothing, neither by a press nor by Enter in a field", () => {
  const sent = vi.fn((event: Event) => event.preventDefault());
  const button = element("button", {type: "submit"}, "Check");
  const form = element("form", {onsubmit: sent}, button);
  document.body.append(form);
  offer(button, false);
  button.click();
  expect(sent).not.toHaveBeenCalled();
  offer(button, true);
  button.click();
  expect(sent).toHaveBeenCalledTimes(1);
  form.remove();
});
