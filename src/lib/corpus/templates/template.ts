import {adverbial, clause, type VerbGroup} from "../clause.js";
import {adverb as adverbOf} from "../morphology.js";
import {manners} from "../lexicon/adjectives.js";
import {chunk, prepositional, type Nominal} from "../nominal.js";
import {mention, type MentionOptions} from "../reference.js";
import {pickSkewed} from "../names.js";
import type {EventInstance, Referent, Story} from "../story.js";
import {as, comma, join, single, type Phrase} from "../tree.js";
import type {Sentiment} from "../types.js";

/** What a template makes: a clause without its end mark. */
export interface Draft {
  clause: Phrase;
  sentiment?: Sentiment;
  end?: string;
}

/** A sentence pattern that stands on its own. */
export interface Template {
  name: string;
  weight: number;
  /** Makes the clause, or returns null, without having changed the story, where it does not fit. */
  make(story: Story): Draft | Phrase | null;
}

/** A sentence pattern that tells one or more events. */
export interface EventTemplate {
  name: string;
  weight: number;
  /** How many events it tells. */
  events: 1 | 2 | 3;
  make(story: Story, events: readonly EventInstance[]): Draft | Phrase | null;
}

/** A template that tells one event. */
export function one(
  name: string,
  weight: number,
  make: (story: Story, event: EventInstance) => Draft | Phrase | null
): EventTemplate {
  return {name, weight, events: 1, make: (story, [event]) => make(story, event!)};
}

/** Whether people do it. */
export function isPersonal({subject}: EventInstance): boolean {
  return subject.sort === "person" || subject.sort === "group";
}

/** The verb group of the story's own time. */
export function now(story: Story): VerbGroup {
  return story.tense;
}

/** The verb group of what was before. */
export function earlier(story: Story): VerbGroup {
  return story.tense === "past" ? "pastPerfect" : "perfect";
}

/** The verb group of what goes on. */
export function ongoing(story: Story): VerbGroup {
  return story.tense === "past" ? "pastProgressive" : "presentProgressive";
}

/** The verb group of what is still to come. */
export function later(story: Story): VerbGroup {
  return story.tense === "past" ? "would" : "will";
}

/** Options of {@link tell}. */
export interface TellOptions {
  group?: VerbGroup;
  /** The subject, already spoken of; null where it is understood; default: the event's own. */
  subject?: Nominal | null;
  /** How the subject is spoken of. */
  mention?: MentionOptions;
  before?: (Phrase | null)[];
  passive?: boolean;
  /** Whether to say where, with what, to whom; default true. */
  obliques?: boolean;
  /** Whether to say how, with some probability; default true. */
  manner?: boolean;
}

/** The prepositional phrases of an event. */
export function obliquesOf(story: Story, event: EventInstance): Phrase[] {
  return event.obliques.map(({preposition, referent}) =>
    prepositional(
      preposition,
      mention(story, referent, {place: "object", apposition: false}).phrase
    )
  );
}

/** The clause of an event. Phrases are made in the order in which they are read. */
export function tell(story: Story, event: EventInstance, options: TellOptions = {}): Phrase {
  const {passive = false, group = now(story), before = []} = options;
  if (passive) {
    const subject = mention(story, event.object!, {pronoun: true});
    const after = obliquesOf(story, event);
    const agent = {place: "object", pronoun: false, apposition: false} as const;
    after.push(prepositional("by", mention(story, event.subject, agent).phrase));
    return clause({before, subject, verb: event.verb, group, passive, after});
  }
  const subject =
    options.subject === undefined
      ? mention(story, event.subject, options.mention)
      : options.subject;
  let how: Phrase | null = null;
  let last: Phrase | null = null;
  if (options.manner !== false && event.willed && event.object && story.chance(0.16)) {
    how = adverbial(adverbOf(pickSkewed(story.random, manners)));
  } else if (
    event.adverb &&
    (!event.object || (options.manner !== false && story.chance(0.5))) &&
    !(before.length > 0 && /^(?:early|late)$/.test(event.adverb))
  ) {
    last = adverbial(event.adverb);
  }
  if (event.object?.mentions === 0) event.object.owner = event.subject;
  const object = event.object
    ? mention(story, event.object, {place: "object", owner: event.subject, apposition: false})
        .phrase
    : null;
  const after = options.obliques === false ? [] : obliquesOf(story, event);
  return clause({
    before,
    subject,
    verb: event.verb,
    group,
    adverb: how,
    object,
    after: last ? (event.object ? [...after, last] : [last, ...after]) : after
  });
}

