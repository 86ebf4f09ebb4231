// @vitest-environment jsdom
import {describe, expect, test} from "vitest";
import {followSweep, sweepFields} from "../../src/components/followSweep.js";
import {isOffered} from "../../src/components/offer.js";
import {sweepLine, sweepPanel, type SweepProgress} from "../../src/components/sweepPanel.js";
import {pageLink} from "../../src/components/pageLink.js";
import {fields} from "../../src/lib/link/codec.js";
import type {SweepQueue} from "../../src/lib/engine/sweepQueue.js";

const idle: SweepProgress = {
  phase: "idle",
  total: 10,
  records: [],
  current: null,
  secondsLeft: null,
  message: null,
  backend: null
};

describe("sweepPanel()", () => {
  test("says which run is under way, how far it is and how long it takes", () => {
    const running: SweepProgress = {
      ...idle,
      phase: "running",
      records: [1, 2, 3],
      current: {name: "embedding_size 8, seed 2", step: 30, steps: 60},
      secondsLeft: 80,
      backend: "wasm"
    };
    expect(sweepLine(running)).toBe("run 4 of 10: embedding_size 8, seed 2, step 30 of 60 · wasm");
    expect(sweepLine({...idle, phase: "paused", records: [1]})).toBe("1 of 10 runs · paused");
    expect(sweepLine({...idle, total: 0})).toBe("counting the runs");
    const panel = sweepPanel();
    panel.show(running);
    expect(panel.querySelector("progress")!.value).toBeCloseTo(0.35, 10);
    expect(panel.textContent).toContain("1\u00a0min 20\u00a0s left");
    expect([...panel.querySelectorAll("button")].map((b) => [b.textContent, isOffered(b)])).toEqual(
      [
        ["Run all", false],
        ["Pause", true],
        ["One run", false],
        ["Clear", true]
      ]
    );
    panel.show({...running, phase: "pausing"});
    expect(panel.textContent).toContain("step 30 of 60 · stopping the run under way · wasm");
    expect([...panel.querySelectorAll("button")].map(isOffered)).toEqual([
      false,
      false,
      false,
      true
    ]);
    panel.show({...idle, phase: "failed", message: "the worker stopped"});
    expect(panel.querySelector("[role='alert']")!.textContent).toBe("the worker stopped");
  });
});

describe("followSweep(queue, options)", () => {
  const make = (search: string) => {
    const calls: unknown[] = [];
    let tell: (state: SweepProgress) => void = () => undefined;
    const queue = {
      configure: async (json: unknown) => void calls.push(json),
      start: async (most: number) => void calls.push(most),
      pause: () => calls.push("pause"),
      clear: async () => void calls.push("clear"),
      subscribe: (subscriber: typeof tell) => {
        tell = subscriber;
        subscriber(idle);
        return () => undefined;
      }
    } as unknown as SweepQueue;
    const sweep = {base: {steps: 1400}};
    const link = pageLink(fields(sweepFields(sweep)), {search});
    const view = followSweep(queue, {
      sweep,
      draw: (records) => {
        const node = document.createElement("b");
        node.textContent = `${records.length} drawn`;
        return node;
      },
      link
    });
    document.body.replaceChildren(view);
    return {view, calls, link, tell: (state: SweepProgress) => tell(state)};
  };
  const button = (view: Element, label: string) =>
    [...view.querySelectorAll("button")].find((b) => b.textContent === label)!;

  test("takes seeds and steps from the link, and locks them for a class", () => {
    const {view, calls} = make("?seeds=3&steps=12&locked=1");
    expect(calls).toEqual([{seeds: 3, base: {steps: 12, schedule: {warmup_steps: 0}}}]);
    const inputs = [...view.querySelectorAll<HTMLInputElement>("input[type='number']")];
    expect(inputs.map((i) => [i.value, i.disabled])).toEqual([
      ["3", true],
      ["12", true]
    ]);
    expect(make("?seeds=-1&steps=x").calls).toEqual([
      {seeds: 2, base: {steps: 1400, schedule: {warmup_steps: 0}}}
    ]);
    const other = make("");
    const [seeds] = other.view.querySelectorAll<HTMLInputElement>("input[type='number']");
    seeds!.value = "5";
    seeds!.dispatchEvent(new Event("change"));
    expect(other.link.value).toEqual({seeds: 5, steps: 1400});
  });

  test("passes the buttons on and draws what is done, once for each new record", () => {
    const {view, calls, tell} = make("");
    calls.length = 0;
    button(view, "Run all").click();
    button(view, "One run").click();
    tell({...idle, phase: "running", records: [1]});
    button(view, "Pause").click();
    button(view, "Clear").click();
    expect(calls).toEqual([Infinity, 1, "pause", "clear"]);
    const drawn = view.querySelector("b")!;
    expect(drawn.textContent).toBe("1 drawn");
    tell({...idle, phase: "running", records: [1]});
    expect(view.querySelector("b")).toBe(drawn);
    tell({...idle, phase: "paused", records: [1, 2]});
    expect(view.querySelector("b")!.textContent).toBe("2 drawn");
    tell(idle);
    expect(view.querySelector("b")).toBeNull();
  });
});
