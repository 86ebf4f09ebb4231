// @vitest-environment jsdom
import {afterEach, expect, test} from "vitest";
import {handOn} from "../../src/components/handOn.js";
import {element} from "../../src/components/dom.js";

afterEach(() => document.body.replaceChildren());

const button = (label: string, attributes = {}) => element("button", attributes, label);
const at = () => document.activeElement?.textContent;

test("the focus goes on to the next control in sight after what goes, else to the one before", () => {
  const later = button("Later");
  const note = element("div", {}, button("Reload"), later);
  const next = button("next");
  document.body.append(
    button("first"),
    note,
    button("off", {disabled: true}),
    element("div", {hidden: true}, button("hidden")),
    next
  );
  later.focus();
  handOn(note);
  expect(at()).toBe("next");
  next.focus();
  handOn(next);
  expect(at()).toBe("Later");
});

test("a focus that is elsewhere stays there", () => {
  const first = button("first");
  const note = element("div", {}, button("Later"));
  document.body.append(first, note, button("next"));
  first.focus();
  handOn(note);
  expect(at()).toBe("first");
});
