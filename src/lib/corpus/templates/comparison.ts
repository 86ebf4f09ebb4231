import {clause, copula} from "../clause.js";
import {adjectiveGroups} from "../lexicon/adjectives.js";
import {adjectiveGroup} from "../lexicon/nouns.js";
import {compared} from "../morphology.js";
import {pickSkewed} from "../names.js";
import {amod, both, determiner, noun, prepositional} from "../nominal.js";
import {mention} from "../reference.js";
import type {Story} from "../story.js";
import {join, single} from "../tree.js";
import {attractor, possessor, somewhere, thingRelative} from "./modifiers.js";
import {prop, quality, ungradable, type Prop} from "./scenery.js";
import {now, type Template} from "./template.js";

const incomparable =
  /^(?:dead|bare|early|late|rare|red|blue|green|yellow|brown|white|black|grey|pink|purple|orange|pale|plain|full|left|right|spare|famous|wild|fresh)$/;

/** Comparative and superlative of an adjective that suits the noun. */
function degreesOf(story: Story, lemma: string): [string, string] | null {
  const options = adjectiveGroups[adjectiveGroup(lemma)]!.plain.filter(
    (adjective) =>
      !incomparable.test(adjective) && !ungradable.test(adjective) && compared(adjective)
  );
  return options.length > 0 ? compared(pickSkewed(story.random, options)) : null;
}

/** Two different things that can be compared. */
function rivals(story: Story): [Prop, Prop] {
  const className = story.random.pick([
    "container",
    "furniture",
    "vehicle",
    "building",
    "tool",
    "clothing",
    "animal",
    "instrument"
  ]);
  const choose = () =>
    prop(
      story,
      undefined,
      className === "animal" ? story.random.pick(["livestock", "pet"]) : className
    );
  return [choose(), choose()];
}

/** Sentences that describe things by long subjects or by comparison. */
export const comparisonTemplates: readonly Template[] = [
  {
    name: "scene.attractor",
    weight: 7,
    make(story) {
      const subject = prop(story);
      subject.phrase = join(subject.phrase, [], [attractor(story, subject.number, false)]);
      return copula({
        subject,
        predicate: quality(story, subject.lemma, subject.adjective),
        group: now(story)
      });
    }
  },
  {
    name: "scene.attractors",
    weight: 3,
    make(story) {
      const subject = prop(story);
      const inner = prop(
        story,
        subject.number === "sing" ? "plur" : "sing",
        story.random.pick(["building", "tree", "vehicle"])
      );
      inner.phrase = join(inner.phrase, [], [somewhere(story, "nmod")]);
      const where = prepositional(
        story.random.pick(["beside", "behind", "near"]),
        inner.phrase,
        "nmod"
      );
      subject.phrase = join(subject.phrase, [], [where]);
      return copula({
        subject,
        predicate: quality(story, subject.lemma, subject.adjective),
        group: now(story)
      });
    }
  },
  {
    name: "scene.possessive",
    weight: 4,
    make(story) {
      const owner = story.hero.person ? story.hero : story.companion;
      if (owner.mentions === 0) return null;
      const thing = story.newThing(
        story.random.pick(["clothing", "pet", "furniture", "vehicle", "building"])
      );
      const phrase = join(noun(thing.noun, thing.number), [possessor(story, owner)]);
      return copula({
        subject: {phrase, number: thing.number},
        predicate: quality(story, thing.noun),
        group: now(story)
      });
    }
  },
  {
    name: "scene.partitive",
    weight: 4,
    make(story) {
      const {phrase: all, lemma} = prop(story, "plur");
      const share = story.random.pick(["one", "each", "most", "many", "some", "two"]);
      const number = share === "one" || share === "each" ? "sing" : "plur";
      const tag = share === "one" || share === "two" ? "NUM" : share === "each" ? "PRON" : "ADJ";
      const subject = join(
        single(share, tag, "nsubj", share, number),
        [],
        [prepositional("of", all, "nmod")]
      );
      return copula({
        subject: {phrase: subject, number},
        predicate: quality(story, lemma),
        group: now(story)
      });
    }
  },
  {
    name: "scene.comparative",
    weight: 3,
    make(story) {
      const [a, b] = rivals(story);
      const forms = degreesOf(story, a.lemma);
      if (!forms || a.lemma === b.lemma) return null;
      const than = prepositional("than", b.phrase);
      return copula({
        subject: a,
        predicate: single(forms[0], "ADJ"),
        group: now(story),
        after: [than]
      });
    }
  },
  {
    name: "scene.superlative",
    weight: 3,
    make(story) {
      const {lemma} = prop(story, "sing", story.random.pick(story.topic.props));
      const forms = degreesOf(story, lemma);
      if (!forms || story.hero.mentions === 0) return null;
      const phrase = join(noun(lemma, "sing"), [determiner("the"), amod(forms[1])]);
      const owner = mention(story, story.companion, {place: "object", apposition: false}).phrase;
      return clause({
        subject: {phrase, number: "sing"},
        verb: "belong",
        group: now(story),
        after: [prepositional("to", owner)]
      });
    }
  },
  {
    name: "scene.pair",
    weight: 3,
    make(story) {
      const [a, b] = rivals(story);
      if (a.lemma === b.lemma) return null;
      return copula({subject: both(a, b), predicate: quality(story, a.lemma), group: now(story)});
    }
  },
  {
    name: "scene.thing.relative",
    weight: 5,
    make(story) {
      const subject = prop(story, undefined, story.random.pick(story.topic.props));
      subject.phrase = join(subject.phrase, [], [thingRelative(story, false)]);
      return copula({
        subject,
        predicate: quality(story, subject.lemma, subject.adjective),
        group: now(story)
      });
    }
  },
  {
    name: "scene.embedded",
    weight: 3,
    make(story) {
      const subject = prop(story, undefined, story.random.pick(story.topic.props));
      subject.phrase = join(subject.phrase, [], [thingRelative(story, true)]);
      return copula({
        subject,
        predicate: quality(story, subject.lemma, subject.adjective),
        group: now(story)
      });
    }
  }
];
