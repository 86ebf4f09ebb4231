import {readFileSync} from "node:fs";
import {join} from "node:path";
import {describe, expect, test} from "vitest";
import type {EngineHandle} from "../../../src/lib/engine/calls.js";
import {LessonDesk, type Lesson} from "../../../src/lib/lessons/desk.js";
import {
  askedSteps,
  commonestWords,
  compareCounts,
  guessCurves,
  hideWords,
  masksLesson
} from "../../../src/lib/lessons/masks.js";
import {LessonNotes, type NoteStorage} from "../../../src/lib/lessons/notes.js";
import {hardestLooking, mostMissed, reasonLesson} from "../../../src/lib/lessons/reason.js";
import {configOfShape, median, ratios, sharingLesson} from "../../../src/lib/lessons/sharing.js";
import {countParameters} from "../../../src/lib/albert/specs.js";
import {makeEngine, smallRecipe} from "../engine/hostPort.js";

function memory(text: string | null = null): NoteStorage & {text: string | null} {
  const storage = {
    text,
    getItem: () => storage.text,
    setItem: (_: string, value: string) => void (storage.text = value),
    removeItem: () => void (storage.text = null)
  };
  return storage;
}

/** The engine of tests as a lesson has it. */
function handle(): EngineHandle {
  const {call, start, terminate} = makeEngine();
  let begun: ReturnType<typeof start> | null = null;
  return {call, terminate, start: () => (begun ??= start())};
}

const never = new AbortController().signal;

describe("LessonDesk", () => {
  const counting: Lesson<{n: number}, number> = {
    id: "counting",
    async experiment(_, report, signal) {
      report({phase: "counting", fraction: 0.5});
      await new Promise((later) => setTimeout(later));
      return signal.aborted ? null : {n: 3};
    },
    supported: ({n}) => (n === 3 ? "three" : "two"),
    async verify(_, answer, {n}) {
      return {isRight: answer === n, words: `it was ${n}`};
    }
  };
  const engine = {
    start: async () => ({}),
    call: async () => null,
    terminate: () => {}
  } as unknown as EngineHandle;
  const open = (storage: NoteStorage | null) =>
    new LessonDesk(counting, {makeEngine: () => engine, notes: new LessonNotes(storage)});

  test("goes predict, run, check, in this order only, and notes it", async () => {
    const storage = memory();
    const desk = open(storage);
    await desk.run();
    expect(desk.state).toMatchObject({phase: "predicting", result: null});
    desk.predict("two");
    desk.predict("three");
    expect(desk.state).toMatchObject({phase: "ready", prediction: "two"});
    await desk.check(3);
    expect(desk.state.verdict).toBeNull();
    await desk.run();
    expect(desk.state).toMatchObject({phase: "measured", measured: "three", result: {n: 3}});
    await desk.check(2);
    expect(desk.state).toMatchObject({verdict: {isRight: false}, isSolved: false});
    await desk.check(3);
    expect(desk.state).toMatchObject({verdict: {isRight: true, words: "it was 3"}, isSolved: true});
    expect(JSON.parse(storage.text!)).toMatchObject({
      version: 1,
      lessons: {counting: {prediction: "two", measured: "three", tries: 1}}
    });
    // another visit begins where this one ended, without the measurement
    expect(open(storage).state).toMatchObject({phase: "ready", prediction: "two", isSolved: true});
    desk.restart();
    expect(open(storage).state).toMatchObject({phase: "predicting", isSolved: false});
  });

  test("begun again while it measures or checks, it asks for a prediction, and what was under way is forgotten", async () => {
    const storage = memory();
    const desk = open(storage);
    const blank = {phase: "predicting", prediction: null, result: null, verdict: null};
    desk.predict("two");
    const measuring = desk.run();
    desk.restart();
    await measuring;
    expect(desk.state).toMatchObject(blank);
    desk.predict("three");
    const [old, next] = [desk.run(), (desk.restart(), desk.predict("two"), desk.run())];
    await old;
    expect(desk.state).toMatchObject({phase: "running", prediction: "two"});
    desk.stop();
    await next;
    expect(desk.state).toMatchObject({phase: "ready", prediction: "two", result: null});
    await desk.run();
    const checking = desk.check(3);
    desk.restart();
    await checking;
    expect(desk.state).toMatchObject(blank);
    desk.predict("three");
    expect(desk.state).toMatchObject({phase: "ready", prediction: "three"});
    expect(storage.text).not.toContain('solvedAt":"');
  });

  test("stops, and says what went wrong", async () => {
    const desk = open(memory());
    desk.predict("two");
    const running = desk.run();
    desk.stop();
    await running;
    expect(desk.state).toMatchObject({phase: "ready", result: null, message: null});
    const failing = new LessonDesk(
      {...counting, experiment: () => Promise.reject(new Error("no device"))},
      {makeEngine: () => engine, notes: new LessonNotes(null)}
    );
    failing.predict("two");
    await failing.run();
    expect(failing.state).toMatchObject({phase: "ready", message: "no device"});
  });
});

