import type {BrowserFeature} from "../lib/engine/browserFeatures.js";
import type {BackendName, BackendTrial, DeviceReport} from "../lib/engine/deviceCalls.js";
import {element} from "./dom.js";
import {formatDuration, formatNumber} from "./formats.js";

/** A panel that follows the self-test as it climbs down. */
export type DevicePanel = HTMLElement & {
  update(report: DevicePanelData): void;
};

/** A device report, or what is known of it while the self-test runs. */
export type DevicePanelData = Partial<DeviceReport> & {
  trials: readonly BackendTrial[];
  /** What computes the steps of the run, once there is one. */
  executor?: string;
};

const rungs: readonly BackendName[] = ["webgpu", "webgl", "wasm", "cpu"];

const nature: Record<BackendName, string> = {
  webgpu: "the graphics card, through WebGPU",
  webgl: "the graphics card, through WebGL 2",
  wasm: "the processor, through WebAssembly",
  cpu: "the processor, in plain JavaScript"
};

const precision: Record<BackendName, string> = {
  webgpu:
    "32-bit floats; sums are added in another order than on the processor, so losses agree to about 1e-3 and not to the last bit.",
  webgl:
    "32-bit floats where the card has them, 16-bit on some phones; results differ from the processor's by up to 1e-3.",
  wasm: "32-bit floats; the same recipe in the same browser on the same machine gives the same losses to the last bit.",
  cpu: "32-bit floats; the same recipe gives the same losses to the last bit. Slow: for small models and as the reference."
};

const outcomes: Record<BackendTrial["outcome"], [sign: string, word: string]> = {
  chosen: ["✓", "in use"],
  refused: ["✗", "refused"],
  absent: ["–", "not here"],
  skipped: ["·", "not tried"]
};

/**
 * Which backend computes and why, and what the start-up self-test (a forward and a gradient against
 * the processor's answer) found on every rung of the ladder. Each outcome has a sign and a word
 * beside its colour.
 *
 * @param features what else the browser offers, from `browserFeatures()`
 */
export function devicePanel(
  report: DevicePanelData = {trials: []},
  {features = []}: {features?: readonly BrowserFeature[]} = {}
): DevicePanel {
  const headline = element("p", {class: "obs-headline"});
  const note = element("p", {class: "obs-muted obs-precision"});
  const body = element("tbody");
  const panel = element(
    "div",
    {class: "obs-view obs-device"},
    headline,
    element(
      "div",
      {class: "obs-table"},
      element(
        "table",
        {},
        element("caption", {class: "obs-sr"}, "self-test of each backend"),
        element(
          "thead",
          {},
          element(
            "tr",
            {},
            ["backend", "self-test", "time", "gradient error", "why"].map((name) =>
              element("th", {scope: "col"}, name)
            )
          )
        ),
        body
      )
    ),
    note,
    features.length > 0 && featureTable(features)
  );

  function update({backend, forced, adapter, trials, executor}: DevicePanelData): void {
    headline.replaceChildren(
      ...(backend
        ? [
            "Computes on ",
            element("strong", {}, backend),
            `: ${nature[backend]}${adapter ? ` (${adapter})` : ""}. ${forced ? "It was asked for by the address (?backend=)." : why(backend, trials)}${executor ? ` The steps of this run are computed by: ${executor}.` : ""}`
          ]
        : [
            trials.length === 0
              ? "Nothing is tested yet: the backend is chosen when a model is first needed."
              : trials.length < rungs.length
                ? "Testing the backends …"
                : "No backend can be used here."
          ])
    );
    body.replaceChildren(
      ...rungs.map((name) =>
        row(
          name,
          trials.find((t) => t.name === name)
        )
      )
    );
    note.textContent = backend ? `Precision: ${precision[backend]}` : "";
  }

  update(report);
  return Object.assign(panel, {update});
}

function why(backend: BackendName, trials: readonly BackendTrial[]): string {
  const before = trials.filter((t) => rungs.indexOf(t.name) < rungs.indexOf(backend));
  if (before.length === 0) return "It is the fastest rung of the ladder and passed its self-test.";
  const list = before.map(
    (t) => `${t.name} was ${t.outcome === "absent" ? "not here" : t.outcome}`
  );
  return `It is the first rung that passed: ${list.join(", ")}.`;
}

/** What the browser offers besides backends, and what follows for a run. */
function featureTable(features: readonly BrowserFeature[]): HTMLElement {
  return element(
    "div",
    {class: "obs-table"},
    element(
      "table",
      {class: "obs-features"},
      element("caption", {}, "What this browser offers"),
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          ["feature", "here", "so"].map((name) => element("th", {scope: "col"}, name))
        )
      ),
      element(
        "tbody",
        {},
        features.map(({name, isHere, effect}) =>
          element(
            "tr",
            {"data-offered": isHere ? "yes" : "no"},
            element("th", {scope: "row"}, name),
            element("td", {class: "obs-outcome"}, isHere ? "✓ here" : "– not here"),
            element("td", {class: "obs-why"}, effect)
          )
        )
      )
    )
  );
}

function row(name: BackendName, trial: BackendTrial | undefined): HTMLTableRowElement {
  const [sign, word] = trial ? outcomes[trial.outcome] : ["·", "not yet tested"];
  return element(
    "tr",
    {"data-outcome": trial?.outcome ?? "waiting"},
    element("th", {scope: "row"}, name),
    element("td", {class: "obs-outcome"}, `${sign} ${word}`),
    element(
      "td",
      {class: "obs-num"},
      trial?.elapsedMs == null ? "–" : formatDuration(trial.elapsedMs / 1000)
    ),
    element(
      "td",
      {class: "obs-num", "data-label": "gradient error "},
      trial?.gradientError == null ? "–" : formatNumber(trial.gradientError)
    ),
    element("td", {class: "obs-why"}, trial ? `${trial.reason}${timeWords(trial)}` : "")
  );
}

/** What the time of a compiled plan's self-test went into. */
function timeWords({elapsedMs, compileMs}: BackendTrial): string {
  if (elapsedMs == null || compileMs == null) return "";
  const [compiling, testing] = [compileMs, elapsedMs - compileMs].map((ms) =>
    formatDuration(ms / 1000)
  );
  return ` (compiling took ${compiling}, the test itself ${testing})`;
}
