/**
 * The offer to go on with the run that this browser keeps, drawn as soon as the page is read up to its
 * place: cells run only after every script of the page is there, and late where another tab trains.
 */
import {earlyEvents, type ListenLate} from "./components/earlyEvents.js";
import {restoreNote, type RestoreNote} from "./components/restoreNote.js";
import {offeredRun} from "./lib/engine/offeredRun.js";
import {whenReleased} from "./lib/engine/runLock.js";

/** The offer as it stands in the page, for the page's cells to answer. */
export interface KeptOffer {
  /** Hidden where nothing is kept. */
  offer: RestoreNote;
  /** Hears what the reader chose, before the cells ran, too. */
  whenAccepted: ListenLate<Event>;
}

declare global {
  /** Of whichever came first: the script in the page's head, or the module that its cells import. */
  var albertOffer: Promise<KeptOffer> | undefined;
}

/** Settled once the offer stands in its place. */
export const keptOffer: Promise<KeptOffer> = (globalThis.albertOffer ??= draw());

async function draw(): Promise<KeptOffer> {
  const place = placed("kept-run");
  const find = () => offeredRun(location.search).catch(() => null);
  const kept = await find();
  // made while the style sheet is waited for: the first date that a page writes takes long
  const offer = restoreNote(kept);
  const whenAccepted = earlyEvents(offer, "input");
  if (kept?.isInUse) {
    // the tab may close; and a page that is loaded anew comes before its last one has let go
    const waiting = new AbortController();
    offer.addEventListener("input", () => waiting.abort());
    void whenReleased(kept.id, waiting.signal).then(async () => {
      const free = await find();
      if (free && !waiting.signal.aborted) offer.update(free);
    });
  }
  (await place).replaceWith(offer);
  return {offer, whenAccepted};
}

/** The element of that id, as soon as the document is read up to there. */
function placed(id: string): Promise<HTMLElement> {
  return new Promise((resolve) => {
    const look = () => {
      const place = document.getElementById(id);
      if (!place) return;
      reading.disconnect();
      resolve(place);
    };
    const reading = new MutationObserver(look);
    reading.observe(document, {childList: true, subtree: true});
    look();
  });
}
