/** Lesson: what is learned first from guessing hidden pieces. */
import {InputError} from "../errors.js";
import {corpusText, generateCorpus} from "../corpus/index.js";
import type {EngineHandle} from "../engine/calls.js";
import {wilsonInterval} from "../engine/baseline.js";
import type {Recipe} from "../recipe/recipe.js";
import type {Lesson} from "./desk.js";

/** How many of the hidden words of one kind were guessed right at a step. */
export interface GuessCount {
  step: number;
  right: number;
  n: number;
}

export interface MasksResult {
  recipe: Recipe;
  /** Words that are among the commonest of the training text, and all others. */
  common: GuessCount[];
  rare: GuessCount[];
  /** The commonest words, in order of frequency. */
  commonest: string[];
}

/** One word of a sentence that is hidden and asked for. */
export interface HiddenWord {
  text: string;
  word: string;
  isCommon: boolean;
}

const commonWords = 20;
const sentencesAsked = 60;

const wordsOf = (sentence: string): string[] => sentence.toLowerCase().match(/[a-z]+/g) ?? [];

/** The commonest words of a text, most frequent first. */
export function commonestWords(text: string, most = commonWords): string[] {
  const counts = new Map<string, number>();
  for (const word of wordsOf(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))
    .slice(0, most)
    .map(([word]) => word);
}

/**
 * Hides one common and one rare word of each sentence, by turns the first, second, … of its kind, so
 * that every place of a sentence is asked for.
 *
 * @param isKnown whether a word is one piece of the vocabulary: others no single guess can hit
 */
export function hideWords(
  sentences: readonly string[],
  common: ReadonlySet<string>,
  isKnown: (word: string) => boolean
): HiddenWord[] {
  return sentences.flatMap((sentence, i) =>
    [true, false].flatMap((isCommon) => {
      const places = [...sentence.matchAll(/[A-Za-z]+/g)].filter(([word]) => {
        const small = word.toLowerCase();
        return common.has(small) === isCommon && isKnown(small);
      });
      if (places.length === 0) return [];
      const {0: word, index} = places[i % places.length]!;
      const text = `${sentence.slice(0, index)}[MASK]${sentence.slice(index + word.length)}`;
      return [{text, word: word.toLowerCase(), isCommon}];
    })
  );
}

/** The steps at which the model is asked: the first, the last, and some between. */
export function askedSteps(steps: number): number[] {
  const shares = [0, 0.03, 0.1, 0.25, 0.5, 1];
  return [...new Set(shares.map((share) => Math.round(share * steps)))];
}

/** The guesses at every hidden word, counted by kind. */
async function ask(
  engine: EngineHandle,
  hidden: readonly HiddenWord[],
  step: number
): Promise<{common: GuessCount; rare: GuessCount}> {
  const count = {common: {step, right: 0, n: 0}, rare: {step, right: 0, n: 0}};
  for (const {text, word, isCommon} of hidden) {
    const {blanks} = await engine.call("fill", {text, pair: null});
    const kind = isCommon ? count.common : count.rare;
    kind.n += 1;
    kind.right += Number(blanks[0]!.top[0]!.piece === `\u2581${word}`);
  }
  return count;
}

/**
 * Whether the shares of two counts differ: the sign of their difference where its 95% interval
 * (Newcombe's, from Wilson's intervals of both) leaves out 0, else 0.
 */
export function compareCounts(a: Omit<GuessCount, "step">, b: Omit<GuessCount, "step">): number {
  if (a.n === 0 || b.n === 0) return 0;
  const [p, q] = [a.right / a.n, b.right / b.n];
  const [[lowA, highA], [lowB, highB]] = [
    wilsonInterval(a.right, a.n),
    wilsonInterval(b.right, b.n)
  ];
  const low = p - q - Math.hypot(p - lowA, highB - q);
  const high = p - q + Math.hypot(highA - p, q - lowB);
  return low > 0 ? 1 : high < 0 ? -1 : 0;
}

