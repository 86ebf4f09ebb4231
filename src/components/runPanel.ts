import type {BranchChanges} from "../lib/engine/keptRunCalls.js";
import type {RunEntry, RunLabel} from "../lib/store/runs.js";
import {element, emit, oncePerClick, withValue} from "./dom.js";
import type {View} from "./dom.js";
import {formatBytes, formatInteger, formatNumber} from "./formats.js";
import {recipeWords} from "./recipeWords.js";
import {runName} from "./runsTable.js";

/** What a reader asks of a run. */
export type RunRequest =
  | {kind: "label"; id: string; change: Partial<RunLabel>}
  | {kind: "branch"; id: string; step: number; changes: BranchChanges}
  | {kind: "text"; id: string; name: string; bytes: Uint8Array}
  | {kind: "export"; id: string}
  | {kind: "delete"; id: string};

/** The particulars of one run, told which. */
export type RunPanel = View<RunRequest | null> & {
  update(run: RunEntry | null, isInUse: boolean): void;
};

/**
 * One run: what it is, the reader's name, tags and notes for it, and what can be done with it: go
 * on, branch from a checkpoint, save, delete. Its value is what was asked last.
 */
export function runPanel(): RunPanel {
  const node: View<RunRequest | null> = withValue(
    element("section", {class: "obs-view obs-run-panel", "aria-label": "the run"}),
    null as RunRequest | null
  );
  let shown = "";
  const heading = element("bdi");
  let boxes: {field: HTMLInputElement | HTMLTextAreaElement; text: (label: RunLabel) => string}[] =
    [];

  /** The words of the reader's own, but those that they are writing. */
  function showLabel(run: RunEntry): void {
    heading.textContent = runName(run);
    for (const {field, text} of boxes)
      if (field !== document.activeElement) field.value = text(run.label);
  }

  /** A box whose value is told when it was changed and left. */
  function box(
    label: string,
    text: (label: RunLabel) => string,
    save: (text: string) => void,
    {rows = 1, hint = ""}: {rows?: number; hint?: string} = {}
  ): HTMLElement {
    const attributes = {
      placeholder: hint,
      spellcheck: "false",
      oninput: (event: Event) => event.stopPropagation(),
      onchange: () => save(field.value.trim())
    };
    const field =
      rows > 1
        ? element("textarea", {...attributes, rows})
        : element("input", {...attributes, type: "text", maxlength: 200});
    boxes.push({field, text});
    return element("label", {class: "obs-run-field"}, element("span", {}, label), field);
  }

  /** Where an imported run gets the text that it came without. */
  function textForm(id: string, expected: string): HTMLElement {
    const input = element("input", {
      type: "file",
      "aria-label": `the text ${expected}`,
      oninput: (event) => event.stopPropagation(),
      onchange: async (event) => {
        event.stopPropagation();
        const file = input.files?.[0];
        if (!file) return;
        const bytes = new Uint8Array(await file.arrayBuffer());
        emit(node, {kind: "text", id, name: file.name, bytes});
      }
    });
    return element(
      "p",
      {class: "obs-run-text"},
      "It came without its text ",
      element("bdi", {}, expected),
      ", which it needs to go on: ",
      input
    );
  }

  function branchForm(run: RunEntry): HTMLElement {
    const {id, checkpoints, recipe, steps} = run;
    const at = element(
      "select",
      {},
      [...checkpoints]
        .reverse()
        .map(({step}) => element("option", {value: step}, `step ${formatInteger(step)}`))
    );
    const rate = element("input", {
      type: "number",
      step: "any",
      min: 0,
      max: 1,
      required: true,
      value: recipe.optimizer.learning_rate
    });
    const last = element("input", {
      type: "number",
      min: 1,
      max: 10_000_000,
      step: 1,
      required: true,
      value: steps
    });
    const form = element(
      "form",
      {
        class: "obs-run-branch",
        "aria-label": "Branch of the run",
        onsubmit: (event) => {
          event.preventDefault();
          const changes = {steps: Number(last.value), learning_rate: Number(rate.value)};
          emit(node, {kind: "branch", id, step: Number(at.value), changes});
        }
      },
      element("label", {}, "from ", at),
      element("label", {}, "learning rate ", rate),
      element("label", {}, "to step ", last),
      element("button", {type: "submit", onclick: oncePerClick(() => {})}, "Branch")
    );
    form.addEventListener("input", (event) => event.stopPropagation());
    return form;
  }

  function update(run: RunEntry | null, isInUse: boolean): void {
    const key = JSON.stringify([{...run, label: null}, isInUse]);
    // a new name or note leaves what else is being filled in, and the focus, where they are
    if (run && key === shown) return showLabel(run);
    // Nothing is taken from under the hands of who is writing.
    if (run && node.contains(document.activeElement) && shown.includes(`"id":"${run.id}"`)) {
      const {tagName} = document.activeElement!;
      if (tagName === "TEXTAREA" || tagName === "INPUT") return;
    }
    const focused = shown.includes(`"id":"${run?.id}"`)
      ? controlName(document.activeElement)
      : null;
    shown = key;
    boxes = [];
    node.hidden = run === null;
    if (!run) return node.replaceChildren();
    const {id, recipe, step, steps, corpus, parameters, versions, source} = run;
    const change = (change: Partial<RunLabel>) => emit(node, {kind: "label", id, change});
    const words = recipeWords(recipe);
    const facts: [string, string][] = [
      ["recipe", run.hash],
      ["set otherwise than by default", words.join(" · ") || "nothing"],
      ["text", source.kind === "file" ? source.name : corpus],
      ["parameters", formatInteger(parameters)],
      ["step", `${formatInteger(step)} of ${formatInteger(steps)}`],
      ["loss of the last step", run.loss === null ? "–" : `${formatNumber(run.loss)} nats`],
      ["computed by", [versions.backend, versions.executor].filter(Boolean).join(", ")],
      [
        "checkpoints",
        `${run.checkpoints.map((each) => formatInteger(each.step)).join(", ")} (${formatBytes(run.bytes)} in all)`
      ]
    ];
    const button = (text: string, request: RunRequest) =>
      element("button", {type: "button", onclick: oncePerClick(() => emit(node, request))}, text);
    node.replaceChildren(
      element("h3", {}, heading),
      element(
        "p",
        {class: "obs-run-actions"},
        element(
          "a",
          {class: "obs-run-go", href: `./pretrain?${new URLSearchParams({run: id})}`},
          step < steps ? "Go on with it" : "Open it"
        ),
        button("Save it (zip)", {kind: "export", id}),
        button("Delete it", {kind: "delete", id})
      ),
      ...(run.hasText || source.kind !== "file" ? [] : [textForm(id, source.name)]),
      ...(isInUse ? [element("p", {class: "obs-muted"}, "A tab is open with this run.")] : []),
      element(
        "dl",
        {class: "obs-model-facts"},
        facts.map(([name, value]) =>
          element("div", {}, element("dt", {}, name), element("dd", {}, element("bdi", {}, value)))
        )
      ),
      element(
        "div",
        {class: "obs-run-fields"},
        box(
          "Name",
          ({name}) => name,
          (name) => change({name}),
          {hint: id}
        ),
        box(
          "Tags",
          ({tags}) => tags.join(", "),
          (text) => change({tags: tagsOf(text)}),
          {hint: "apart by commas"}
        ),
        box(
          "Notes",
          ({notes}) => notes,
          (notes) => change({notes}),
          {rows: 3}
        )
      ),
      element("h4", {}, "Branch"),
      element(
        "p",
        {class: "obs-muted"},
        "A new run that goes on from a checkpoint of this one by another learning rate or to another last step; this one stays as it is."
      ),
      branchForm(run)
    );
    showLabel(run);
    const controls = [...node.querySelectorAll<HTMLElement>("a, button, input, select, textarea")];
    if (focused !== null) controls.find((each) => controlName(each) === focused)?.focus();
  }

  /** What tells a control of the panel from its others; null for what is none of it. */
  function controlName(control: Element | null): string | null {
    if (!control || !node.contains(control)) return null;
    const label = control.closest("label")?.firstChild?.textContent;
    return `${control.tagName} ${label ?? control.textContent}`;
  }

  return Object.assign(node, {update});
}

/** Tags of a line of text: apart by commas, each once. */
export function tagsOf(text: string): string[] {
  return [
    ...new Set(
      text
        .split(",")
        .map((tag) => tag.trim())
        .filter(Boolean)
    )
  ];
}