const openings = [
  "first/ADV",
  "at/ADP first",
  "in/ADP the/DET morning",
  "early/ADJ one/NUM morning"
];
const middles = [
  "then/ADV",
  "next/ADV",
  "soon/ADV",
  "later/ADV",
  "afterwards/ADV",
  "after/ADP that",
  "the/DET next/ADJ day",
  "in/ADP the/DET afternoon",
  "an/NUM hour later",
  "two/NUM days later",
  "a/NUM week later",
  "at/ADP noon",
  "a/NUM little later",
  "the/DET following/ADJ morning"
];
const closings = [
  "finally/ADV",
  "at/ADP last",
  "in/ADP the/DET end",
  "in/ADP the/DET evening",
  "eventually/ADV"
];

/** A phrase for when an event happens, by its place in the script: "first", "then", "finally". */
export function whenPhrase(story: Story, event: EventInstance): Phrase {
  return timePhrase(whenText(story, event));
}

/** The notation of a phrase for when an event happens; see {@link timePhrase}. */
export function whenText(story: Story, event: EventInstance): string {
  const last = story.events.length - 1;
  const pool = event.index === 0 ? openings : event.index >= last ? closings : middles;
  let when = pickSkewed(story.random, pool);
  for (let i = 0; i < 6 && when === story.lastTime; ++i) when = pickSkewed(story.random, pool);
  story.lastTime = when;
  return when;
}

/** A time phrase from its notation; see nominal.ts, chunk. */
export function timePhrase(text: string): Phrase {
  if (text.endsWith("/ADV")) return adverbial(text.slice(0, -4));
  if (text.endsWith(" later")) {
    const [number, unit] = text.slice(0, -6).split(" ") as [string, string];
    const amount = number.split("/")[0]!;
    const isArticle = amount === "a" || amount === "an";
    const measure =
      unit === "little"
        ? as("advmod", join(single("little", "ADV"), [single("a", "DET", "det")]))
        : chunk(`${amount}/${isArticle ? "DET" : "NUM"} ${unit}`, "obl");
    return join(adverbial("later"), [measure]);
  }
  if (text === "after/ADP that")
    return prepositional("after", single("that", "PRON", "obl", "that", "sing"));
  if (text === "at/ADP first" || text === "at/ADP last") {
    return as("obl", join(single(text.slice(7), "ADJ"), [single("at", "ADP", "case")]));
  }
  return chunk(text);
}

/** A time phrase in front, with or without its comma. */
export function fronted(story: Story, phrase: Phrase): Phrase {
  return phrase.tokens.length > 1 || story.chance(0.5) ? comma(phrase) : phrase;
}

/** Somebody other than the event's subject: the companion, or a new person of the crowd. */
export function bystander(story: Story, event: EventInstance): Referent {
  return event.subject === story.companion ? story.hero : story.companion;
}

/** Picks a template by weight among those that fit. */
export function choose<T extends {weight: number}>(story: Story, templates: readonly T[]): T {
  let total = 0;
  for (const template of templates) total += template.weight;
  let at = story.random.uniform() * total;
  for (const template of templates) {
    at -= template.weight;
    if (at < 0) return template;
  }
  return templates.at(-1)!;
}
