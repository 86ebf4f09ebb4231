import {ranks} from "../lib/heads/ranks.js";
import type {HeadMeasure, HeadStudyResult} from "../lib/heads/study.js";
import type {HeadValue} from "./attentionGrid.js";
import {element, emit, liveRegion, withValue} from "./dom.js";
import type {View} from "./dom.js";
import type {Row} from "./downloads.js";
import {formatNumber} from "./formats.js";
import {refill} from "./refill.js";
import {headColor, shadeColor} from "./scales.js";
import {scrolledTable} from "./scrolledTable.js";

/** A finder that can be given another study. */
export type HeadFinder = View<HeadValue> & {update(study: HeadStudyResult): void};

/** "0.412, 3 of 48", with an interval where there is one. */
export function valueWithRank({values}: HeadMeasure, head: number): string {
  const {mean, low, high} = values[head]!;
  const rank = ranks(values.map((value) => value.mean))[head]!;
  const interval = Number.isFinite(low) ? ` [${low.toFixed(3)}, ${high.toFixed(3)}]` : "";
  return `${mean.toFixed(3)}${interval}, ${rank} of ${values.length}`;
}

/** Every measure of every head with interval and rank, for a table. */
export function studyRows({measures, heads, detected}: HeadStudyResult): Row[] {
  return measures.flatMap(({name, unit, values, reference}) => {
    const places = ranks(values.map(({mean}) => mean));
    return values.map(({mean, low, high}, i) => ({
      measure: name,
      unit: unit ?? "share",
      depth: Math.floor(i / heads) + 1,
      head: (i % heads) + 1,
      value: mean,
      low,
      high,
      rank: places[i]!,
      reference: reference.value,
      "reference is": reference.name,
      "pattern of the head": detected[i]?.pattern ?? null
    }));
  });
}

/** Runs of depths of which no head is among the shown ones, as [first, last]; others alone. */
export function depthRuns(depths: number, isShown: (depth: number) => boolean): [number, number][] {
  const runs: [number, number][] = [];
  for (let depth = 0; depth < depths; ++depth) {
    const last = runs.at(-1);
    if (!isShown(depth) && last && !isShown(last[1])) last[1] = depth;
    else runs.push([depth, depth]);
  }
  return runs;
}

/**
 * All heads by one measure, the greatest few in full colour: which measure and how many is the
 * reader's choice. Depths without any of them fold into one line. A click, or the arrow keys and
 * Enter, choose a head, which is the value.
 */