test("LessonNotes takes what it wrote, and nothing else", () => {
  const good = {prediction: "a", measured: null, tries: 0, solvedAt: null};
  const lessons = {masks: good, sharing: {...good, tries: -1}, reason: "x"};
  const notes = new LessonNotes(memory(JSON.stringify({version: 1, lessons})));
  expect(notes.get("masks")).toEqual(good);
  expect(notes.get("sharing")).toBeNull();
  expect(notes.get("reason")).toBeNull();
  for (const broken of ["", "{", "[]", '{"version": 2, "lessons": {}}'])
    expect(JSON.parse(new LessonNotes(memory(broken)).text())).toEqual({version: 1, lessons: {}});
  const kept = new LessonNotes({
    ...memory(),
    setItem() {
      throw new DOMException("full", "QuotaExceededError");
    }
  });
  kept.set("masks", good);
  expect(kept.get("masks")).toEqual(good);
});

describe("what a mask teaches", () => {
  test("words are hidden one at a time, common and rare by turns", () => {
    expect(commonestWords("the cat, the dog and the mouse and", 2)).toEqual(["the", "and"]);
    const hidden = hideWords(
      ["The cat sees the zyx.", "Dogs and cats."],
      new Set(["the", "and"]),
      (word) => word !== "zyx"
    );
    expect(hidden).toEqual([
      {text: "[MASK] cat sees the zyx.", word: "the", isCommon: true},
      {text: "The [MASK] sees the zyx.", word: "cat", isCommon: false},
      {text: "Dogs [MASK] cats.", word: "and", isCommon: true},
      {text: "Dogs and [MASK].", word: "cats", isCommon: false}
    ]);
    expect(askedSteps(1200)).toEqual([0, 36, 120, 300, 600, 1200]);
  });

  test("shares differ where the interval of their difference leaves out 0", () => {
    expect(compareCounts({right: 40, n: 50}, {right: 10, n: 50})).toBe(1);
    expect(compareCounts({right: 10, n: 50}, {right: 40, n: 50})).toBe(-1);
    expect(compareCounts({right: 26, n: 50}, {right: 24, n: 50})).toBe(0);
    expect(compareCounts({right: 0, n: 0}, {right: 24, n: 50})).toBe(0);
  });

  test("trains, asks on the way, and checks a sentence with the model", async () => {
    const recipe = smallRecipe({
      corpus: {generate: {documents: 12}},
      tokenizer: {vocab_size: 200},
      model: {max_position_embeddings: 64},
      batch: {size: 5, sequence_length: 40},
      capture: {checkpoint_every: 0, evaluate_every: 0},
      steps: 12
    });
    const lesson = masksLesson(recipe);
    const engine = handle();
    await engine.start();
    const result = (await lesson.experiment(engine, () => {}, never))!;
    expect(result.common.map(({step}) => step)).toEqual([0, 1, 3, 6, 12]);
    expect(result.common[0]!.n).toBeGreaterThan(20);
    expect(result.rare[0]!.n).toBeGreaterThan(5);
    expect(result.common.every(({right, n}) => right <= n)).toBe(true);
    expect(["common", "rare", "same"]).toContain(lesson.supported(result));
    expect(guessCurves(result)[0]!.points).toHaveLength(5);
    const {blanks} = await engine.call("fill", {text: "the [MASK] .", pair: null});
    const verdict = await lesson.verify(engine, "the [MASK] .", result);
    expect(verdict.isRight).toBe(blanks[0]!.top[0]!.probability > 0.5);
    await expect(lesson.verify(engine, "no gap", result)).rejects.toThrow(
      "your sentence holds 0 [MASK] (expected exactly one)"
    );
  });
});

