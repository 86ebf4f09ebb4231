import {afterEach, beforeEach, expect, test, vi} from "vitest";
import {followTraining, type TrainingSource} from "../../src/components/followTraining.js";
import type {TrainingControls} from "../../src/components/trainingControls.js";
import {parseRecipe} from "../../src/lib/recipe/recipe.js";
import type {TrainingState} from "../../src/lib/engine/sessionState.js";

let clock = 0;
let frames: (() => void)[] = [];

beforeEach(() => {
  clock = 0;
  frames = [];
  vi.useFakeTimers({toFake: ["setTimeout", "clearTimeout"]});
  vi.spyOn(performance, "now").mockImplementation(() => clock);
  vi.stubGlobal("requestAnimationFrame", (frame: () => void) => frames.push(frame));
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** A followed run whose drawings take `cost` milliseconds. */
function follow(cost: () => number) {
  let tell!: (state: TrainingState) => void;
  const state = (phase: TrainingState["phase"]) =>
    ({phase, rows: [], recipe: parseRecipe({}), summary: null}) as unknown as TrainingState;
  const source: TrainingSource = {
    subscribe(subscriber) {
      (tell = subscriber)(state("ready"));
      return () => {};
    }
  };
  let drawn = 0;
  const controls = {update: () => ((clock += cost()), ++drawn)} as unknown as TrainingControls;
  followTraining(source, {controls, rowOf: ({step}) => ({step})});
  return {
    tell: (phase: TrainingState["phase"]) => tell(state(phase)),
    frame: () => {
      for (const frame of frames.splice(0)) frame();
      vi.advanceTimersByTime(0);
      return drawn;
    }
  };
}

test("draws at every frame where drawing is cheap", () => {
  const run = follow(() => 0);
  expect(run.frame()).toBe(1);
  for (let n = 2; n < 6; ++n) {
    run.tell("training");
    run.tell("training");
    expect(run.frame()).toBe(n);
  }
});

test("rests three times as long as a drawing took, but not when the phase changes", () => {
  const run = follow(() => 20);
  run.frame();
  run.tell("training");
  expect(run.frame()).toBe(2);
  run.tell("training");
  expect(run.frame()).toBe(2);
  clock += 60;
  vi.advanceTimersByTime(60);
  expect(run.frame()).toBe(3);
  run.tell("training");
  run.tell("paused");
  expect(run.frame()).toBe(4);
});
