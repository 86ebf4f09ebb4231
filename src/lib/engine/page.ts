/** What the pages have in common: one session, its backend from the address. */
import {errorMessage} from "../errors.js";
import {parseRecipe, type Recipe} from "../recipe/recipe.js";
import {openRoot} from "../store/files.js";
import {askPersistence} from "../store/persistence.js";
import {Engine, forcedBackend} from "./client.js";
import type {TextSource} from "./trainingCalls.js";
import type {MakeEngine} from "./heldEngine.js";
import {TrainingSession} from "./session.js";
import {SweepQueue} from "./sweepQueue.js";

/** A session whose worker starts when it is first needed, on the backend that the address asks for. */
export function pageSession(search: string, recipe: Recipe): TrainingSession<Engine> {
  const backend = forcedBackend(search);
  const make: MakeEngine<Engine> = (without, passed) => new Engine({backend, without, passed});
  const session = new TrainingSession(make, recipe);
  session.subscribe(({savedStep}) => {
    if (savedStep !== null) void askPersistence();
  });
  return session;
}

/** A sweep whose worker starts when it is first needed, and whose records this browser keeps. */
export function pageSweep(search: string): SweepQueue {
  const backend = forcedBackend(search);
  const queue = new SweepQueue({
    makeEngine: (without, passed) => new Engine({backend, without, passed}),
    openStore: async () => (await openRoot("sweeps")).folder("records")
  });
  queue.subscribe(({records}) => {
    if (records.length > 0) void askPersistence();
  });
  return queue;
}

/** What is wrong with a recipe as one sentence, or null. */
export function recipeProblem(recipe: Recipe): string | null {
  try {
    parseRecipe(recipe);
    return null;
  } catch (error) {
    return errorMessage(error);
  }
}

/** A text that the reader dropped, picked or pasted, or the recipe's own where there is none. */
export function sourceOf(
  given: {name: string; bytes: Uint8Array} | {name: string; text: string} | null | object
): TextSource {
  if (given && "bytes" in given) return {kind: "file", name: given.name, bytes: given.bytes};
  if (given && "text" in given) {
    const bytes = new TextEncoder().encode(given.text);
    return {kind: "file", name: given.name, bytes};
  }
  return {kind: "recipe"};
}

/** Where the text of a run comes from, in a few words. */
export function describeText({corpus, seed}: Recipe, source: TextSource): string {
  if (source.kind === "file") return source.name;
  if ("url" in corpus) return corpus.url;
  if ("path" in corpus) return `the file ${corpus.path}, which has to be given below`;
  const {documents, seed: own = seed} = corpus.generate;
  return `${documents.toLocaleString("en")} documents of the generated language, seed ${own}`;
}

/** Does what a button asks for: a new run takes up the recipe and the text that are chosen now. */
export function act(
  session: TrainingSession,
  action: "train" | "pause" | "step" | "reset",
  recipe: Recipe,
  source: TextSource
): void {
  if (action === "pause") return session.pause();
  if (action === "reset") return void session.reset(recipe, source);
  session.configure(recipe, source);
  void session[action]();
}
