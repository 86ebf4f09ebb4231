import {adverbial, clause, subordinator} from "../clause.js";
import {adjectiveGroup} from "../lexicon/nouns.js";
import {handlingVerbs, idleVerbs, placeVerbs, wearVerbs} from "../lexicon/verbs.js";
import {pickSkewed} from "../names.js";
import {
  amod,
  indefinite,
  noun,
  plainAdjective,
  plainNominal,
  prepositional,
  pronoun
} from "../nominal.js";
import {mention} from "../reference.js";
import type {Referent, Story} from "../story.js";
import {as, comma, join} from "../tree.js";
import {personRelative, somewhere} from "./modifiers.js";
import {now, ongoing, type Template} from "./template.js";
import {prop} from "./scenery.js";

const object = {place: "object", pronoun: false, apposition: false} as const;

/** The hero, or the companion once the hero is known. */
function somebody(story: Story, hero = 0.6): Referent {
  return story.hero.mentions === 0 || story.chance(hero) ? story.hero : story.companion;
}

/** Sentences about people beside the events: what they have, wear, meet, give and wonder. */
export const companyTemplates: readonly Template[] = [
  {
    name: "scene.idle",
    weight: 4,
    make(story) {
      const subject = mention(story, somebody(story, 0.4), {apposition: false});
      const group = story.chance(0.3) ? ongoing(story) : now(story);
      return clause({
        subject,
        verb: pickSkewed(story.random, idleVerbs),
        group,
        after: [somewhere(story)]
      });
    }
  },
  {
    name: "scene.have",
    weight: 4,
    make(story) {
      const subject = mention(story, somebody(story), {apposition: false});
      const thing = story.newThing(story.chance(0.5) ? "pet" : undefined);
      return clause({
        subject,
        verb: story.random.pick(["have", "own", "keep"]),
        group: now(story),
        object: mention(story, thing, object).phrase
      });
    }
  },
  {
    name: "scene.wear",
    weight: 3,
    make(story) {
      const subject = mention(story, somebody(story), {apposition: false});
      const often = story.chance(0.4)
        ? story.random.pick(["always", "often", "usually", "never", "sometimes"])
        : null;
      return clause({
        subject,
        verb: pickSkewed(story.random, wearVerbs),
        group: now(story),
        adverb: often ? adverbial(often) : null,
        object: mention(story, story.newThing("clothing", subject.number), object).phrase
      });
    }
  },
  {
    name: "scene.person.relative",
    weight: 6,
    make(story) {
      const who = story.random.pick([
        "neighbour",
        "visitor",
        "stranger",
        "guard",
        "clerk",
        "student",
        "traveller"
      ]);
      const number = story.chance(0.45) ? "plur" : "sing";
      const adjective = story.chance(0.3) ? plainAdjective(story, "clerk") : null;
      const subject = plainNominal(who, number, "the", adjective);
      subject.phrase = join(subject.phrase, [], [personRelative(story, number)]);
      const thing = story.chance(0.7) ? story.newThing() : story.newSight();
      const verb = pickSkewed(story.random, handlingVerbs(adjectiveGroup(thing.noun)));
      return clause({
        subject,
        verb,
        group: now(story),
        object: mention(story, thing, object).phrase
      });
    }
  },
  {
    name: "scene.nobody",
    weight: 2,
    make(story) {
      const subject = indefinite(story.random.pick(["nobody", "everyone"]));
      const verb = story.random.pick(["notice", "see", "remember", "want", "mention"]);
      return clause({subject, verb, group: now(story), object: prop(story).phrase});
    }
  },
  {
    name: "scene.give",
    weight: 3,
    make(story) {
      if (story.hero.mentions === 0) return null;
      const subject = mention(story, story.companion, {apposition: false});
      const indirect = mention(story, story.hero, {place: "object", apposition: false}).phrase;
      const thing = story.newThing(
        story.random.pick(["document", "toy", "jewel", "stationery", "book", "clothing"]),
        "sing"
      );
      const verb = story.random.pick(["give", "bring", "lend", "offer", "show", "send"]);
      return clause({
        subject,
        verb,
        group: now(story),
        indirect,
        object: mention(story, thing, object).phrase
      });
    }
  },
  {
    name: "scene.carrying",
    weight: 3,
    make(story) {
      if (story.hero.mentions === 0) return null;
      const thing = story.newThing(
        story.random.pick(["container", "book", "clothing", "tool", "document"])
      );
      const holding = clause({
        subject: null,
        verb: story.random.pick(["carry", "hold"]),
        group: "gerund",
        object: mention(story, thing, object).phrase
      });
      const subject = mention(story, story.hero, {apposition: false});
      const place = story.somePlace();
      return clause({
        before: [as("advcl", comma(holding))],
        subject,
        verb: pickSkewed(story.random, placeVerbs(adjectiveGroup(place.noun))),
        group: now(story),
        object: mention(story, place, {place: "object"}).phrase
      });
    }
  },
  {
    name: "scene.meet",
    weight: 3,
    make(story) {
      if (story.hero.mentions === 0) return null;
      const nouns = ["visitor", "merchant", "stranger", "student", "painter", "teacher", "sailor"];
      const person = story.newPerson(nouns, 0.4);
      const subject = mention(story, story.hero, {apposition: false});
      return clause({
        subject,
        verb: story.random.pick(["meet", "see", "greet"]),
        group: now(story),
        object: mention(story, person, object).phrase,
        after: [somewhere(story)]
      });
    }
  },
  {
    name: "scene.wonder",
    weight: 3,
    make(story) {
      if (story.hero.mentions === 0) return null;
      const subject = mention(story, story.companion, {apposition: false});
      const question = clause({
        subject: indefinite("who"),
        verb: story.random.pick(["own", "need", "like", "want"]),
        group: now(story),
        object: prop(story, undefined, story.random.pick(story.topic.props)).phrase
      });
      const verb = story.random.pick(["wonder", "ask", "know", "learn"]);
      return clause({subject, verb, group: now(story), after: [as("ccomp", question)]});
    }
  },
  {
    name: "scene.whether",
    weight: 2,
    make(story) {
      if (story.hero.mentions === 0) return null;
      const subject = mention(story, story.companion, {apposition: false});
      const question = clause({
        before: [subordinator("whether")],
        subject: mention(story, story.hero, {apposition: false}),
        verb: story.random.pick(["need", "want", "like", "own"]),
        group: now(story),
        object: mention(story, story.newThing(), object).phrase
      });
      const verb = story.random.pick(["wonder", "ask"]);
      return clause({subject, verb, group: now(story), after: [as("ccomp", question)]});
    }
  },
  {
    name: "scene.read",
    weight: 2,
    make(story) {
      const subject = mention(story, somebody(story, 0.3), {apposition: false});
      const thing = story.newThing(story.random.pick(["document", "book"]), "sing");
      const text = mention(story, thing, object).phrase;
      const about = story.newThing(
        story.random.pick(["flower", "bird", "tree", "subject", "boat", "instrument"]),
        "plur"
      );
      const topic = prepositional(
        "about",
        plainNominal(about.noun, about.number, null).phrase,
        "nmod"
      );
      const verb = story.random.pick(["read", "write", "study", "find"]);
      return clause({subject, verb, group: now(story), object: join(text, [], [topic])});
    }
  },
  {
    name: "scene.event",
    weight: 3,
    make(story) {
      const event = story.newThing(story.random.pick(["event", "event", "meal"]), "sing");
      const what = mention(story, event, object).phrase;
      const where = prepositional("in", mention(story, story.town, {place: "object"}).phrase);
      if (story.chance(0.5)) {
        return clause({
          subject: {phrase: what, number: "sing"},
          verb: "begin",
          group: now(story),
          after: [where]
        });
      }
      const guests = plainNominal(
        story.random.pick(["guest", "visitor", "neighbour"]),
        "plur",
        "the"
      );
      const verb = story.random.pick(["plan", "prepare", "attend", "discuss"]);
      return clause({subject: guests, verb, group: now(story), object: what, after: [where]});
    }
  },
  {
    name: "scene.body",
    weight: 2,
    make(story) {
      const who = somebody(story);
      if (who.number === "plur") return null;
      const subject = mention(story, who, {apposition: false});
      const limb = story.newThing("limb", "sing");
      const side = limb.noun === "neck" ? null : amod(story.random.pick(["left", "right"]));
      const part = join(noun(limb.noun, "sing"), [pronoun(who, "possessive"), side]);
      const verb = story.random.pick(["scratch", "rub", "stretch", "bend", "move"]);
      return clause({subject, verb, group: now(story), object: part});
    }
  },
  {
    name: "scene.thought",
    weight: 2,
    make(story) {
      const subject = mention(story, somebody(story), {apposition: false});
      const thing = story.newThing(story.random.pick(["thought", "thought", "crime"]), "sing");
      const verb = story.random.pick([
        "remember",
        "mention",
        "explain",
        "discuss",
        "forget",
        "consider"
      ]);
      return clause({
        subject,
        verb,
        group: now(story),
        object: mention(story, thing, object).phrase
      });
    }
  },
  {
    name: "scene.employer",
    weight: 5,
    make(story) {
      if (!story.organisation) return null;
      const who = somebody(story, story.organisation.mentions === 0 ? 0.5 : 0.1);
      const subject = mention(story, who, {apposition: false});
      const employer = mention(story, story.organisation, {place: "object"}).phrase;
      const work = story.chance(0.7);
      return clause({
        subject,
        verb: work ? "work" : story.random.pick(["know", "visit", "trust"]),
        group: now(story),
        object: work ? null : employer,
        after: [work ? prepositional("for", employer) : null]
      });
    }
  },
  {
    name: "scene.organisation",
    weight: 4,
    make(story) {
      if (!story.organisation) return null;
      const subject = mention(story, story.organisation);
      const verb = story.random.pick(["buy", "sell", "own", "need", "order", "repair"]);
      const thing = story.newThing(undefined, "plur");
      return clause({
        subject,
        verb,
        group: now(story),
        object: mention(story, thing, object).phrase
      });
    }
  }
];
