import type {Random} from "../random.js";
import {adjectiveGroups} from "./lexicon/adjectives.js";
import {adjectiveGroup, nounClass} from "./lexicon/nouns.js";
import {organisationName, personName, pickSkewed, placeName, type PersonName} from "./names.js";
import type {Role, Script, Step, Topic} from "./script.js";
import type {GrammaticalNumber, Sentiment} from "./types.js";

/** Somebody or something that a document talks about. */
export interface Referent {
  sort: "person" | "group" | "thing" | "things" | "mass" | "place" | "location" | "organisation";
  /** Lemma of the common noun. */
  noun: string;
  number: GrammaticalNumber;
  gender: "f" | "m" | null;
  person: PersonName | null;
  /** Words of a location's or organisation's name. */
  name: string[] | null;
  /** Index among the document's named entities, −1 without a name. */
  entityId: number;
  /** Whether it is known from the start: "the kitchen". */
  unique: boolean;
  /** An adjective of its first mention. */
  adjective: string | null;
  /** Who brought it into the story. */
  owner: Referent | null;
  /** Whether a person's role has been said, so that "the farmer" can be understood. */
  told: boolean;
  mentions: number;
  lastSentence: number;
}

/** An event of the document: a step of the script with its participants. */
export interface EventInstance {
  index: number;
  subject: Referent;
  verb: string;
  object: Referent | null;
  obliques: {preposition: string; referent: Referent}[];
  adverb: string | null;
  reason: {referent: Referent; adjective: string} | null;
  willed: boolean;
}

const gendered: Record<string, "f" | "m"> = Object.fromEntries([
  ..."girl widow mother milkmaid seamstress duchess bride sister aunt daughter niece grandmother"
    .split(" ")
    .map((noun) => [noun, "f"]),
  ..."boy dairyman fisherman craftsman postman policeman brother uncle son nephew grandfather"
    .split(" ")
    .map((noun) => [noun, "m"])
]);

/** Everything that one document remembers while it is written. */
export class Story {
  readonly random: Random;
  readonly topic: Topic;
  readonly script: Script;
  readonly tense: "past" | "present";
  readonly mood: Sentiment;
  readonly hero: Referent;
  readonly town: Referent;
  readonly organisation: Referent | null;
  readonly companion: Referent;
  readonly events: EventInstance[];
  sentence = 0;
  /** The time phrase used last, so that it is not used twice in a row. */
  lastTime = "";
  #entities = 0;
  readonly #roles = new Map<string, Referent>();
  readonly #nouns = new Set<string>();
  readonly #places: Referent[] = [];
  #recent: Referent[] = [];

  constructor(
    random: Random,
    topic: Topic,
    script: Script,
    plan: {tense: "past" | "present"; mood: Sentiment}
  ) {
    this.random = random;
    this.topic = topic;
    this.script = script;
    this.tense = plan.tense;
    this.mood = plan.mood;
    this.town = this.#make("location", "town");
    this.town.name = placeName(random);
    this.town.entityId = this.#entities++;
    this.hero = this.role("A");
    this.organisation = random.uniform() < 0.6 ? this.newOrganisation() : null;
    this.events = script.steps.map((step, index) => this.#instance(step, index));
    this.companion = this.newPerson(
      nounClass(random.uniform() < 0.6 ? "friend" : "relative").nouns,
      0.85
    );
  }

  chance(probability: number): boolean {
    return this.random.uniform() < probability;
  }

  #make(sort: Referent["sort"], noun: string): Referent {
    return {
      sort,
      noun,
      number: sort === "group" || sort === "things" ? "plur" : "sing",
      gender: null,
      person: null,
      name: null,
      entityId: -1,
      unique: false,
      adjective: null,
      owner: null,
      told: false,
      mentions: 0,
      lastSentence: -9
    };
  }

  /** A new person with one of the role nouns, named with the given probability. */
  newPerson(nouns: readonly string[], named: number): Referent {
    const referent = this.#make("person", this.#unused(nouns));
    const name = personName(this.random);
    const gender = gendered[referent.noun];
    while (gender && name.gender !== gender) Object.assign(name, personName(this.random));
    referent.gender = name.gender;
    if (this.chance(named)) {
      referent.person = name;
      referent.entityId = this.#entities++;
    }
    return referent;
  }

  /** A new organisation of the topic. */
  newOrganisation(): Referent {
    const referent = this.#make("organisation", "company");
    referent.name = organisationName(this.random, this.topic.organisations);
    referent.entityId = this.#entities++;
    return referent;
  }

  /** A new thing from a noun class of the topic's surroundings, or of the class given. */
  newThing(className?: string, number?: GrammaticalNumber): Referent {
    const {nouns, mass} = nounClass(className ?? this.random.pick(this.topic.props));
    const plural = number ? number === "plur" : this.chance(0.4);
    const referent = this.#make(mass ? "mass" : plural ? "things" : "thing", this.#unused(nouns));
    this.#describe(referent, 0.4);
    return referent;
  }

