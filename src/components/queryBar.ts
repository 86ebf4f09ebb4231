import {element} from "./dom.js";
import {formatDownload, formatDuration} from "./formats.js";
import {offer} from "./offer.js";
import {timeLeft} from "./workLine.js";
import type {DownloadProgress} from "../lib/store/duckdb/boot.js";

/** What runs below an editor of queries, and how it stands. */
export interface QueryBar {
  /** The bar, to be shown below the editor. */
  node: HTMLElement;
  /** Says a word; what was timed or loaded is over. */
  say(text: string): void;
  /**
   * Names what is under way and counts its seconds, beside a bar of no known end where it is asked for.
   *
   * @param mostMs milliseconds after which it is stopped
   */
  time(text: string, mostMs: number, hasBar?: boolean): void;
  /** Begins to show a download, which is told how far it is. */
  loading(): (at: DownloadProgress) => void;
  /** Whether something runs, which can be cancelled unless that is said; tables are not restored meanwhile. */
  busy(on: boolean, canCancel?: boolean): void;
  /** From now on tables can be restored. */
  canRestore(): void;
}

/**
 * The buttons below an editor of queries, with a line and a bar of how what runs stands.
 *
 * @param on what the buttons do
 */
export function queryBar(on: {run(): void; cancel(): void; restore(): void}): QueryBar {
  const button = (label: string, onclick: () => void) =>
    element("button", {type: "button", onclick}, label);
  const run = button("Run", on.run);
  run.className = "primary";
  const cancel = button("Cancel", on.cancel);
  const restore = button("Restore tables", on.restore);
  restore.hidden = true;
  restore.title = "puts the published tables back as they were";
  offer(cancel, false);
  const status = element(
    "span",
    {class: "glue-status", role: "status"},
    "Ctrl+Enter runs it too, Ctrl+Space suggests names"
  );
  const progress = element("progress", {class: "glue-progress", hidden: true});
  let clock: ReturnType<typeof setInterval> | undefined;

  /** Shows a bar whose end is not known. */
  function bar(label: string): void {
    progress.hidden = false;
    progress.setAttribute("aria-label", label);
    progress.removeAttribute("value");
  }

  function say(text: string): void {
    clearInterval(clock);
    progress.hidden = true;
    status.textContent = text;
  }

  return {
    node: element("div", {class: "glue-bar"}, run, cancel, restore, progress, status),
    say,
    time(text, mostMs, hasBar = false) {
      say(text);
      if (hasBar) bar(text);
      const start = performance.now();
      clock = setInterval(() => {
        const seconds = (performance.now() - start) / 1000;
        status.textContent = `${text}, ${formatDuration(seconds)} of at most ${formatDuration(mostMs / 1000)}`;
      }, 1000);
    },
    loading() {
      say("loading DuckDB");
      bar("Loading DuckDB");
      const left = timeLeft();
      return (at) => {
        if (progress.hidden) return; // it was cancelled
        if (at.total !== null) progress.value = at.loaded / at.total;
        const seconds = at.total === null ? null : left(at.loaded / at.total);
        const rest = seconds === null ? "" : `, ${formatDuration(seconds)} left`;
        status.textContent = `loading DuckDB, ${formatDownload(at)}${rest}`;
      };
    },
    busy(isBusy, canCancel = true) {
      run.setAttribute("aria-disabled", String(isBusy)); // a press while another runs is the next
      offer(restore, !isBusy);
      offer(cancel, isBusy && canCancel);
    },
    canRestore() {
      restore.hidden = false;
    }
  };
}