/** Right guesses over all the steps but the first, where nothing is learned yet. */
function afterStart(counts: readonly GuessCount[]): Omit<GuessCount, "step"> {
  const later = counts.filter(({step}) => step > 0);
  return {
    right: later.reduce((sum, {right}) => sum + right, 0),
    n: later.reduce((sum, {n}) => sum + n, 0)
  };
}

/** The lesson by a recipe: its text, model and number of steps. */
export function masksLesson(recipe: Recipe): Lesson<MasksResult, string> {
  return {
    id: "masks",
    async experiment(engine, report, signal) {
      const source = {kind: "recipe"} as const;
      await engine.call("prepare", {recipe, source}, {signal, onProgress: report});
      const documents = "generate" in recipe.corpus ? recipe.corpus.generate.documents : 200;
      const commonest = commonestWords(corpusText(generateCorpus({documents, seed: recipe.seed})));
      // documents of another seed: the model never trains on them
      const other = generateCorpus({documents: sentencesAsked, seed: recipe.seed + 1});
      const asked = other.documents.map((sentences, i) => sentences[i % sentences.length]!);
      const isKnown = new Map<string, boolean>();
      for (const word of new Set(asked.flatMap(wordsOf))) {
        const {pieces} = await engine.call("tokenize", {text: word});
        isKnown.set(word, pieces.length === 1);
      }
      const known = (word: string) => isKnown.get(word) ?? false;
      const hidden: HiddenWord[] = [];
      for (const each of hideWords(asked, new Set(commonest), known)) {
        const {pieces} = await engine.call("tokenize", {text: each.text});
        // with [CLS] and [SEP], no longer than what the model was made for
        if (pieces.length + 2 <= recipe.model.max_position_embeddings) hidden.push(each);
      }
      const result: MasksResult = {recipe, common: [], rare: [], commonest};
      for (const step of askedSteps(recipe.steps)) {
        const onProgress = (value: {kind: string; rows?: {step: number}[]}) => {
          if (value.kind !== "steps") return;
          const at = value.rows!.at(-1)!.step;
          report({phase: `step ${at} of ${recipe.steps}`, fraction: at / recipe.steps});
        };
        if (step > 0) await engine.call("train", {until: step}, {signal, onProgress});
        if (signal.aborted) return null;
        const {common, rare} = await ask(engine, hidden, step);
        result.common.push(common);
        result.rare.push(rare);
        if (signal.aborted) return null;
      }
      return result;
    },
    supported({common, rare}) {
      const sign = compareCounts(afterStart(common), afterStart(rare));
      return sign > 0 ? "common" : sign < 0 ? "rare" : "same";
    },
    async verify(engine, text) {
      const blanks = text.match(/\[MASK\]/g)?.length ?? 0;
      if (blanks !== 1)
        throw new InputError(`your sentence holds ${blanks} [MASK] (expected exactly one)`);
      const result = await engine.call("fill", {text, pair: null});
      const {piece, probability} = result.blanks[0]!.top[0]!;
      const percent = `${(100 * probability).toFixed(0)}%`;
      return {
        isRight: probability > 0.5,
        words: `Its first guess is “${piece.replace("\u2581", "")}”, with ${percent}: ${
          probability > 0.5
            ? "what stands around the gap settles it."
            : "what stands around the gap leaves it open. What could stand in only one way?"
        }`
      };
    }
  };
}

/** The shares guessed right as curves, in percent, with Wilson's 95% intervals. */
export function guessCurves({common, rare}: MasksResult): {
  name: string;
  points: {x: number; y: number; low: number; high: number}[];
}[] {
  const curve = (name: string, counts: readonly GuessCount[]) => ({
    name,
    points: counts
      .filter(({n}) => n > 0)
      .map(({step, right, n}) => {
        const [low, high] = wilsonInterval(right, n);
        return {x: step, y: (100 * right) / n, low: 100 * low, high: 100 * high};
      })
  });
  return [curve("common words", common), curve("other words", rare)];
}
