import {element, liveRegion} from "./dom.js";
import {formatDuration} from "./formats.js";

/** A line that is told how a long work stands. */
export type WorkLine = HTMLElement & {
  /** @param fraction done, in [0, 1]; null where it is not known */
  show(said: string, fraction?: number | null): void;
  /**
   * No work is under way. An error is an alert; what went unanswered is only shown, since its reason is
   * an alert elsewhere on the page.
   */
  end(said?: string, state?: "done" | "error" | "unanswered"): void;
};

/**
 * Guesses how long a work still takes, in seconds, from how fast it went since it first told how far it
 * is; null where that is not known yet. A fraction below the one before begins anew.
 *
 * @param now milliseconds
 */
export function timeLeft(now = () => performance.now()): (fraction: number) => number | null {
  let first = {fraction: 0, at: 0};
  let before = Infinity;
  return (fraction) => {
    if (fraction < before) first = {fraction, at: now()};
    before = fraction;
    const done = fraction - first.fraction;
    return done > 0 ? ((now() - first.at) / 1000) * ((1 - fraction) / done) : null;
  };
}

/**
 * How far a long work is: a bar, words, and the time left once it can be told. Read aloud are its
 * beginning, each quarter and its end.
 *
 * @param label what the bar shows, for a screen reader
 */
export function workLine(label: string): WorkLine {
  const bar = element("progress", {"aria-label": label, max: 1, hidden: true});
  const status = element("span", {class: "status obs-status", role: "status"});
  const problem = element("p", {class: "obs-error", role: "alert"});
  const live = liveRegion();
  let left = timeLeft();
  let spoken = "";
  const node = element(
    "div",
    {class: "obs-work-line"},
    element("div", {class: "obs-progress"}, bar, status),
    problem,
    live
  );
  return Object.assign(node, {
    show(said: string, fraction: number | null = null) {
      if (bar.hidden) [left, spoken] = [timeLeft(), ""];
      bar.hidden = false;
      if (fraction === null) bar.removeAttribute("value");
      else bar.value = fraction;
      const seconds = fraction === null ? null : left(fraction);
      delete status.dataset.state;
      problem.textContent = "";
      status.setAttribute("aria-live", "off");
      status.textContent = seconds === null ? said : `${said}, ${formatDuration(seconds)} left`;
      const quarter = fraction === null ? said : String(Math.floor(4 * fraction));
      if (quarter !== spoken) live.textContent = status.textContent;
      spoken = quarter;
    },
    end(said = "", state: "done" | "error" | "unanswered" = "done") {
      bar.hidden = true;
      live.textContent = "";
      status.setAttribute("aria-live", "polite");
      status.dataset.state = state === "done" ? "done" : "error";
      status.textContent = state === "error" ? "" : said;
      problem.textContent = state === "error" ? said : "";
    }
  });
}
