// @vitest-environment jsdom
import {describe, expect, test} from "vitest";
import {readPath, writePath} from "../../src/components/configFields.js";
import {configForm, recipeFields} from "../../src/components/configForm.js";
import {isOffered} from "../../src/components/offer.js";
import {statusLine, trainingControls} from "../../src/components/trainingControls.js";
import {parseRecipe} from "../../src/lib/recipe/recipe.js";
import type {Recipe} from "../../src/lib/recipe/recipe.js";
import {markup} from "./snapshot.js";

const validate = (recipe: Recipe) => {
  try {
    parseRecipe(recipe);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
};
/** A recipe with every size given, so that these tests do not move with the default. */
const start = parseRecipe({
  model: {
    embedding_size: 32,
    num_hidden_layers: 4,
    intermediate_size: 256,
    initializer_range: 0.02
  },
  batch: {size: 16, sequence_length: 48},
  optimizer: {learning_rate: 0.001},
  schedule: {warmup_steps: 100},
  steps: 2000
});
const box = (form: Element, key: string) =>
  form.querySelector<HTMLInputElement>(`[data-key="${key}"] input[type=number]`)!;
const type = (input: HTMLInputElement, text: string) => {
  input.value = text;
  input.dispatchEvent(new Event("input", {bubbles: true}));
};

describe("paths", () => {
  test("writePath shares what it does not change", () => {
    const value = {model: {a: 1}, seed: 2};
    const next = writePath(value, "model.b.c", 3);
    expect(next).toEqual({model: {a: 1, b: {c: 3}}, seed: 2});
    expect(value).toEqual({model: {a: 1}, seed: 2});
    expect(readPath(next, "model.b.c")).toBe(3);
    expect(readPath(next, "model.x.y")).toBeUndefined();
  });

  test("every field names a member of the recipe, and its stops and choices are taken", () => {
    for (const field of recipeFields) {
      const start = parseRecipe(
        field.key.startsWith("model.sharing.") ? {model: {sharing: {groups: 2, inner: 1}}} : {}
      );
      expect(readPath(start, field.key) ?? field.absent, field.key).not.toBeUndefined();
      const members = field.choices?.map((c) => c.value) ?? field.stops ?? [];
      for (const member of members) {
        const message = validate(writePath(start, field.key, member));
        if (message) expect(message).toMatch(/multiple of|positions|length|warmup|warm-up|steps/);
      }
    }
  });
});

describe("configForm(value, options)", () => {
  test("what stands for nothing is shown, and left out of the value", () => {
    const form = configForm(start, {validate});
    const key = "batch.gradient_accumulation_steps";
    document.body.append(form);
    expect(box(form, key).value).toBe("1");
    type(box(form, key), "4");
    expect(form.value.batch.gradient_accumulation_steps).toBe(4);
    type(box(form, key), "1");
    expect(form.value).toEqual(start);
    expect("gradient_accumulation_steps" in form.value.batch).toBe(false);
    form.remove();
  });

  test("its value is the recipe; a box changes it with one input event", () => {
    const form = configForm(start, {validate});
    let events = 0;
    document.body.append(form);
    form.addEventListener("input", () => ++events);
    type(box(form, "model.embedding_size"), "16");
    expect(form.value.model.embedding_size).toBe(16);
    expect(events).toBe(1);
    expect(form.valid).toBe(true);
    form.remove();
  });

  test("an impossible number keeps the last good value and says what was expected at its field", () => {
    const form = configForm(start, {validate});
    let events = 0;
    form.addEventListener("input", () => ++events);
    const field = () => form.querySelector('[data-key="model.hidden_size"]')!;
    for (const text of ["", "-3", "6.5", "65"]) {
      type(box(form, "model.hidden_size"), text);
      expect(field().querySelector(".obs-error")!.textContent, text).toMatch(
        /expected|multiple of 4/
      );
      expect(form.valid).toBe(false);
    }
    expect(form.value.model.hidden_size).toBe(64);
    expect(events).toBe(0);
    type(box(form, "model.hidden_size"), "32");
    expect(form.value.model.hidden_size).toBe(32);
    expect(field().querySelector(".obs-error")!.textContent).toBe("");
    expect(events).toBe(1);
  });

  test("sharing by groups opens its own fields", () => {
    const form = configForm(start, {validate});
    document.body.append(form);
    const groups = form.querySelector<HTMLElement>('[data-key="model.sharing.groups"]')!;
    expect(groups.hidden).toBe(true);
    const radios = form.querySelectorAll<HTMLInputElement>('[data-key="model.sharing"] input');
    radios[4]!.click();
    expect(form.value.model.sharing).toEqual({groups: 2, inner: 1});
    expect(groups.hidden).toBe(false);
    type(box(form, "model.sharing.groups"), "4");
    expect(form.value.model.sharing).toEqual({groups: 4, inner: 1});
    expect(radios[4]!.checked).toBe(true);
    form.remove();
  });

  test("sliders say their value with its unit", () => {
    const form = configForm(start, {validate});
    const said = () =>
      [...form.querySelectorAll("input[type=range]")].map((each) =>
        each.getAttribute("aria-valuetext")
      );
    expect(form.getAttribute("aria-label")).toBe("Recipe");
    expect(said()).toEqual(expect.arrayContaining(["1 batch", "16 sequences", "1,000 pieces"]));
    form.update({...start, schedule: {...start.schedule, warmup_steps: 1}});
    expect(said()).toContain("1 step");
  });

  test("presets, sliders and update", () => {
    const tiny = parseRecipe({model: {hidden_size: 32, num_hidden_layers: 2}});
    const form = configForm(start, {validate, presets: [{label: "tiny", value: tiny}]});
    const preset = form.querySelector<HTMLButtonElement>(".obs-preset")!;
    expect(preset.getAttribute("aria-pressed")).toBe("false");
    preset.click();
    expect(form.value).toEqual(tiny);
    expect(preset.getAttribute("aria-pressed")).toBe("true");
    const slider = form.querySelector<HTMLInputElement>(
      '[data-key="model.num_hidden_layers"] [type=range]'
    )!;
    type(slider, "6");
    expect(form.value.model.num_hidden_layers).toBe(12);
    form.update(start);
    expect(box(form, "model.num_hidden_layers").value).toBe("4");
  });

  test("labels, help and ranges are tied to their boxes", async () => {
    const form = configForm(start, {validate, open: ["model"]});
    for (const input of form.querySelectorAll<HTMLInputElement>("input[type=number]")) {
      expect(input.labels).toHaveLength(1);
      for (const id of input.getAttribute("aria-describedby")!.split(" "))
        expect(form.querySelector(`#${id}`), id).not.toBeNull();
    }
    await expect(markup(form)).toMatchFileSnapshot("./output/configForm.html");
  });
});

describe("trainingControls(state)", () => {
  const names = (node: Element) => [...node.querySelectorAll("button")].map((b) => b.textContent);
  const enabled = (node: Element) =>
    [...node.querySelectorAll("button")].filter(isOffered).map((b) => b.textContent);

  test("four buttons in constant places; each phase allows what makes sense", () => {
    const controls = trainingControls();
    expect(names(controls)).toEqual(["Train", "Pause", "Step", "Reset"]);
    expect(enabled(controls)).toEqual(["Train", "Step"]);
    controls.update({phase: "running", step: 3, total: 9});
    expect(enabled(controls)).toEqual(["Pause", "Reset"]);
    controls.update({phase: "pausing", step: 3, total: 9});
    expect(enabled(controls)).toEqual(["Reset"]);
    expect(controls.textContent).toContain("step 3 of 9 · pausing");
    controls.update({phase: "paused", step: 3, total: 9});
    expect(enabled(controls)).toEqual(["Train", "Step", "Reset"]);
    controls.update({phase: "done", step: 9, total: 9});
    expect(enabled(controls)).toEqual(["Reset"]);
    expect(names(controls)).toEqual(["Train", "Pause", "Step", "Reset"]);
  });

  test("the same wish twice is two events", () => {
    const controls = trainingControls();
    const asked: unknown[] = [];
    controls.addEventListener("input", () => asked.push(controls.value));
    const step = controls.querySelector<HTMLButtonElement>(".obs-step")!;
    step.click();
    step.click();
    expect(asked).toEqual([{action: "step"}, {action: "step"}]);
    expect(asked[0]).not.toBe(asked[1]);
  });

  test("the status line", async () => {
    const state = {
      phase: "running",
      step: 120,
      total: 2000,
      loss: 3.2149,
      tokensPerSecond: 15_320,
      backend: "webgpu",
      secondsLeft: 80
    } as const;
    expect(statusLine(state)).toBe("step 120 of 2000 · loss 3.21 · 15.3k\u00a0tokens/s · webgpu");
    const controls = trainingControls(state);
    expect(controls.querySelector('[role="status"]')!.textContent).toBe(statusLine(state));
    expect(controls.textContent).toContain("1\u00a0min 20\u00a0s left");
    await expect(markup(controls)).toMatchFileSnapshot("./output/trainingControls.html");
  });
});