export function headFinder(first: HeadStudyResult, selected: HeadValue): HeadFinder {
  let study = first;
  const which = element("select", {
    "aria-label": "measure",
    onchange: () => draw()
  });
  const most = element("input", {
    type: "range",
    min: 1,
    step: 1,
    "aria-label": "heads shown in full colour",
    oninput: () => draw()
  });
  const count = element("span", {class: "obs-muted"});
  const place = element("div", {});
  const readout = element("p", {class: "obs-readout"});
  const live = liveRegion();
  const node = withValue(
    element(
      "div",
      {class: "obs-view obs-finder"},
      element(
        "div",
        {class: "obs-questions"},
        element("label", {class: "obs-pick"}, "Measure", which),
        element("label", {class: "obs-pick"}, "Greatest", most, count)
      ),
      place,
      readout,
      live
    ),
    selected
  );
  // The controls' own events are no answer.
  for (const type of ["input", "change"])
    node.addEventListener(type, (event) => {
      if (event.target !== node) event.stopImmediatePropagation();
    });

  const measure = () => study.measures[Number(which.value)]!;

  function say({layer, head}: HeadValue): string {
    const chosen = measure();
    const {unit, reference} = chosen;
    const i = layer * study.heads + head;
    const pattern = study.detected[i];
    return [
      `depth ${layer + 1}, head ${head + 1}: ${chosen.name} ${valueWithRank(chosen, i)}${unit ? ` (${unit})` : ""}`,
      `${reference.name}: ${formatNumber(reference.value)}`,
      pattern ? `most above even attention: ${pattern.pattern}` : "no pattern beyond chance"
    ].join(" · ");
  }

  function choose(value: HeadValue): void {
    emit(node, value);
    mark();
    live.textContent = say(value);
  }

  function mark(): void {
    for (const button of place.querySelectorAll("button")) {
      const isIt =
        button.dataset.layer === String(node.value.layer) &&
        button.dataset.head === String(node.value.head);
      button.setAttribute("aria-pressed", String(isIt));
      button.tabIndex = isIt ? 0 : -1;
    }
    // A selected head may be folded away; the first in sight is then the way in.
    const all = [...place.querySelectorAll("button")];
    if (all.length && all.every(({tabIndex}) => tabIndex < 0)) all[0]!.tabIndex = 0;
    readout.textContent = say(node.value);
  }

  function cell(layer: number, head: number, isTop: boolean): HTMLElement {
    const {values, unit} = measure();
    const i = layer * study.heads + head;
    const {mean} = values[i]!;
    const largest = unit === null ? 1 : Math.max(...values.map((value) => value.mean));
    const share = mean / (largest || 1);
    const at = {layer, head};
    return element(
      "td",
      {},
      element(
        "button",
        {
          type: "button",
          class: isTop ? "obs-finder-cell" : "obs-finder-cell obs-faded",
          style: isTop ? `background: ${shadeColor(share, "sqrt")}` : null,
          "data-layer": layer,
          "data-head": head,
          "aria-label": say(at),
          onpointerenter: () => (readout.textContent = say(at)),
          onpointerleave: () => (readout.textContent = say(node.value)),
          onclick: () => choose(at)
        },
        mean.toFixed(unit === null ? 2 : 1)
      )
    );
  }

  function draw(): void {
    const {depths, heads} = study;
    const values = measure().values.map(({mean}) => mean);
    const places = ranks(values);
    const shown = Number(most.value);
    const isTop = (i: number) => places[i]! <= shown;
    count.textContent = `${shown} of ${values.length}`;
    const isShown = (depth: number) =>
      Array.from({length: heads}, (_, head) => isTop(depth * heads + head)).some(Boolean);
    const rows = depthRuns(depths, isShown).map(([from, to]) =>
      isShown(from)
        ? element(
            "tr",
            {},
            element("th", {scope: "row"}, from + 1),
            Array.from({length: heads}, (_, head) => cell(from, head, isTop(from * heads + head)))
          )
        : element(
            "tr",
            {class: "obs-muted"},
            element("th", {scope: "row"}, from === to ? from + 1 : `${from + 1}–${to + 1}`),
            element(
              "td",
              {colspan: heads, class: "obs-folded"},
              `… ${to - from + 1} ${from === to ? "depth" : "depths"} without any of them`
            )
          )
    );
    const columns = [
      "depth",
      ...Array.from({length: heads}, (_, head) =>
        element(
          "th",
          {scope: "col", style: `border-bottom: 3px solid ${headColor(head, heads)}`},
          `head ${head + 1}`
        )
      )
    ];
    const table = scrolledTable(`heads by ${measure().name}`, columns, rows);
    table.removeAttribute("tabindex");
    // The label of a head follows its numbers.
    refill(place, [table], ({dataset}) => `${dataset.layer}.${dataset.head}`);
    mark();
  }

  place.addEventListener("keydown", (event) => {
    const buttons = [...place.querySelectorAll("button")];
    const at = buttons.indexOf(event.target as HTMLButtonElement);
    const step = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -study.heads,
      ArrowDown: study.heads,
      Home: -at,
      End: buttons.length - 1 - at
    }[event.key];
    if (at < 0 || step === undefined) return;
    const next = buttons[Math.min(buttons.length - 1, Math.max(0, at + step))]!;
    for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
    next.focus();
    readout.textContent = next.getAttribute("aria-label");
    event.preventDefault();
  });

  function update(next: HeadStudyResult): void {
    study = next;
    const before = which.selectedIndex < 0 ? "previous" : which.selectedOptions[0]!.textContent;
    which.replaceChildren(
      ...study.measures.map(({name}, i) => element("option", {value: i}, name))
    );
    const kept = study.measures.findIndex(({name}) => name === before);
    which.value = String(Math.max(0, kept));
    const all = study.depths * study.heads;
    if (most.max !== String(all)) {
      most.max = String(all);
      most.value = String(Math.min(all, Math.max(3, Math.round(all / 12))));
    }
    const {layer, head} = node.value;
    node.value = {
      layer: Math.min(layer, study.depths - 1),
      head: Math.min(head, study.heads - 1)
    };
    draw();
  }

  update(first);
  return Object.assign(node, {update});
}
