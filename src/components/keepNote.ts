import {element} from "./dom.js";
import {handOn} from "./handOn.js";
import {offer} from "./offer.js";

/** Keeps what a page found; gives a sentence that says why it could not, or null. */
export type Keep = () => Promise<string | null>;

/** A line that is told what to keep, or what is wrong. */
export type KeepNote = HTMLElement & {
  keep(work: Keep): Promise<void>;
  /** Null where nothing is wrong. */
  tell(problem: string | null): void;
};

/**
 * Says why what the page found could not be kept, with a button to try again; hidden while there is
 * nothing to say.
 *
 * @param action the button's words
 */
export function keepNote({action = "Keep them now"} = {}): KeepNote {
  let work: Keep | null = null;
  const message = element("p", {class: "obs-error", role: "alert"});
  const again = element("button", {type: "button", onclick: () => void attempt()}, action);
  const node = element("div", {class: "obs-keep", hidden: true}, message, again);
  const tell = (problem: string | null) => {
    if (problem === null) handOn(node);
    node.hidden = problem === null;
    message.textContent = problem ?? "";
  };

  async function attempt(): Promise<void> {
    const asked = work;
    offer(again, false);
    const problem = (await asked?.()) ?? null;
    if (asked !== work) return; // something newer is to be kept
    offer(again, true);
    tell(problem);
  }

  return Object.assign(node, {
    tell,
    keep(asked: Keep) {
      work = asked;
      return attempt();
    }
  });
}
