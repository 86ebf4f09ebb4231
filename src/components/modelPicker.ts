import type {ModelChoice} from "../lib/engine/modelDesk.js";
import type {ModelSummary} from "../lib/engine/modelCalls.js";
import type {PhaseProgress} from "../lib/engine/trainingCalls.js";
import {choices} from "./choices.js";
import {element, emit, withValue} from "./dom.js";
import type {View} from "./dom.js";
import {fileDrop} from "./fileDrop.js";
import {formatInteger, formatPercent} from "./formats.js";
import {handOn} from "./handOn.js";
import {modelFacts} from "./modelFacts.js";

/** What the picker shows besides the choice itself; `update` takes any of it again. */
export interface ModelPickerState {
  /** The model in use. */
  model: ModelSummary;
  /** What is being loaded, or null. */
  loading: {progress: PhaseProgress | null} | null;
  /** Why what was chosen is not in use; null where it is. */
  problem: string | null;
}

/** Options of {@link modelPicker}. */
export interface ModelPickerOptions {
  model: ModelSummary;
  /** The run that this browser keeps, or null. */
  kept: {step: number; steps: number} | null;
  /** Called when the reader wants loading to stop. */
  onCancel: () => void;
}

/** A picker that is told which model is in use. */
export type ModelPicker = View<ModelChoice> & {update(change: Partial<ModelPickerState>): void};

const maxBytes = 2_000_000_000;
const wantedFiles = "config.json, model.safetensors and spiece.model or tokenizer.json";

/**
 * Which model answers: the browser's last run, the one that ships with the site, a folder of the
 * reader's, or an address. A folder or an address is a choice only once it is given.
 */
export function modelPicker({model, kept, onCancel}: ModelPickerOptions): ModelPicker {
  const where = choices<ModelChoice["kind"]>("Model", [
    ...(kept
      ? [{value: "run" as const, label: `Your last run (step ${formatInteger(kept.step)})`}]
      : []),
    {value: "stored", label: "The stored model"},
    {value: "files", label: "A folder of yours"},
    {value: "address", label: "An address"}
  ]);
  const drop = fileDrop({
    label: "the files of a model folder",
    multiple: true,
    paste: false,
    maxBytes,
    validate: (value) =>
      "files" in value && !value.files.has("config.json")
        ? `${value.name}: no config.json (expected ${wantedFiles})`
        : null
  });
  const folder = element(
    "div",
    {class: "obs-source", hidden: true},
    drop,
    element("p", {class: "obs-muted"}, `A Hugging Face folder of any ALBERT: ${wantedFiles}.`)
  );
  const address = addressForm((url) => emit(node, {kind: "address", url}));
  const facts = element("dl", {class: "obs-model-facts"});
  const notes = element("ul", {class: "obs-muted obs-notes"});
  // the page says it as an alert, which may stand far from here
  const refused = element("p", {class: "obs-error", hidden: true});
  const bar = element("progress", {"aria-label": "loading the model", max: 1});
  const phase = element("span", {class: "obs-muted"});
  const busy = element(
    "div",
    {class: "obs-progress", hidden: true},
    bar,
    phase,
    element("button", {type: "button", onclick: onCancel}, "Cancel")
  );
  const node: View<ModelChoice> = withValue(
    element(
      "div",
      {class: "obs-view obs-picker-panel obs-computes"},
      where,
      folder,
      address,
      busy,
      refused,
      facts,
      notes
    ),
    {kind: where.value} as ModelChoice
  );

  where.addEventListener("input", (event) => {
    event.stopPropagation();
    folder.hidden = where.value !== "files";
    address.hidden = where.value !== "address";
    if (where.value === "run" || where.value === "stored") emit(node, {kind: where.value});
  });
  drop.addEventListener("input", (event) => {
    event.stopPropagation();
    const given = drop.value;
    if (given && "files" in given) emit(node, {kind: "files", ...given});
    else if (given && "bytes" in given) drop.fail(`${given.name}: expected ${wantedFiles}`);
  });

  function update({model: inUse, loading, problem}: Partial<ModelPickerState>): void {
    if (problem !== undefined) {
      refused.textContent = problem ?? "";
      refused.hidden = problem === null;
    }
    if (inUse) {
      facts.replaceChildren(
        ...modelFacts(inUse).map(([name, value]) =>
          element("div", {}, element("dt", {}, name), element("dd", {}, value))
        )
      );
      notes.replaceChildren(...inUse.notes.map((note) => element("li", {}, note)));
    }
    if (loading === undefined) return;
    if (loading === null) handOn(busy);
    busy.hidden = loading === null;
    const progress = loading?.progress;
    if (progress?.fraction == null) bar.removeAttribute("value");
    else bar.value = progress.fraction;
    phase.textContent = progress
      ? `${progress.phase}${progress.fraction == null ? "" : ` ${formatPercent(progress.fraction)}`}`
      : "loading";
  }

  update({model, loading: null});
  return Object.assign(node, {update});
}

/** Takes the address of a model when it is submitted. */
function addressForm(onAddress: (url: string) => void): HTMLFormElement {
  const box = element("input", {
    type: "text",
    id: "model-address",
    placeholder: "albert/albert-base-v2, or https://…",
    autocomplete: "off",
    spellcheck: "false",
    required: true
  });
  const form = element(
    "form",
    {
      class: "obs-source",
      "aria-label": "Model at an address",
      hidden: true,
      onsubmit: (event) => {
        event.preventDefault();
        if (form.reportValidity()) onAddress(box.value.trim());
      }
    },
    element("label", {for: "model-address"}, "Hugging Face repository, or address of a folder"),
    element("div", {class: "obs-address-line"}, box, element("button", {type: "submit"}, "Load")),
    element(
      "p",
      {class: "obs-muted"},
      "The files are fetched from there, and only then does this page ask another site for anything."
    )
  );
  for (const type of ["input", "change"])
    form.addEventListener(type, (event) => event.stopPropagation());
  return form;
}