test("twelve shared layers store as much as one; a shape is built and timed", async () => {
  const [one, twelve] = [1, 12].map((layers) =>
    configOfShape({layers, hidden: 128, isShared: true})
  );
  expect(countParameters(twelve!).total).toBe(countParameters(one!).total);
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  const engine = handle();
  await engine.start();
  const lesson = sharingLesson(1);
  const result = (await lesson.experiment(engine, () => {}, never))!;
  expect(result.shapes.map(({layers}) => layers)).toEqual([1, 3, 6, 12, 12]);
  expect(ratios(result).stored).toBe(1);
  expect(result.shapes[4]!.parameters).toBeGreaterThan(9 * result.shapes[3]!.parameters);
  const supported = (stored: number, time: number) => {
    const shape = (layers: number, parameters: number, ms: number) => ({
      ...{name: "", hidden: 128, isShared: true},
      ...{layers, parameters, elapsedMs: [ms]}
    });
    const shapes = [shape(1, 1, 1), shape(12, stored, time)];
    return lesson.supported({shapes, backend: "wasm", sequence: 64});
  };
  expect([supported(1, 9), supported(12, 12), supported(12, 1), supported(1, 1)]).toEqual([
    ...["time", "both", "store", "neither"]
  ]);
  const answer = {layers: 1, hidden: 128, isShared: false};
  expect((await lesson.verify(engine, answer, result)).isRight).toBe(false);
  await expect(lesson.verify(engine, {...answer, hidden: 9}, result)).rejects.toThrow(
    "H: 9 (expected a multiple of 4 from 8 to 512)"
  );
});

test("every head is taken away, and the one that is missed most is found", async () => {
  const names = ["config.json", "model.safetensors", "spiece.model"];
  const files = new Map(
    names.map((name) => [name, new Uint8Array(readFileSync(join("src/data/laptop", name)))])
  );
  const text = "Dasia, an astronomer, worked for the [MASK] Observatory in Belmere.";
  const lesson = reasonLesson(text, async () => ({name: "stored", files}));
  const engine = handle();
  await engine.start();
  const result = (await lesson.experiment(engine, () => {}, never))!;
  expect(result.heads).toHaveLength(8);
  const effect = await engine.call("effect", {
    ...{text, pair: null},
    change: {kind: "head", head: 2, layer: 1}
  });
  expect(result.heads[6]).toMatchObject({
    ...{layer: 1, head: 2},
    after: effect.places[0]!.pieces[0]!.after
  });
  expect(hardestLooking(result).weight).toBe(Math.max(...result.heads.map((h) => h.weight)));
  expect(mostMissed(result).divergence).toBe(Math.max(...result.heads.map((h) => h.divergence)));
  const right: boolean[] = [];
  for (let head = 1; head <= 4; ++head)
    right.push((await lesson.verify(engine, {head}, result)).isRight);
  expect(right.filter(Boolean)).toHaveLength(1);
  await expect(lesson.verify(engine, {head: 5}, result)).rejects.toThrow("from 1 to 4");
  await expect(
    reasonLesson("no gap", async () => ({name: "stored", files})).experiment(
      engine,
      () => {},
      never
    )
  ).rejects.toThrow("the text holds no [MASK]");
});
