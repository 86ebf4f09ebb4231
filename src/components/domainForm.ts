import type {DomainPlan} from "../lib/engine/fineTuning/domain.js";
import type {GivenFile} from "../lib/engine/fineTuning/protocol.js";
import {choices} from "./choices.js";
import {element, emit, withValue, type View} from "./dom.js";
import {fileDrop, type FileDrop} from "./fileDrop.js";
import {offer} from "./offer.js";
import {onceRead} from "./onceRead.js";
import {workLine} from "./workLine.js";

/** What to go on with and what to compare. */
export interface DomainRequest {
  domain: GivenFile;
  /** Null for the generated language. */
  general: GivenFile | null;
  plan: DomainPlan;
}

/** A form with a line of progress; its value is null to stop. */
export type DomainForm = View<DomainRequest | null> & {
  /** Shows how far it is; `fraction` in [0, 1], null where that is not known. */
  show(message: string, isBusy: boolean, fraction?: number | null): void;
};

/** Numbers to choose from, and the one at first. */
const steps = [100, 200, 500, 1000, 2000, 5000];
const rates = [0.0001, 0.0003, 0.001, 0.003];
const [firstSteps, firstRate] = [500, 0.001];

/** Text of a domain and another one to compare with, for how long, and whether to learn the task. */
export function domainForm(): DomainForm {
  const drop = (label: string) =>
    fileDrop({label, accept: ".txt,.md,.tsv,.csv,.jsonl,.json,.conllu", paste: false});
  const domain = drop("the text of your domain");
  const general = drop("a general text (else the generated language)");
  const numbers = (label: string, values: readonly number[], first: number) => {
    const pick = element(
      "select",
      {"aria-label": label},
      values.map((value) =>
        element("option", {value, selected: value === first}, value.toLocaleString("en"))
      )
    );
    const line = element("label", {class: "obs-pick"}, element("span", {}, label), pick);
    return {pick, line};
  };
  const length = numbers("Steps on it", steps, firstSteps);
  const rate = numbers("Learning rate", rates, firstRate);
  const task = choices<"0" | "3" | "5">("The task above, from both", [
    {value: "0", label: "not learned"},
    {value: "3", label: "3 seeds"},
    {value: "5", label: "5 seeds"}
  ]);
  const go = element(
    "button",
    {type: "button", onclick: onceRead(() => begin())},
    "Go on pretraining"
  );
  const stop = element(
    "button",
    {type: "button", onclick: () => emit(node, null)},
    "Stop going on"
  );
  offer(stop, false);
  const line = workLine("going on");
  const node = withValue(
    element(
      "div",
      {class: "obs-view obs-domain-form obs-computes"},
      domain,
      general,
      length.line,
      rate.line,
      task,
      element("div", {class: "obs-buttons"}, go, stop),
      line
    ),
    null as DomainRequest | null
  );
  // Only the buttons speak.
  for (const type of ["input", "change"])
    node.addEventListener(type, (event) => {
      if (event.target !== node) event.stopImmediatePropagation();
    });

  function begin(): void {
    const given = fileOf(domain);
    if (!given) {
      line.end("no text yet: give a file of your domain's text", "error");
      return;
    }
    const plan: DomainPlan = {
      steps: Number(length.pick.value),
      learning_rate: Number(rate.pick.value),
      seed: 1,
      seeds: Number(task.value)
    };
    emit(node, {domain: given, general: fileOf(general), plan});
  }

  return Object.assign(node, {
    show(message: string, isBusy: boolean, fraction: number | null = null) {
      if (isBusy) line.show(message, fraction);
      else line.end(message);
      offer(go, !isBusy);
      offer(stop, isBusy);
    }
  });
}

function fileOf(drop: FileDrop): GivenFile | null {
  const given = drop.value;
  return given && "bytes" in given ? given : null;
}
