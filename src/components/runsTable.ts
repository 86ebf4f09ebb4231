import type {RunEntry} from "../lib/store/runs.js";
import {element, emit, withValue} from "./dom.js";
import type {View} from "./dom.js";
import {formatBytes, formatInteger, formatNumber, formatPercent} from "./formats.js";
import {differingWords} from "./recipeWords.js";
import {categoryColor} from "./scales.js";

/** What the table of runs shows. */
export interface RunsTableState {
  /** Newest first. */
  runs: readonly RunEntry[];
  /** Ids of the runs that some tab writes now. */
  inUse: ReadonlySet<string>;
}

/** Which runs a reader has ticked, and the one whose particulars are shown. */
export interface RunsChoice {
  /** Ids, in the order of the table. */
  ticked: string[];
  shown: string | null;
}

/** A table that is told which runs there are. */
export type RunsTable = View<RunsChoice> & {
  update(state: RunsTableState): void;
  /** Puts the focus on a run's name, where it was brought back. */
  focusRun(id: string): void;
};

/** What a run is called: the reader's name for it, else its id. */
export const runName = ({id, label}: Pick<RunEntry, "id" | "label">): string => label.name || id;

/** Runs that are ticked of themselves: the newest few, at first and of those that come in. */
const tickedAtFirst = 3;

/** So many runs need no filter: they are seen at once. */
const fewRuns = 5;

/** What a filter looks through: everything that the reader or the recipe says of a run. */
const searched = ({id, hash, label}: RunEntry, words: readonly string[]) =>
  [id, hash, label.name, ...label.tags, label.notes, ...words].join(" ").toLowerCase();

/**
 * Every run of this browser, one a row: its colour, name, in what its recipe differs from the others',
 * how far it came and how well it guesses held-out pieces. A tick draws its curves; its name shows its
 * particulars.
 */
