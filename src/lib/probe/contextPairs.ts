/** Minimal pairs in which other words decide a blank: by sound, tense, order, meaning or opinion. */
import {adjectiveGroups, badFeelings, goodFeelings} from "../corpus/lexicon/adjectives.js";
import {article, verbForms, type VerbForms} from "../corpus/morphology.js";
import {sentenceText} from "../corpus/text.js";
import type {DocumentTruth, SentenceTruth} from "../corpus/types.js";
import type {Random} from "../random.js";
import type {MinimalPair} from "./minimalPairs.js";

const mask = "[MASK]";

/** A sentence with other words at some places. */
function withWords({words}: SentenceTruth, changes: Readonly<Record<number, string>>): string {
  return sentenceText(words.map((word, i) => changes[i] ?? word));
}

/**
 * "[MASK] old trader" against "[MASK] young trader": the article goes by the sound of the word after it.
 * The other word is an adjective or noun that stands in such a place elsewhere.
 */
export function articlePairs(truth: readonly DocumentTruth[], random: Random): MinimalPair[] {
  const places = truth.flatMap(({sentences}) =>
    sentences.flatMap((sentence) =>
      sentence.words.flatMap((word, at) => {
        const next = at + 1;
        const isArticle = /^an?$/.test(word) && /^(?:ADJ|NOUN)$/.test(sentence.pos[next] ?? "");
        return isArticle
          ? [{sentence, at, next: sentence.words[next]!, pos: sentence.pos[next]!}]
          : [];
      })
    )
  );
  return places.flatMap(({sentence, at, next, pos}): MinimalPair[] => {
    const wanted = article(next);
    const others = places.filter((place) => place.pos === pos && article(place.next) !== wanted);
    if (others.length === 0) return [];
    const swapped = random.pick(others).next;
    return [
      {
        clean: withWords(sentence, {[at]: mask}),
        corrupted: withWords(sentence, {[at]: mask, [at + 1]: swapped}),
        answers: [wanted, article(swapped)]
      }
    ];
  });
}

const pastOf: Record<string, string> = {is: "was", are: "were", has: "had"};
const presentOf: Record<string, string> = {was: "is", were: "are", had: "has"};

/**
 * Two sentences of a document that is told in one tense throughout: the verb of the first, past or
 * present, decides the hidden auxiliary of the second.
 */
export function tensePairs(truth: readonly DocumentTruth[]): MinimalPair[] {
  return truth.flatMap(({sentences, tense}) =>
    sentences.slice(1).flatMap((second, i): MinimalPair[] => {
      const first = sentences[i]!;
      const swaps = tense === "past" ? presentOf : pastOf;
      const auxiliaries = second.words.flatMap((word, at) => (swaps[word] ? [at] : []));
      const verbs = second.pos.flatMap((tag, at) => (tag === "VERB" ? [at] : []));
      const verb = soleFiniteVerb(first, tense);
      if (verb === null || auxiliaries.length !== 1) return [];
      // No verb of its own may tell the tense: at most the participle that the auxiliary goes with.
      if (verbs.some((each) => second.heads[auxiliaries[0]!] !== each + 1)) return [];
      const other = inOtherTense(first, verb, tense);
      const [at] = auxiliaries as [number];
      const rest = withWords(second, {[at]: mask});
      const word = second.words[at]!;
      return [
        {
          clean: `${first.text} ${rest}`,
          corrupted: `${withWords(first, {[verb]: other})} ${rest}`,
          answers: [word, swaps[word]!]
        }
      ];
    })
  );
}

/** Where the verb that shows the tense stands, if it is the only one, and one whose forms differ. */
function soleFiniteVerb(sentence: SentenceTruth, tense: DocumentTruth["tense"]): number | null {
  const {words, pos, lemmas, number} = sentence;
  if (pos.filter((tag) => tag === "VERB" || tag === "AUX").length !== 1) return null;
  const at = pos.indexOf("VERB");
  if (at < 0) return null;
  const {base, third, past} = verbForms(lemmas[at]!);
  const isPast = tense === "past";
  const fits = isPast
    ? words[at] === past && past !== base
    : words[at] === third && number[at] !== "plur";
  return fits ? at : null;
}

function inOtherTense(
  {lemmas, heads, number, deprels}: SentenceTruth,
  at: number,
  tense: DocumentTruth["tense"]
): string {
  const {base, third, past} = verbForms(lemmas[at]!);
  if (tense === "present") return past;
  const subject = heads.findIndex((head, i) => head === at + 1 && deprels[i]!.startsWith("nsubj"));
  return subject >= 0 && number[subject] === "plur" ? base : third;
}

const objects: Record<string, string> = {he: "him", she: "her", they: "them"};

/**
 * The same words in another order: "Then [MASK] named the star" against "Named [MASK] then the star".
 * Before its verb a pronoun is a subject, after it an object.
 */
export function orderPairs(truth: readonly DocumentTruth[]): MinimalPair[] {
  return truth.flatMap(({sentences}) =>
    sentences.flatMap((sentence): MinimalPair[] => {
      const {words, pos} = sentence;
      const at = words.findIndex(
        (word, i) => i > 0 && objects[word] !== undefined && pos[i + 1] === "VERB"
      );
      if (at < 0 || pos[at - 1] === "PUNCT") return [];
      const [before, verb] = [words[at - 1]!, words[at + 1]!];
      const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
      const isFirst = at === 1;
      return [
        {
          clean: withWords(sentence, {[at]: mask}),
          corrupted: withWords(sentence, {
            [at]: mask,
            [at - 1]: isFirst ? capital(verb) : verb,
            [at + 1]: isFirst ? before.toLowerCase() : before
          }),
          answers: [words[at]!, objects[words[at]!]!]
        }
      ];
    })
  );
}

