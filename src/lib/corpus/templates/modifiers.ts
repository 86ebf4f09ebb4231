import {clause} from "../clause.js";
import {personVerbs, wearVerbs} from "../lexicon/verbs.js";
import {
  plainAdjective,
  plainNominal,
  prepositional,
  noun,
  determiner,
  genitive,
  nameOf
} from "../nominal.js";
import {mention} from "../reference.js";
import {pickSkewed} from "../names.js";
import type {Referent, Story} from "../story.js";
import {as, join, single, type Phrase} from "../tree.js";
import type {GrammaticalNumber} from "../types.js";
import {earlier, now} from "./template.js";

function relativizer(form: string, rel: string): Phrase {
  return single(form, "PRON", rel);
}

/** "in Brennick", "near the mill": where. */
export function somewhere(story: Story, rel: "obl" | "nmod" = "obl"): Phrase {
  if (story.chance(0.4)) {
    return prepositional(
      story.random.pick(["in", "near"]),
      mention(story, story.town, {place: "object"}).phrase,
      rel
    );
  }
  const place = mention(story, story.somePlace(), {place: "object"}).phrase;
  return prepositional(story.random.pick(["near", "beside", "behind", "near"]), place, rel);
}

/** "who lived near the mill": a relative clause about a person, its verb in the number given. */
export function personRelative(
  story: Story,
  number: GrammaticalNumber,
  about: Referent | null = null
): Phrase {
  const subject = {phrase: relativizer("who", "nsubj"), number};
  const group = now(story);
  switch (story.random.int(story.organisation ? 6 : 5)) {
    case 0:
      return as("acl:relcl", clause({subject, verb: "live", group, after: [somewhere(story)]}));
    case 1: {
      const from = prepositional("from", mention(story, story.town, {place: "object"}).phrase);
      return as("acl:relcl", clause({subject, verb: "come", group, after: [from]}));
    }
    case 2: {
      const thing = story.newThing("clothing", number);
      return as(
        "acl:relcl",
        clause({
          subject,
          verb: wearVerbs[0]!,
          group,
          object: mention(story, thing, {place: "object"}).phrase
        })
      );
    }
    case 3: {
      const other = about === story.companion ? story.hero : story.companion;
      const object = mention(story, other, {place: "object", apposition: false}).phrase;
      return as(
        "acl:relcl",
        clause({
          subject,
          verb: pickSkewed(story.random, personVerbs),
          group: story.chance(0.3) ? earlier(story) : group,
          object
        })
      );
    }
    case 4: {
      const thing = story.newThing();
      return as(
        "acl:relcl",
        clause({
          subject,
          verb: story.random.pick(["own", "carry", "need", "collect"]),
          group,
          object: mention(story, thing, {place: "object", pronoun: false}).phrase
        })
      );
    }
    default: {
      const place = prepositional(
        "for",
        mention(story, story.organisation!, {place: "object"}).phrase
      );
      return as("acl:relcl", clause({subject, verb: "work", group, after: [place]}));
    }
  }
}

/** "that the neighbour owned": an object relative about a thing; may hold another relative clause. */
export function thingRelative(story: Story, deep: boolean): Phrase {
  const person = story.newPerson(
    ["neighbour", "visitor", "merchant", "stranger", "student", "clerk", "guest"],
    0
  );
  const number: GrammaticalNumber = story.chance(0.4) ? "plur" : "sing";
  const who = plainNominal(
    person.noun,
    number,
    "the",
    story.chance(0.2) ? plainAdjective(story, "clerk") : null
  );
  if (deep) who.phrase = join(who.phrase, [], [personRelative(story, number)]);
  const verb = story.random.pick(["own", "buy", "find", "need", "borrow", "like", "sell"]);
  const group = verb === "own" || verb === "need" || verb === "like" ? now(story) : earlier(story);
  return as("acl:relcl", clause({before: [relativizer("that", "obj")], subject: who, verb, group}));
}

/**
 * A phrase between subject and verb whose noun has, more often than not, the other number: "with
 * two baskets" of a person, "near the mills" of a thing.
 */
export function attractor(story: Story, number: GrammaticalNumber, person: boolean): Phrase {
  const other: GrammaticalNumber = (number === "sing") === story.chance(0.65) ? "plur" : "sing";
  if (person && story.chance(0.6)) {
    const thing = story.newThing(
      story.random.pick(["container", "clothing", "pet", "document"]),
      other
    );
    return prepositional(
      "with",
      mention(story, thing, {place: "object", pronoun: false}).phrase,
      "nmod"
    );
  }
  const place = plainNominal(
    pickSkewed(story.random, landmarks),
    other,
    "the",
    story.chance(0.3) ? story.random.pick(["old", "small", "large", "tall", "new", "white"]) : null
  );
  return prepositional(story.random.pick(["near", "behind", "beside"]), place.phrase, "nmod");
}

const landmarks =
  "house tree bridge gate barn tower shop wall station window church fence well statue fountain cottage".split(
    " "
  );

/** "the farmer's" or "Mara's": a possessor, as a genitive. */
export function possessor(story: Story, referent: Referent): Phrase {
  story.mention(referent);
  if (referent.person) return genitive(nameOf([referent.person.first], "PER", referent.entityId));
  return genitive(join(noun(referent.noun, referent.number), [determiner("the")]));
}
