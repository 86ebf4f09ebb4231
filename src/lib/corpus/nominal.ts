import {adjectiveGroups} from "./lexicon/adjectives.js";
import {adjectiveGroup} from "./lexicon/nouns.js";
import {pickSkewed} from "./names.js";
import {plural} from "./morphology.js";
import {pronounClass, type Referent, type Story} from "./story.js";
import {as, join, single, token, type Phrase} from "./tree.js";
import type {EntityType, GrammaticalNumber} from "./types.js";

/** A noun phrase and its number, which its verb agrees with. */
export interface Nominal {
  phrase: Phrase;
  number: GrammaticalNumber;
  /** Relation to the verb where it is not a subject in its own right: "expl". */
  rel?: string;
}

/** Grammatical place of a noun phrase. */
export type Case = "subject" | "object";

const pronouns = {
  she: {subject: "she", object: "her", possessive: "her"},
  he: {subject: "he", object: "him", possessive: "his"},
  it: {subject: "it", object: "it", possessive: "its"},
  they: {subject: "they", object: "them", possessive: "their"}
};

/** A determiner. */
export function determiner(form: string): Phrase {
  return single(form, "DET", "det");
}

/** An attributive adjective. */
export function amod(adjective: string): Phrase {
  return single(adjective, "ADJ", "amod");
}

/** A pronoun that stands for nothing in the story: "it", "there", "everyone", "who". */
export function indefinite(
  form: string,
  number: GrammaticalNumber = "sing",
  rel?: string
): Nominal {
  const marked = form === "there" || form === "who" || form === "that" ? null : number;
  const phrase = single(form, "PRON", "nsubj", form, marked);
  return rel === undefined ? {phrase, number} : {phrase, number, rel};
}

/** A noun with the number given; `starting_line` is a compound. */
export function noun(lemma: string, number: GrammaticalNumber): Phrase {
  const parts = lemma.split("_");
  const last = parts.at(-1)!;
  const head = single(number === "plur" ? plural(last) : last, "NOUN", "dep", last, number);
  return join(
    head,
    parts.slice(0, -1).map((part) => single(part, "NOUN", "compound", part, "sing"))
  );
}

/** A personal pronoun for the referent. */
export function pronoun(referent: Referent, place: Case | "possessive"): Phrase {
  const kind = pronounClass(referent);
  return single(
    pronouns[kind][place],
    "PRON",
    place === "possessive" ? "nmod:poss" : "dep",
    kind,
    referent.number
  );
}

/** A name as a flat phrase, its words marked as one entity. */
export function nameOf(words: readonly string[], type: EntityType, id: number): Phrase {
  const tokens = words.map((form, i) => {
    const word = token(form, "PROPN", i === 0 ? "dep" : "flat", form, "sing");
    word.entity = {type, id, first: i === 0};
    return word;
  });
  for (const word of tokens.slice(1)) word.head = tokens[0]!;
  return {tokens, head: tokens[0]!};
}

/** An adjective for a person, or null. */
export function personAdjective(story: Story, probability = 0.45): Phrase | null {
  return story.chance(probability)
    ? amod(pickSkewed(story.random, adjectiveGroups.person!.plain))
    : null;
}

/** A thing said to be new or known, without becoming part of the story. */
export function plainNominal(
  lemma: string,
  number: GrammaticalNumber,
  article: "a" | "the" | null,
  adjective: string | null = null
): Nominal {
  return {
    phrase: join(noun(lemma, number), [
      article ? determiner(article) : null,
      adjective ? amod(adjective) : null
    ]),
    number
  };
}

/** A plain adjective that suits the noun. */
export function plainAdjective(story: Story, lemma: string): string {
  return pickSkewed(story.random, adjectiveGroups[adjectiveGroup(lemma)]!.plain);
}

/** A prepositional phrase; the noun is the head, the preposition its case mark. */
export function prepositional(
  preposition: string,
  phrase: Phrase,
  rel: "obl" | "nmod" = "obl"
): Phrase {
  const parts = preposition.split(" ");
  return as(
    rel,
    join(
      phrase,
      parts.map((part) => single(part, "ADP", "case"))
    )
  );
}

/** Two noun phrases joined by "and"; together they are plural. */
export function both(a: Nominal, b: Nominal): Nominal {
  const second = join(b.phrase, [single("and", "CCONJ", "cc")]);
  return {phrase: join(a.phrase, [], [as("conj", second)]), number: "plur"};
}

/** "Mara's" before a noun. */
export function genitive(phrase: Phrase): Phrase {
  return as("nmod:poss", join(phrase, [], [single("'s", "PART", "case")]));
}

/** A fixed phrase, written `in/ADP the/DET early/ADJ morning`; the last word without a tag is its noun. */
export function chunk(text: string, rel = "obl"): Phrase {
  const relations: Record<string, string> = {
    ADP: "case",
    DET: "det",
    ADJ: "amod",
    NUM: "nummod",
    NOUN: "compound"
  };
  const parts = text
    .split(" ")
    .map((part) => part.split("/") as [string, ("ADP" | "DET" | "ADJ" | "NUM" | "NOUN")?]);
  const at = parts.findIndex(([, tag]) => tag === undefined);
  const [form] = parts[at]!;
  const isPlural = form.endsWith("s") && form.length > 3;
  const head = single(
    form,
    "NOUN",
    rel,
    isPlural ? form.slice(0, -1) : form,
    isPlural ? "plur" : "sing"
  );
  const modifiers = parts
    .slice(0, at)
    .map(([word, tag]) => (tag ? single(word, tag, relations[tag]) : null));
  return join(head, modifiers);
}
