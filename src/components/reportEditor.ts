import type {ReportState} from "../lib/report/desk.js";
import {movePart, partId, type Report, type ReportPart} from "../lib/report/report.js";
import {element, liveRegion, oncePerClick} from "./dom.js";
import {formatInteger} from "./formats.js";
import {offer} from "./offer.js";

/** What the editor asks its page to do. */
export interface ReportActions {
  /** @param words for the undo button; null for typing */
  edit(words: string | null, change: (report: Report) => Report): void;
  undo(): void;
}

/** The list of a report's parts, to be told of its state. */
export type ReportEditor = HTMLElement & {update(state: ReportState): void};

const nameOf = (part: ReportPart) =>
  part.kind === "exhibit"
    ? part.title
    : part.markdown.split("\n").find(Boolean)?.slice(0, 60) || "your words";

/** A part as it is listed. */
interface Row {
  node: HTMLLIElement;
  /** @param place its place among `count` */
  update(part: ReportPart, place: number, count: number): void;
}

/**
 * The parts of a report in order: each can be moved, removed and brought back; the reader's own
 * words are typed in their place.
 */
export function reportEditor({edit, undo}: ReportActions): ReportEditor {
  const title = element("input", {
    type: "text",
    maxlength: 200,
    oninput: () => {
      const {value} = title;
      edit(null, (report) => ({...report, title: value}));
    }
  });
  const list = element("ol", {class: "report-parts"});
  const empty = element(
    "p",
    {class: "obs-muted"},
    "Nothing is in it yet. Open any page and choose “Add to report” in the menu Save of a figure, or write below."
  );
  const problem = element("p", {class: "obs-error", role: "alert"});
  const live = liveRegion();
  const back = element("button", {
    type: "button",
    hidden: true,
    onclick: () => {
      isUndone = true;
      undo();
    }
  });
  const add = element(
    "button",
    {
      type: "button",
      onclick: () => {
        const words: ReportPart = {kind: "words", id: partId(), markdown: ""};
        wanted = words.id;
        edit("added words", (report) => ({...report, parts: [...report.parts, words]}));
      }
    },
    "Write"
  );
  const rows = new Map<string, Row>();
  let wanted: string | null = null;
  let isUndone = false;
  let isRemoved = false;
  let told: string | null = null;

  function button(text: string, label: string, act: (event: Event) => void): HTMLButtonElement {
    return element("button", {type: "button", "aria-label": label, onclick: act}, text);
  }

  function row(first: ReportPart): Row {
    const {id} = first;
    const name = element("strong", {}, nameOf(first));
    const facts = element("span", {class: "obs-muted"});
    const box =
      first.kind === "words"
        ? element("textarea", {rows: 6, "aria-label": "your words, in Markdown"})
        : null;
    box?.addEventListener("input", () => {
      const markdown = box.value;
      edit(null, (report) => ({
        ...report,
        parts: report.parts.map((part) =>
          part.id === id && part.kind === "words" ? {...part, markdown} : part
        )
      }));
    });
    const short = nameOf(first).slice(0, 60);
    const move = (by: -1 | 1) => () =>
      edit(`moved “${short}”`, (report) => movePart(report, id, by));
    let at = -1;
    const up = button("↑", `move ${short} up`, move(-1));
    const down = button("↓", `move ${short} down`, move(1));
    const node = element(
      "li",
      {"data-part": id},
      element("div", {class: "report-part"}, name, " ", facts),
      box,
      element(
        "div",
        {class: "buttons"},
        up,
        down,
        button(
          "Remove",
          `remove ${short}`,
          oncePerClick(() => {
            isRemoved = true;
            edit(`removed “${short}”`, (report) => ({
              ...report,
              parts: report.parts.filter((part) => part.id !== id)
            }));
          })
        )
      )
    );
    return {
      node,
      update(part, place, count) {
        if (at >= 0 && at !== place && node.contains(document.activeElement))
          live.textContent = `${short}: now ${place + 1} of ${count}`;
        at = place;
        offer(up, place > 0);
        offer(down, place < count - 1);
        name.textContent = nameOf(part);
        facts.textContent =
          part.kind === "exhibit"
            ? [
                part.sql !== null ? "query" : part.svg === null ? "table" : "figure",
                `${formatInteger(part.rows.length)} rows`,
                part.addedAt.slice(0, 16).replace("T", " ")
              ].join(" · ")
            : "Markdown";
        if (part.kind === "words" && box && box !== document.activeElement)
          box.value = part.markdown;
      }
    };
  }

  function update({report, undo: last, problem: said}: ReportState): void {
    if (title !== document.activeElement) title.value = report.title;
    const focused = list.contains(document.activeElement) ? document.activeElement : null;
    const seen = new Set(report.parts.map(({id}) => id));
    for (const id of rows.keys()) if (!seen.has(id)) rows.delete(id);
    for (const [place, part] of report.parts.entries()) {
      if (!rows.has(part.id)) rows.set(part.id, row(part));
      rows.get(part.id)!.update(part, place, report.parts.length);
    }
    const nodes = report.parts.map(({id}) => rows.get(id)!.node);
    if (nodes.length !== list.children.length || nodes.some((node, i) => node !== list.children[i]))
      list.replaceChildren(...nodes);
    if (focused instanceof HTMLElement && focused.isConnected) focused.focus();
    empty.hidden = nodes.length > 0;
    back.hidden = last === null;
    back.textContent = `Undo: ${last}`;
    problem.textContent = said ?? "";
    // from a button that is gone the focus goes on to the way back, and from there to the next thing
    if (isRemoved && !list.contains(document.activeElement) && !back.hidden) {
      back.focus();
      isRemoved = false;
    }
    if (isUndone && last !== told) {
      if (back.hidden) add.focus();
      live.textContent = `taken back: ${told}`;
      isUndone = false;
    } else if (last !== told && last?.startsWith("removed")) live.textContent = last;
    told = last;
    if (wanted !== null && seen.has(wanted)) {
      rows.get(wanted)!.node.querySelector("textarea")?.focus();
      wanted = null;
    }
  }

  const node = element(
    "div",
    {class: "obs-view report-editor"},
    element("label", {}, "Title ", title),
    empty,
    list,
    element("div", {class: "buttons"}, add, back),
    problem,
    live
  );
  return Object.assign(node, {update});
}
