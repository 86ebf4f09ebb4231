import {errorMessage} from "../lib/errors.js";
import {element} from "./dom.js";
import {offer} from "./offer.js";
import {workLine} from "./workLine.js";

/** What a work is given. */
export interface Work {
  /** Aborted when the reader stops it. */
  signal: AbortSignal;
  /** Says how far it is. @param fraction done, in [0, 1]; null where it is not known */
  tell(said: string, fraction?: number | null): void;
}

/**
 * A button that begins a long work, one that stops it, and how far it is.
 *
 * @param label what is done
 * @param work gives the last words, or what to say where it got no answer and the page says why; what it
 *   throws is an alert, unless it was stopped
 */
export function workPanel(
  label: string,
  work: (asked: Work) => Promise<string | {unanswered: string}>
): HTMLElement {
  const line = workLine(label);
  let going: AbortController | null = null;
  const start = element(
    "button",
    {type: "button", class: "primary", onclick: () => void begin()},
    label
  );
  const stop = element(
    "button",
    {type: "button", "aria-label": `Stop: ${label}`, onclick: () => going?.abort()},
    "Stop"
  );
  const stand = () => {
    offer(start, going === null);
    offer(stop, going !== null);
  };

  async function begin(): Promise<void> {
    const {signal} = (going = new AbortController());
    stand();
    line.show("starting");
    try {
      const said = await work({signal, tell: line.show});
      if (signal.aborted) line.end("stopped");
      else if (typeof said === "string") line.end(said);
      else line.end(said.unanswered, "unanswered");
    } catch (error) {
      if (signal.aborted) line.end("stopped");
      else line.end(errorMessage(error), "error");
    }
    going = null;
    stand();
  }

  stand();
  return element(
    "div",
    {class: "obs-work obs-computes"},
    element("p", {class: "obs-buttons"}, start, stop),
    line
  );
}
