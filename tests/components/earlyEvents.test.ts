import {expect, test, vi} from "vitest";
import {earlyEvents} from "../../src/components/earlyEvents.js";

test("what comes before a page can answer is answered once it can, the last of it alone", () => {
  const view = new EventTarget();
  const wait = vi.fn();
  const listen = earlyEvents<CustomEvent<number>>(view, "ask", wait);
  const ask = (detail: number) => view.dispatchEvent(new CustomEvent("ask", {detail}));
  ask(1);
  ask(2);
  expect(wait).toHaveBeenCalledTimes(2);
  const answer = vi.fn();
  listen(({detail}) => answer(detail));
  expect(answer.mock.calls).toEqual([[2]]);
  ask(3);
  expect(answer.mock.calls).toEqual([[2], [3]]);
  expect(wait).toHaveBeenCalledTimes(2);
});

test("nothing is answered where nothing was asked", () => {
  const answer = vi.fn();
  earlyEvents(new EventTarget(), "ask")(answer);
  expect(answer).not.toHaveBeenCalled();
});