export function runsTable(): RunsTable {
  const body = element("tbody");
  const empty = element(
    "p",
    {class: "obs-muted"},
    "No run is kept yet: train one on the page ",
    element("a", {href: "./pretrain"}, "Pretrain"),
    ". Until then the curves are those of a recorded run."
  );
  const headings = [
    "",
    "run",
    "what differs",
    "step",
    "held-out loss",
    "guessed right",
    "tags",
    "saved",
    "size"
  ];
  const numeric = new Set([3, 4, 5, 8]);
  const scroller = element(
    "div",
    {class: "obs-table", tabindex: 0, role: "region", "aria-label": "runs, table"},
    element(
      "table",
      {},
      element("caption", {class: "obs-sr"}, "Every run of this browser"),
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          headings.map((text, i) =>
            i === 0
              ? element("td", {})
              : element("th", {scope: "col", class: numeric.has(i) ? "obs-num" : null}, text)
          )
        )
      ),
      body
    )
  );
  const filter = element("input", {
    type: "search",
    placeholder: "name, tag, note or setting",
    spellcheck: "false",
    oninput: (event) => {
      event.stopPropagation();
      narrow();
    }
  });
  const count = element("span", {class: "obs-muted", "aria-live": "polite"});
  const tickButton = (text: string, isTicked: boolean) =>
    element("button", {type: "button", onclick: () => tickSeen(isTicked)}, text);
  const tools = element(
    "div",
    {class: "obs-runs-tools", hidden: true},
    element("label", {}, "Filter ", filter),
    tickButton("Tick these", true),
    tickButton("Untick these", false),
    count
  );
  const node: View<RunsChoice> = withValue(
    element("div", {class: "obs-view obs-runs"}, tools, scroller, empty),
    {ticked: [], shown: null} as RunsChoice
  );
  let seen = new Set<string>();
  let runs: readonly RunEntry[] = [];
  let texts: string[] = [];

  /** Shows the rows that hold every word of the filter. */
  function narrow(): void {
    const terms = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const rows = [...body.rows];
    rows.forEach((row, i) => (row.hidden = !terms.every((term) => texts[i]!.includes(term))));
    const seen = rows.filter((row) => !row.hidden).length;
    const said = terms.length > 0 ? `${seen} of ${rows.length} runs` : `${rows.length} runs`;
    if (count.textContent !== said) count.textContent = said;
  }

  /** Ticks or unticks the runs that the filter shows. */
  function tickSeen(isTicked: boolean): void {
    const seen = new Set(runs.filter((_, i) => !body.rows[i]!.hidden).map(({id}) => id));
    const before = new Set(node.value.ticked);
    const ticked = runs
      .map(({id}) => id)
      .filter((id) => (seen.has(id) ? isTicked : before.has(id)));
    for (const [i, {id}] of runs.entries())
      body.rows[i]!.querySelector<HTMLInputElement>("input")!.checked = ticked.includes(id);
    choose({ticked});
  }

  function choose(change: Partial<RunsChoice>): void {
    emit(node, {...node.value, ...change});
    mark();
  }

  function mark(): void {
    for (const button of body.querySelectorAll<HTMLButtonElement>("button[data-run]"))
      button.setAttribute("aria-pressed", String(button.dataset.run === node.value.shown));
  }

  function row(run: RunEntry, words: string[], isInUse: boolean): HTMLTableRowElement {
    const {id, label, step, steps, evaluation, savedAt, bytes, color, parent} = run;
    const tick = element("input", {
      type: "checkbox",
      checked: node.value.ticked.includes(id),
      "aria-label": `draw ${runName(run)}`,
      oninput: (event) => {
        event.stopPropagation();
        const ticked = new Set(node.value.ticked);
        if (tick.checked) ticked.add(id);
        else ticked.delete(id);
        choose({ticked: runs.filter((each) => ticked.has(each.id)).map((each) => each.id)});
      }
    });
    const swatch = element("span", {class: "obs-run-colour", "aria-hidden": "true"});
    swatch.style.background = categoryColor(color);
    const number = (text: string) => element("td", {class: "obs-num"}, text);
    const when = new Date(savedAt);
    return element(
      "tr",
      {"data-row": id},
      element("td", {}, element("label", {class: "obs-run-tick"}, tick, swatch)),
      element(
        "th",
        {scope: "row"},
        element(
          "button",
          {
            type: "button",
            class: "obs-run-name",
            "data-run": id,
            "aria-pressed": "false",
            title: "show its particulars",
            onclick: () => choose({shown: id})
          },
          element("bdi", {}, runName(run))
        ),
        parent && element("span", {class: "obs-muted"}, ` from ${parent.id}, step ${parent.step}`),
        isInUse && element("span", {class: "obs-muted"}, " open in a tab")
      ),
      element("td", {class: "obs-run-words"}, element("bdi", {}, words.join(" · "))),
      element(
        "td",
        {class: "obs-num obs-run-step"},
        step < steps ? `${formatInteger(step)} of ${formatInteger(steps)}` : formatInteger(step)
      ),
      number(evaluation ? formatNumber(evaluation.mlmLoss) : "–"),
      number(evaluation ? formatPercent(evaluation.mlmAccuracy) : "–"),
      element("td", {}, element("bdi", {}, label.tags.join(", "))),
      element(
        "td",
        {class: "obs-when"},
        element(
          "time",
          {datetime: savedAt, title: when.toLocaleString("en")},
          when.toLocaleString("en", {
            month: "short",
            day: "numeric",
            hour: "2-digit",
            minute: "2-digit",
            hourCycle: "h23"
          })
        )
      ),
      number(formatBytes(bytes))
    );
  }

  // Thirty runs are sixty stops of Tab: within a column the arrow keys go from run to run.
  body.addEventListener("keydown", (event) => {
    const control = event.target as HTMLElement;
    const all = [...body.rows].filter((row) => !row.hidden);
    const at = all.indexOf(control.closest("tr")!);
    const to = {ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: all.length - 1}[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    const kind = control instanceof HTMLInputElement ? "input" : "button[data-run]";
    all[to]?.querySelector<HTMLElement>(kind)?.focus();
  });

  const rowOf = (id: string) => [...body.rows].find(({dataset}) => dataset.row === id);

  /** Puts the focus on the name of a run; on the first there is, where it is not in sight. */
  function focus(id: string): void {
    const row = rowOf(id);
    const place = row && !row.hidden ? row : [...body.rows].find(({hidden}) => !hidden);
    place?.querySelector<HTMLElement>("button[data-run]")?.focus();
  }

  function update(state: RunsTableState): void {
    runs = state.runs;
    const ids = runs.map(({id}) => id);
    const before = node.value;
    const fresh = ids.filter((id) => !seen.has(id));
    const wanted = new Set([...before.ticked, ...fresh.slice(0, tickedAtFirst)]);
    seen = new Set(ids);
    const ticked = ids.filter((id) => wanted.has(id));
    const shown = before.shown && seen.has(before.shown) ? before.shown : (ids[0] ?? null);
    node.value = {ticked, shown};
    const words = differingWords(runs.map(({recipe}) => recipe));
    const held = body.contains(document.activeElement)
      ? document.activeElement!.closest("tr")
      : null;
    const kind = document.activeElement instanceof HTMLInputElement ? "input" : "button[data-run]";
    const focused = held?.dataset.row;
    body.replaceChildren(...runs.map((run, i) => row(run, words[i]!, state.inUse.has(run.id))));
    texts = runs.map((run, i) => searched(run, words[i]!));
    tools.hidden = runs.length <= fewRuns;
    if (tools.hidden) filter.value = "";
    narrow();
    empty.hidden = runs.length > 0;
    scroller.hidden = runs.length === 0;
    mark();
    if (focused) rowOf(focused)?.querySelector<HTMLElement>(kind)?.focus();
    if (`${before.ticked}|${before.shown}` !== `${ticked}|${shown}`) emit(node, node.value);
  }

  return Object.assign(node, {update, focusRun: focus});
}
