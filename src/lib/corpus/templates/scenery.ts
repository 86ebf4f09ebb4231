import {adverbial, clause, copula, predicateAdjective, subordinator} from "../clause.js";
import {compatible} from "../lexicon/adjectives.js";
import {animalVerbs, idleVerbs, standVerbs} from "../lexicon/verbs.js";
import {pickSkewed} from "../names.js";
import {indefinite, plainAdjective, plainNominal, prepositional, type Nominal} from "../nominal.js";
import {mention} from "../reference.js";
import type {Referent, Story} from "../story.js";
import {as, comma, join, single, type Phrase} from "../tree.js";
import type {GrammaticalNumber} from "../types.js";
import {agreeing} from "./eventFrames.js";
import {somewhere} from "./modifiers.js";
import {earlier, now, ongoing, type Template} from "./template.js";

/** The thing that was spoken of last. */
function lastThing(story: Story): Referent | null {
  for (let i = story.recent.length - 1; i >= 0; --i) {
    const referent = story.recent[i]!;
    if (/^(?:thing|things|place)$/.test(referent.sort) && !weatherWords.has(referent.noun))
      return referent;
  }
  return null;
}

/** A thing of the surroundings as a noun phrase, with its noun and the adjective in it. */
export interface Prop extends Nominal {
  lemma: string;
  adjective: string | null;
}

/** A thing of the surroundings, spoken of as "the crate"; a class is given where it matters. */
export function prop(
  story: Story,
  number: GrammaticalNumber = story.chance(0.45) ? "plur" : "sing",
  className?: string
): Prop {
  const thing =
    className || story.chance(0.65) ? story.newThing(className, number) : story.newSight(number);
  story.mention(thing);
  const adjective = story.chance(0.3) ? thing.adjective : null;
  return {
    ...plainNominal(thing.noun, thing.number, "the", adjective),
    lemma: thing.noun,
    adjective
  };
}

/** Adjectives that have no degree. */
export const ungradable =
  /^(?:wooden|metal|left|right|round|square|painted|striped|woollen|golden|silver|empty|full|local|annual|official|private|printed|spare|electric|portable|antique|ancient|abandoned|leafy|bare|wild|dead|young|ripe|familiar|simple|ordinary|red|blue|green|yellow|brown|white|black|grey|pink|purple|orange)$/;

/** "very old": what a thing is like, other than what was said of it already. */
export function quality(story: Story, lemma: string, said: string | null = null): Phrase {
  let adjective = plainAdjective(story, lemma);
  while (adjective === said) adjective = plainAdjective(story, lemma);
  const degree = story.chance(0.2) ? story.random.pick(["very", "quite", "rather", "too"]) : null;
  return predicateAdjective(adjective, ungradable.test(adjective) ? null : degree);
}

const weather: readonly (readonly [string, readonly string[]])[] = [
  ["rain", ["begin", "stop", "fall"]],
  ["wind", ["blow", "rise"]],
  ["sun", ["shine", "set", "rise"]],
  ["snow", ["melt", "fall"]],
  ["fog", ["vanish", "spread"]],
  ["storm", ["approach", "pass"]]
];
const weatherWords = new Set([...weather.map(([word]) => word), "bell", "telephone", "music"]);