const prepositions = new Map(
  [...goodFeelings, ...badFeelings].map(({adjective, preposition}) => [adjective, preposition])
);

/** "happy [MASK] the soup" against "proud [MASK] the soup": with or of, as the adjective has it. */
export function prepositionPairs(truth: readonly DocumentTruth[], random: Random): MinimalPair[] {
  return truth.flatMap(({sentences}) =>
    sentences.flatMap((sentence) =>
      sentence.words.flatMap((word, at): MinimalPair[] => {
        const own = prepositions.get(word);
        if (own === undefined || sentence.words[at + 1] !== own) return [];
        const others = [...new Set(prepositions.values())].filter((each) => each !== own);
        return others.map((other) => {
          const fitting = [...prepositions].filter(([, preposition]) => preposition === other);
          return {
            clean: withWords(sentence, {[at + 1]: mask}),
            corrupted: withWords(sentence, {[at]: random.pick(fitting)[0], [at + 1]: mask}),
            answers: [own, other]
          };
        });
      })
    )
  );
}

interface VerbWithObject {
  sentence: SentenceTruth;
  verb: number;
  object: number;
}

function verbsWithObjects(truth: readonly DocumentTruth[]): VerbWithObject[] {
  return truth.flatMap(({sentences}) =>
    sentences.flatMap((sentence) =>
      sentence.words.flatMap((_, object): VerbWithObject[] => {
        const verb = sentence.heads[object]! - 1;
        const isObject = sentence.deprels[object] === "obj" && sentence.pos[object] === "NOUN";
        return isObject && sentence.pos[verb] === "VERB" ? [{sentence, verb, object}] : [];
      })
    )
  );
}

/** Which form of its lemma a verb is in; undefined where it is none. */
function formOf({words, lemmas}: SentenceTruth, verb: number): keyof VerbForms | undefined {
  if (verb < 0) return undefined;
  const forms = Object.entries(verbForms(lemmas[verb]!)) as [keyof VerbForms, string][];
  return forms.find(([, form]) => form === words[verb])?.[0];
}

/** The object that a verb has more often than all others together, by lemma. */
function favourites(found: readonly VerbWithObject[]): Map<string, string> {
  const counts = new Map<string, Map<string, number>>();
  for (const {sentence, verb, object} of found) {
    const objects = counts.get(sentence.lemmas[verb]!) ?? new Map<string, number>();
    counts.set(sentence.lemmas[verb]!, objects);
    objects.set(sentence.words[object]!, (objects.get(sentence.words[object]!) ?? 0) + 1);
  }
  const result = new Map<string, string>();
  for (const [lemma, objects] of counts) {
    const total = [...objects.values()].reduce((a, b) => a + b, 0);
    const [word, most] = [...objects].reduce((a, b) => (b[1] > a[1] ? b : a));
    if (total >= 3 && most > total / 2) result.set(lemma, word);
  }
  return result;
}

/** "casts the [MASK]" against "bakes the [MASK]": nets or bread, as the verb is usually done to. */
export function objectPairs(truth: readonly DocumentTruth[], random: Random): MinimalPair[] {
  const found = verbsWithObjects(truth);
  const usual = favourites(found);
  return found.flatMap(({sentence, verb, object}): MinimalPair[] => {
    const {words, lemmas} = sentence;
    const word = words[object]!;
    const form = formOf(sentence, verb);
    const others = [...usual].filter(([, other]) => other !== word);
    if (verb > object || !form || usual.get(lemmas[verb]!) !== word || others.length === 0)
      return [];
    const [lemma, other] = random.pick(others);
    const swapped = verbForms(lemma)[form];
    return [
      {
        clean: withWords(sentence, {[object]: mask}),
        corrupted: withWords(sentence, {[verb]: swapped, [object]: mask}),
        answers: [word, other]
      }
    ];
  });
}

const gladly = ["smile", "laugh", "cheer", "sing"];
const sadly = ["sigh", "cry", "complain", "frown"];
const good = new Set(Object.values(adjectiveGroups).flatMap((group) => group.good));
const bad = new Set(Object.values(adjectiveGroups).flatMap((group) => group.bad));

/**
 * "He smiled because it was [MASK]" against "he sighed": the verb says whether it was wonderful or
 * terrible, which can be said of anything. A pair for each verb of the other kind.
 */
export function opinionPairs(truth: readonly DocumentTruth[]): MinimalPair[] {
  return truth.flatMap(({sentences}) =>
    sentences.flatMap((sentence): MinimalPair[] => {
      const {words, lemmas, pos, template} = sentence;
      if (template !== "opinion.because" || words.includes("not")) return [];
      const verb = lemmas.findIndex((lemma) => gladly.includes(lemma) || sadly.includes(lemma));
      const judged = words.findIndex(
        (word, i) =>
          i > words.indexOf("because") && pos[i] === "ADJ" && (good.has(word) || bad.has(word))
      );
      const form = formOf(sentence, verb);
      if (verb < 0 || judged < verb || !form) return [];
      const isGlad = gladly.includes(lemmas[verb]!);
      return (isGlad ? sadly : gladly).map((other) => ({
        clean: withWords(sentence, {[judged]: mask}),
        corrupted: withWords(sentence, {[verb]: verbForms(other)[form], [judged]: mask}),
        answers: isGlad ? ["wonderful", "terrible"] : ["terrible", "wonderful"]
      }));
    })
  );
}
