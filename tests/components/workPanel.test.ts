// @vitest-environment jsdom
import {expect, test, vi} from "vitest";
import {isOffered} from "../../src/components/offer.js";
import {timeLeft, workLine} from "../../src/components/workLine.js";
import {workPanel, type Work} from "../../src/components/workPanel.js";

const status = (view: Element) => view.querySelector<HTMLElement>("[role=status]")!;

test("the time left is what the rest takes at the pace so far, and begins anew with the work", () => {
  let now = 1000;
  const left = timeLeft(() => now);
  expect(left(0.1)).toBeNull();
  now += 4000;
  expect(left(0.3)).toBeCloseTo((4 * 0.7) / 0.2, 9);
  now += 500;
  expect(left(1)).toBe(0);
  expect(left(0)).toBeNull();
  now += 1000;
  expect(left(0.25)).toBeCloseTo(3, 9);
  now += 60_000;
  left(1);
  // the next part of the work, which begins above where the first began
  expect(left(0.05)).toBeNull();
  now += 1000;
  expect(left(0.25)).toBeCloseTo(0.75 / 0.2, 9);
});

test("workLine shows a bar and the time left, reads each quarter aloud, and ends", () => {
  vi.useFakeTimers({toFake: ["performance"]});
  const line = workLine("going on");
  const bar = line.querySelector("progress")!;
  const live = line.querySelector(".obs-sr")!;
  expect(bar.hidden).toBe(true);
  line.show("reading");
  expect([bar.hidden, bar.hasAttribute("value")]).toEqual([false, false]);
  line.show("step 1 of 10", 0.1);
  vi.advanceTimersByTime(2000);
  line.show("step 2 of 10", 0.2);
  expect([bar.value, status(line).textContent]).toEqual([0.2, "step 2 of 10, 16\u00a0s left"]);
  expect(live.textContent).toBe("step 1 of 10");
  line.show("step 5 of 10", 0.5);
  expect(live.textContent).toContain("step 5 of 10");
  line.end("done");
  expect([bar.hidden, status(line).textContent, status(line).dataset.state]).toEqual([
    true,
    "done",
    "done"
  ]);
  vi.useRealTimers();
});

test("workPanel begins, is stopped, says what went wrong, and never loses the focus", async () => {
  const asked: (Work & {done: (said: string) => void; fail: (error: Error) => void})[] = [];
  const panel = workPanel(
    "Measure here",
    (work) => new Promise((done, fail) => void asked.push({...work, done, fail}))
  );
  document.body.append(panel);
  const [start, stop] = panel.querySelectorAll("button") as unknown as HTMLButtonElement[];
  const offered = () => [isOffered(start!), isOffered(stop!)];
  expect(offered()).toEqual([true, false]);
  expect(stop!.getAttribute("aria-label")).toBe("Stop: Measure here");
  start!.focus();
  start!.click();
  expect(offered()).toEqual([false, true]);
  expect(document.activeElement).toBe(start);
  start!.click();
  expect(asked).toHaveLength(1);
  asked[0]!.tell("round 1 of 2", 0.5);
  expect(status(panel).textContent).toBe("round 1 of 2");
  stop!.click();
  expect(asked[0]!.signal.aborted).toBe(true);
  asked[0]!.fail(new Error("nothing of it is shown"));
  await vi.waitFor(() => expect(status(panel).textContent).toBe("stopped"));
  expect(offered()).toEqual([true, false]);
  start!.click();
  asked[1]!.fail(new Error("the worker is lost"));
  const alert = panel.querySelector("[role=alert]")!;
  await vi.waitFor(() => expect(alert.textContent).toBe("the worker is lost"));
  expect(status(panel).dataset.state).toBe("error");
  start!.click();
  expect(alert.textContent).toBe("");
  asked[2]!.done("done · wasm");
  await vi.waitFor(() => expect(status(panel).textContent).toBe("done · wasm"));
  panel.remove();
});

test("what got no answer is shown beside the button, and is no alert of its own", async () => {
  const panel = workPanel("Compare", async () => ({unanswered: "no [MASK] in the text"}));
  panel.querySelector("button")!.click();
  await vi.waitFor(() => expect(status(panel).textContent).toBe("no [MASK] in the text"));
  expect(status(panel).dataset.state).toBe("error");
  expect(panel.querySelector("[role=alert]")!.textContent).toBe("");
});