/** Sentences about things: what they are like, where they are, what the weather does. */
export const sceneryTemplates: readonly Template[] = [
  {
    name: "scene.state",
    weight: 6,
    make(story) {
      const thing = lastThing(story);
      if (!thing) return null;
      const subject = mention(story, thing, {definite: true});
      return copula({subject, predicate: quality(story, thing.noun), group: now(story)});
    }
  },
  {
    name: "scene.states",
    weight: 3,
    make(story) {
      const thing = lastThing(story);
      if (!thing) return null;
      const [a, b] = [plainAdjective(story, thing.noun), plainAdjective(story, thing.noun)];
      if (!compatible(a, b)) return null;
      const subject = mention(story, thing, {definite: true});
      const second = join(predicateAdjective(b), [single("and", "CCONJ", "cc")]);
      const first = copula({subject, predicate: predicateAdjective(a), group: now(story)});
      return join(first, [], [as("conj", second)]);
    }
  },
  {
    name: "scene.there",
    weight: 5,
    make(story) {
      const thing = story.chance(0.6) ? story.newThing() : story.newSight();
      const core = mention(story, thing, {pronoun: false, counted: true});
      const subject = indefinite("there", core.number, "expl");
      return clause({
        subject,
        verb: "be",
        group: now(story),
        after: [as("nsubj", core.phrase), nearby(story)]
      });
    }
  },
  {
    name: "scene.inversion",
    weight: 4,
    make(story) {
      const where = somewhere(story);
      const thing = story.newThing(story.random.pick(["vehicle", "building", "container", "tree"]));
      const what = mention(story, thing, {pronoun: false, counted: true});
      const verb = pickSkewed(story.random, standVerbs);
      return clause({
        before: [where],
        subject: null,
        verb,
        group: agreeing(story, what.number),
        after: [as("nsubj", what.phrase)]
      });
    }
  },
  {
    name: "scene.animal",
    weight: 5,
    make(story) {
      const kind = story.random.pick(["pet", "bird", "wild", "livestock", "insect"]);
      const subject = mention(story, story.newThing(kind), {pronoun: false, counted: true});
      const group = story.chance(0.3) ? ongoing(story) : now(story);
      return clause({
        subject,
        verb: pickSkewed(story.random, animalVerbs[kind]!),
        group,
        after: [somewhere(story)]
      });
    }
  },
  {
    name: "scene.weather",
    weight: 3,
    make(story) {
      const [lemma, verbs] = story.random.pick(weather);
      const subject = mention(story, story.uniqueThing(lemma), {pronoun: false});
      const adverb = story.chance(0.4)
        ? story.random.pick(["slowly", "suddenly", "soon", "finally", "gradually"])
        : null;
      return clause({
        subject,
        verb: story.random.pick(verbs),
        group: now(story),
        adverb: adverb ? adverbial(adverb) : null
      });
    }
  },
  {
    name: "scene.when",
    weight: 3,
    make(story) {
      const [lemma, verbs] = story.random.pick(weather);
      const verb = story.random.pick(verbs);
      const cause = clause({
        before: [
          subordinator(
            /^(?:begin|stop|rise|set|vanish|approach|pass)$/.test(verb)
              ? "when"
              : story.random.pick(["when", "while", "as"])
          )
        ],
        subject: mention(story, story.uniqueThing(lemma), {pronoun: false}),
        verb,
        group: now(story)
      });
      const crowd = plainNominal(
        story.random.pick(["visitor", "neighbour", "child", "guest", "worker"]),
        "plur",
        "the"
      );
      return clause({
        before: [as("advcl", comma(cause))],
        subject: crowd,
        verb: pickSkewed(story.random, idleVerbs),
        group: now(story),
        after: [story.chance(0.5) ? somewhere(story) : null]
      });
    }
  },
  {
    name: "scene.made",
    weight: 3,
    make(story) {
      const subject = prop(
        story,
        undefined,
        story.random.pick(["furniture", "container", "tool", "instrument"])
      );
      const maker = story.newPerson(["carpenter", "craftsman", "blacksmith"], 0);
      const agent = prepositional("by", mention(story, maker, {place: "object"}).phrase);
      const where = prepositional("in", mention(story, story.town, {place: "object"}).phrase);
      const verb = story.random.pick(["make", "build", "repair", "sell"]);
      return clause({subject, verb, group: earlier(story), passive: true, after: [agent, where]});
    }
  },
  {
    name: "scene.generic",
    weight: 2,
    make(story) {
      const kind = story.random.pick(["bird", "pet", "livestock"]);
      const subject = plainNominal(story.newThing(kind, "plur").noun, "plur", null);
      const often = adverbial(story.random.pick(["usually", "often", "rarely", "sometimes"]));
      const verb = pickSkewed(story.random, animalVerbs[kind]!);
      return clause({subject, verb, group: "present", adverb: often, after: [somewhere(story)]});
    }
  }
];

/** "on the table", "near the mill": where things are. */
function nearby(story: Story): Phrase {
  if (story.chance(0.6)) return somewhere(story);
  const furniture = prop(story, "sing", "furniture").phrase;
  return prepositional(story.random.pick(["near", "behind", "beside", "under"]), furniture);
}
