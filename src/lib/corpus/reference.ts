import {adjectiveGroup} from "./lexicon/nouns.js";
import {pickSkewed} from "./names.js";
import {
  amod,
  determiner,
  nameOf,
  noun,
  personAdjective,
  pronoun,
  type Case,
  type Nominal
} from "./nominal.js";
import type {Referent, Story} from "./story.js";
import {as, commas, join, single, type Phrase} from "./tree.js";

/** Options of {@link mention}. */
export interface MentionOptions {
  place?: Case;
  /** Whether a pronoun may be used, or must be if the referent is known; default true. */
  pronoun?: boolean | "always";
  /** Whose it is, for "her baskets". */
  owner?: Referent | null;
  /** Whether a new thing is spoken of as known, for want of an earlier sentence. */
  definite?: boolean;
  /** Whether a first mention may bring an apposition between commas; default true. */
  apposition?: boolean;
  /** Whether new things in the plural need a number or quantifier, as after "there are". */
  counted?: boolean;
}

const numerals = "two three four five six seven eight nine ten twelve twenty thirty forty".split(
  " "
);

/** Speaks of a referent: name, pronoun, "a young farmer", "the farmer", by what is known already. */
export function mention(story: Story, referent: Referent, options: MentionOptions = {}): Nominal {
  let phrase: Phrase;
  if (wantsPronoun(story, referent, options))
    phrase = pronoun(referent, options.place ?? "subject");
  else if (referent.sort === "location") phrase = nameOf(referent.name!, "LOC", referent.entityId);
  else if (referent.sort === "organisation") {
    phrase = join(nameOf(referent.name!, "ORG", referent.entityId), [determiner("the")]);
  } else if (referent === story.companion && referent.mentions === 0 && story.hero.mentions > 0) {
    phrase = relation(story, referent);
  } else if (referent.person) phrase = person(story, referent, options);
  else if (referent.mentions > 0 || referent.unique || options.definite) {
    phrase = known(story, referent, options);
  } else phrase = fresh(story, referent, options.counted ?? false);
  story.mention(referent);
  return {phrase, number: referent.number};
}

function wantsPronoun(story: Story, referent: Referent, options: MentionOptions): boolean {
  if (options.pronoun === "always" && referent.mentions > 0) return true;
  if (options.pronoun === false || !story.clear(referent)) return false;
  if (referent.sort === "place" || referent.sort === "organisation" || referent.sort === "location")
    return false;
  return story.chance(referent.lastSentence === story.sentence ? 0.9 : 0.62);
}

/** "Mara's brother Tolin", "her neighbour". */
function relation(story: Story, referent: Referent): Phrase {
  const {hero} = story;
  const owner =
    hero.person && hero.lastSentence !== story.sentence && !story.clear(hero)
      ? join(nameOf([hero.person.first], "PER", hero.entityId), [], [single("'s", "PART", "case")])
      : pronoun(hero, "possessive");
  referent.told = true;
  const kin = join(noun(referent.noun, "sing"), [as("nmod:poss", owner)]);
  if (!referent.person) return kin;
  return join(kin, [], [as("appos", nameOf([referent.person.first], "PER", referent.entityId))]);
}

/** A person with a name: what they are is said with the first mention, or not at all. */
function person(story: Story, referent: Referent, options: MentionOptions): Phrase {
  const {first, family} = referent.person!;
  if (referent.mentions > 0) {
    if (referent.told && story.chance(0.22))
      return join(noun(referent.noun, "sing"), [determiner("the")]);
    return nameOf([first], "PER", referent.entityId);
  }
  const choice = story.random.uniform();
  if (referent === story.hero && choice < 0.2)
    return nameOf([first, family], "PER", referent.entityId);
  referent.told = true;
  const role = join(noun(referent.noun, "sing"), [determiner("a"), personAdjective(story)]);
  if (choice < 0.6 && options.apposition !== false) {
    const name = nameOf(choice < 0.4 ? [first, family] : [first], "PER", referent.entityId);
    return join(name, [], [as("appos", commas(role))]);
  }
  const name = as("xcomp", nameOf([first], "PER", referent.entityId));
  return join(role, [], [join(single("named", "VERB", "acl", "name"), [], [name])]);
}

/** "the carrots", "her carrots", "these carrots". */
function known(story: Story, referent: Referent, {owner}: MentionOptions): Phrase {
  const core = noun(referent.noun, referent.number);
  const again = referent.mentions === 0 || story.chance(0.1);
  const adjective = referent.adjective && again ? amod(referent.adjective) : null;
  const isPlainThing =
    !referent.unique && (referent.sort === "thing" || referent.sort === "things");
  if (isPlainThing && referent.mentions > 0) {
    if (owner && owner === referent.owner && story.clear(owner) && story.chance(0.25)) {
      return join(core, [pronoun(owner, "possessive"), adjective]);
    }
    if (story.chance(0.05)) {
      return join(core, [determiner(referent.number === "plur" ? "these" : "this"), adjective]);
    }
  }
  return join(core, [determiner("the"), adjective]);
}

/** "a young farmer", "twelve old crates", "some flour". */
function fresh(story: Story, referent: Referent, counted: boolean): Phrase {
  const core = noun(referent.noun, referent.number);
  const adjective = referent.adjective ? amod(referent.adjective) : null;
  if (referent.sort === "person") {
    referent.told = true;
    return join(core, [determiner("a"), adjective ?? personAdjective(story)]);
  }
  if (referent.sort === "mass") {
    return join(core, [counted || story.chance(0.3) ? determiner("some") : null, adjective]);
  }
  if (referent.number === "sing") return join(core, [determiner("a"), adjective]);
  const choice = counted ? story.random.int(5) : story.random.int(11);
  if (choice < 2)
    return join(core, [single(pickSkewed(story.random, numerals), "NUM", "nummod"), adjective]);
  if (choice === 2) return join(core, [determiner("some"), adjective]);
  if (choice === 3) return join(core, [single("several", "ADJ", "amod"), adjective]);
  if (choice === 4) return join(core, [single("many", "ADJ", "amod"), adjective]);
  return join(core, [adjective]);
}

/** Whether things of this noun are worth an opinion: not limbs, prices and the like. */
export function isJudgeable(referent: Referent): boolean {
  if (referent.sort === "group") return false;
  if (/^(?:money|price|water|floor|ground|key|door|soil|table|rain)$/.test(referent.noun))
    return false;
  return !/^(?:body|trouble)$/.test(adjectiveGroup(referent.noun));
}
