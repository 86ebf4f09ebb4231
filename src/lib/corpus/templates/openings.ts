import {adverbial, clause, copula} from "../clause.js";
import {dayAdjectives} from "../lexicon/adjectives.js";
import {amod, chunk, determiner, nameOf, noun, personAdjective, prepositional} from "../nominal.js";
import {mention} from "../reference.js";
import {pickSkewed} from "../names.js";
import type {Story} from "../story.js";
import {as, comma, commas, join, single} from "../tree.js";
import {now, tell, type Template} from "./template.js";
import {somewhere} from "./modifiers.js";

/** A hero with a name who has not been introduced. */
function nameless(story: Story): boolean {
  return story.hero.person === null || story.hero.mentions > 0;
}

const seasons = {
  past: [
    "in/ADP spring",
    "in/ADP summer",
    "in/ADP autumn",
    "in/ADP winter",
    "one/NUM morning",
    "one/NUM day",
    "last/ADJ year",
    "last/ADJ summer"
  ],
  present: [
    "in/ADP spring",
    "in/ADP summer",
    "in/ADP autumn",
    "in/ADP winter",
    "every/DET year",
    "every/DET morning",
    "this/DET year"
  ]
};

/** Opening sentences: who and where. */
export const introTemplates: readonly Template[] = [
  {
    name: "intro.copula",
    weight: 5,
    make(story) {
      if (nameless(story)) return null;
      const {hero} = story;
      const subject = {
        phrase: nameOf([hero.person!.first, hero.person!.family], "PER", hero.entityId),
        number: hero.number
      };
      story.mention(hero);
      hero.told = true;
      const predicate = join(noun(hero.noun, "sing"), [determiner("a"), personAdjective(story)]);
      const where =
        story.town.mentions === 0
          ? prepositional("in", mention(story, story.town, {place: "object"}).phrase, "nmod")
          : null;
      return copula({
        subject,
        predicate: join(predicate, [], [where]),
        group: now(story)
      });
    }
  },
  {
    name: "intro.live",
    weight: 5,
    make: (story) =>
      clause({
        subject: mention(story, story.hero),
        verb: story.random.pick(["live", "work"]),
        group: now(story),
        after: [somewhere(story)]
      })
  },
  {
    name: "intro.inversion",
    weight: 3,
    make(story) {
      const where = as(
        "obl",
        prepositional(
          "in",
          join(
            noun(story.random.pick(["town", "village", "city"]), "sing"),
            [determiner("the")],
            [prepositional("of", mention(story, story.town).phrase, "nmod")]
          )
        )
      );
      const who = mention(story, story.hero, {apposition: false});
      return clause({
        subject: null,
        verb: "live",
        group: story.tense === "present" && who.number === "plur" ? "presentPlural" : story.tense,
        before: [where],
        after: [as("nsubj", who.phrase)]
      });
    }
  },
  {
    name: "intro.employer",
    weight: 4,
    make(story) {
      if (!story.organisation) return null;
      const subject = mention(story, story.hero);
      const place = prepositional(
        "for",
        mention(story, story.organisation, {place: "object"}).phrase
      );
      const where = prepositional("in", mention(story, story.town, {place: "object"}).phrase);
      return clause({subject, verb: "work", group: now(story), after: [place, where]});
    }
  },
  {
    name: "intro.season",
    weight: 4,
    make(story) {
      const {hero} = story;
      if (hero.mentions > 0) return null;
      const event = story.events.find(({subject, willed}) => subject === hero && willed) ?? null;
      const when = comma(chunk(story.random.pick(seasons[story.tense])));
      const where = prepositional(
        "in",
        mention(story, story.town, {place: "object"}).phrase,
        "nmod"
      );
      const isNew = hero.person !== null;
      const role = isNew
        ? join(noun(hero.noun, "sing"), [determiner("a"), personAdjective(story)], [where])
        : join(mention(story, hero).phrase, [], [where]);
      let phrase = role;
      if (isNew) {
        const name = nameOf([hero.person!.first, hero.person!.family], "PER", hero.entityId);
        phrase = join(name, [], [as("appos", commas(role))]);
        story.mention(hero);
      }
      hero.told = true;
      const subject = {phrase, number: hero.number};
      if (!event) {
        return clause({
          before: [when],
          subject,
          verb: "rise",
          group: now(story),
          after: [adverbial("early")]
        });
      }
      const plan = as(
        "xcomp",
        tell(story, event, {subject: null, group: "infinitive", manner: false})
      );
      const verb = story.random.pick(
        ["plan", "decide", "want", "hope"].filter((word) => word !== event.verb)
      );
      return clause({before: [when], subject, verb, group: now(story), after: [plan]});
    }
  },
  {
    name: "intro.day",
    weight: 4,
    make(story) {
      const it = {phrase: single("it", "PRON", "nsubj", "it", "sing"), number: "sing" as const};
      const unit = story.random.pick(["morning", "day", "afternoon", "evening"]);
      const predicate = join(noun(unit, "sing"), [
        determiner("a"),
        amod(pickSkewed(story.random, dayAdjectives))
      ]);
      const where = prepositional(
        "in",
        mention(story, story.town, {place: "object"}).phrase,
        "nmod"
      );
      return copula({subject: it, predicate: join(predicate, [], [where]), group: now(story)});
    }
  },
  {
    name: "intro.know",
    weight: 2,
    make(story) {
      if (nameless(story)) return null;
      const everyone = {
        phrase: single("everyone", "PRON", "nsubj", "everyone", "sing"),
        number: "sing" as const
      };
      everyone.phrase = join(
        everyone.phrase,
        [],
        [prepositional("in", mention(story, story.town, {place: "object"}).phrase, "nmod")]
      );
      return clause({
        subject: everyone,
        verb: "know",
        group: now(story),
        object: mention(story, story.hero, {place: "object"}).phrase
      });
    }
  }
];