  /** A noun that this document has not used yet, if there is one. */
  #unused(nouns: readonly string[]): string {
    let noun = pickSkewed(this.random, nouns);
    for (let i = 0; i < 6 && this.#nouns.has(noun); ++i) noun = this.random.pick(nouns);
    this.#nouns.add(noun);
    return noun;
  }

  /** Something to be seen around, that nobody need own. */
  newSight(number?: GrammaticalNumber): Referent {
    return this.newThing(this.random.pick(this.topic.sights), number);
  }

  /** A thing by its noun, known from the start. */
  uniqueThing(noun: string, plural = false): Referent {
    const referent = this.#make(plural ? "things" : "thing", noun);
    referent.unique = true;
    return referent;
  }

  /** A common place of the topic, or near it: most often one that was there already. */
  somePlace(): Referent {
    if (this.#places.length > 0 && this.chance(0.45)) return this.random.pick(this.#places);
    const nouns = this.chance(0.5)
      ? this.topic.places
      : nounClass(this.chance(0.5) ? "building" : "landform").nouns;
    const referent = this.#make("place", this.#unused(nouns));
    referent.unique = true;
    this.#describe(referent, 0.3);
    this.#places.push(referent);
    return referent;
  }

  #describe(referent: Referent, probability: number): void {
    if (!this.chance(probability)) return;
    const group =
      referent.sort === "group"
        ? "person"
        : referent.sort === "mass" &&
            !/^(?:material|liquid|cloth)$/.test(adjectiveGroup(referent.noun))
          ? "mass"
          : adjectiveGroup(referent.noun);
    referent.adjective = pickSkewed(this.random, adjectiveGroups[group]!.plain);
  }

  /** Who or what fills a role of the script. */
  role(name: string): Referent {
    let referent = this.#roles.get(name);
    if (!referent) {
      referent = name.startsWith("$")
        ? this.uniqueThing(name.slice(1))
        : this.#cast(this.script.roles.get(name)!, name === "A");
      this.#roles.set(name, referent);
    }
    return referent;
  }

  #cast({sort, nouns}: Role, hero: boolean): Referent {
    if (sort === "person") {
      if (hero && this.chance(0.15)) sort = "people";
      else return this.newPerson(nouns, hero ? 0.8 : 0.35);
    }
    const noun = this.#unused(nouns);
    const sorts = {
      people: "group",
      thing: "thing",
      things: "things",
      mass: "mass",
      place: "place",
      the: "thing"
    } as const;
    const referent = this.#make(sorts[sort], noun);
    referent.unique = sort === "the" || sort === "place";
    if (sort !== "the")
      this.#describe(referent, sort === "mass" ? 0.15 : sort === "people" ? 0.3 : 0.45);
    return referent;
  }

  #instance(step: Step, index: number): EventInstance {
    const {reason} = step;
    const about =
      reason &&
      (this.script.roles.has(reason.about)
        ? this.role(reason.about)
        : this.uniqueThing(reason.about, reason.plural));
    return {
      index,
      subject: this.role(step.subject),
      verb: pickSkewed(this.random, step.verbs),
      object: step.object ? this.role(step.object) : null,
      obliques: step.obliques.map(({preposition, role}) => ({
        preposition,
        referent: this.role(role)
      })),
      adverb: step.adverbs.length > 0 ? this.random.pick(step.adverbs) : null,
      reason:
        reason && about ? {referent: about, adjective: this.random.pick(reason.adjectives)} : null,
      willed: step.willed
    };
  }

  /** Notes that a referent is spoken of now. */
  mention(referent: Referent): void {
    referent.mentions++;
    referent.lastSentence = this.sentence;
    const at = this.#recent.indexOf(referent);
    if (at >= 0) this.#recent.splice(at, 1);
    this.#recent.push(referent);
    if (this.#recent.length > 8) this.#recent.shift();
  }

  /** Whether a pronoun can only mean this referent: it was named lately and nothing like it was. */
  clear(referent: Referent): boolean {
    if (referent.mentions === 0 || referent.lastSentence < this.sentence - 1) return false;
    const wanted = pronounClass(referent);
    if (
      referent.lastSentence === this.sentence &&
      referent.sort !== "person" &&
      referent.sort !== "group"
    ) {
      return this.#recent.findLast((other) => pronounClass(other) === wanted) === referent;
    }
    return !this.#recent.some(
      (other) =>
        other !== referent &&
        other.lastSentence >= this.sentence - 1 &&
        pronounClass(other) === wanted
    );
  }

  /** Things and people of the script that were mentioned lately, the last first. */
  get recent(): readonly Referent[] {
    return this.#recent;
  }
}

/** Which pronoun a referent takes. */
export function pronounClass(referent: Referent): "she" | "he" | "it" | "they" {
  if (referent.number === "plur") return "they";
  return referent.gender === "f" ? "she" : referent.gender === "m" ? "he" : "it";
}
