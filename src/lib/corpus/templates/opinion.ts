import {clause, copula, predicateAdjective, subordinator} from "../clause.js";
import {adjectiveGroups, badFeelings, blame, goodFeelings, praise} from "../lexicon/adjectives.js";
import {adjectiveGroup} from "../lexicon/nouns.js";
import {amod, determiner, noun, prepositional} from "../nominal.js";
import {mention} from "../reference.js";
import {pickSkewed} from "../names.js";
import type {Referent, Story} from "../story.js";
import {as, comma, join, mark, single, type Phrase} from "../tree.js";
import type {Sentiment} from "../types.js";
import {now, type Draft} from "./template.js";

/** Who judges and what is judged. */
export interface Opinion {
  judge: Referent;
  target: Referent;
  /** What the sentence must express. */
  sentiment: "positive" | "negative";
}

/** A sentence pattern that judges something. */
export interface OpinionTemplate {
  name: string;
  weight: number;
  make(story: Story, opinion: Opinion): Draft | Phrase | null;
}

const degrees = ["really", "truly", "quite"];

function flip(sentiment: Sentiment): "positive" | "negative" {
  return sentiment === "positive" ? "negative" : "positive";
}

/** An adjective that praises or blames things of the target's kind. */
export function judging(story: Story, target: Referent, sentiment: Sentiment): string {
  const group =
    adjectiveGroups[
      adjectiveGroup(target.sort === "person" || target.sort === "group" ? "clerk" : target.noun)
    ]!;
  return pickSkewed(story.random, sentiment === "positive" ? group.good : group.bad);
}

/** "the soup is delicious" or, as often as told, "the soup is not bland". */
function verdict(
  story: Story,
  {target, sentiment}: Opinion,
  before: (Phrase | null)[],
  negation = 0.25
): Phrase {
  const subject = mention(story, target, {definite: true, apposition: false});
  const negated = story.chance(negation);
  const adjective = judging(story, target, negated ? flip(sentiment) : sentiment);
  return copula({
    subject,
    predicate: predicateAdjective(
      adjective,
      !negated && story.chance(0.3) ? story.random.pick(degrees) : null
    ),
    group: now(story),
    negated,
    before
  });
}

/** What "but" may turn to praise, and to blame. */
const modest = new Set(
  "small old simple plain strange difficult cheap slow long ordinary dark narrow heavy".split(" ")
);
const promising = new Set(
  "large new famous modern rare bright fast cheap short important red warm light".split(" ")
);

const everyone = ["everyone", "everybody"];
const noOne = ["nobody"];

/** Sentences with an opinion; its sign is a matter of the words chosen and of negation. */
export const opinionTemplates: readonly OpinionTemplate[] = [
  {name: "opinion.verdict", weight: 8, make: (story, opinion) => verdict(story, opinion, [], 0.3)},
  {
    name: "opinion.feeling",
    weight: 6,
    make(story, {judge, target, sentiment}) {
      if (judge === target) return null;
      const subject = mention(story, judge, {apposition: false});
      const negated = story.chance(0.25);
      const feeling = story.random.pick(
        (negated ? flip(sentiment) : sentiment) === "positive" ? goodFeelings : badFeelings
      );
      const cause = prepositional(
        feeling.preposition,
        mention(story, target, {place: "object", apposition: false, definite: true}).phrase
      );
      const degree =
        story.chance(0.25) && !negated ? story.random.pick(["very", "so", "really"]) : null;
      return copula({
        subject,
        predicate: predicateAdjective(feeling.adjective, degree),
        group: now(story),
        negated,
        after: [cause]
      });
    }
  },
  {
    name: "opinion.verb",
    weight: 5,
    make(story, {judge, target, sentiment}) {
      if (judge === target) return null;
      const subject = mention(story, judge, {apposition: false});
      const negated = story.chance(0.25);
      const verb = pickSkewed(
        story.random,
        (negated ? flip(sentiment) : sentiment) === "positive" ? praise : blame
      );
      return clause({
        subject,
        verb,
        group: now(story),
        negated,
        object: mention(story, target, {place: "object", apposition: false, definite: true}).phrase
      });
    }
  },
  {
    name: "opinion.everyone",
    weight: 4,
    make(story, {target, sentiment}) {
      const negated = story.chance(0.3);
      const who = story.random.pick(negated ? noOne : everyone);
      const verb = pickSkewed(
        story.random,
        (negated ? flip(sentiment) : sentiment) === "positive" ? praise : blame
      );
      const subject = {phrase: single(who, "PRON", "nsubj", who, "sing"), number: "sing" as const};
      return clause({
        subject,
        verb,
        group: now(story),
        object: mention(story, target, {place: "object", apposition: false, definite: true}).phrase
      });
    }
  },
  {
    name: "opinion.think",
    weight: 5,
    make(story, opinion) {
      if (opinion.judge === opinion.target) return null;
      const subject = mention(story, opinion.judge, {apposition: false});
      const what = as(
        "ccomp",
        verdict(story, opinion, [story.chance(0.7) ? subordinator("that") : null], 0.2)
      );
      return clause({
        subject,
        verb: story.random.pick(["think", "believe", "say", "agree", "feel", "find"].slice(0, 5)),
        group: now(story),
        after: [what]
      });
    }
  },
  {
    name: "opinion.although",
    weight: 5,
    make(story, opinion) {
      const other = story.uniqueThing(
        story.random.pick(["work", "weather", "day", "beginning", "price"])
      );
      const words =
        opinion.sentiment === "positive"
          ? ["hard", "cold", "long", "difficult", "high"]
          : ["easy", "warm", "short", "good", "low"];
      const fits: Record<string, number[]> = {
        work: [0, 2, 3],
        weather: [1],
        day: [1, 2],
        beginning: [0, 3],
        price: [4]
      };
      const adjective = words[story.random.pick(fits[other.noun]!)]!;
      const concession = copula({
        before: [subordinator("although")],
        subject: mention(story, other, {pronoun: false}),
        predicate: predicateAdjective(adjective),
        group: now(story)
      });
      return verdict(story, opinion, [as("advcl", comma(concession))], 0.15);
    }
  },
  {
    name: "opinion.but",
    weight: 4,
    make(story, opinion) {
      const {target} = opinion;
      if (target.sort === "person" || target.sort === "group") return null;
      if (target.sort === "mass") return null;
      const contrast = opinion.sentiment === "positive" ? modest : promising;
      const suits = adjectiveGroups[adjectiveGroup(target.noun)]!.plain.filter((adjective) =>
        contrast.has(adjective)
      );
      if (suits.length === 0) return null;
      const plain = story.random.pick(suits);
      const first = copula({
        subject: mention(story, target, {definite: true}),
        predicate: predicateAdjective(plain),
        group: now(story)
      });
      const adjective = judging(story, target, opinion.sentiment);
      const second = join(predicateAdjective(adjective), [mark(","), single("but", "CCONJ", "cc")]);
      return join(first, [], [as("conj", second)]);
    }
  },
  {
    name: "opinion.never",
    weight: 3,
    make(story, {target, sentiment}) {
      const subject = mention(story, target, {definite: true, apposition: false});
      const verbs =
        sentiment === "positive"
          ? ["disappoint", "bore", "annoy", "trouble"]
          : ["please", "impress", "delight", "satisfy"];
      const experiencer = target === story.hero ? story.companion : story.hero;
      const object = mention(story, experiencer, {place: "object", apposition: false}).phrase;
      return clause({
        subject,
        verb: story.random.pick(verbs),
        group: now(story),
        adverb: single("never", "ADV", "advmod"),
        object
      });
    }
  },
  {
    name: "opinion.please",
    weight: 4,
    make(story, {target, sentiment}) {
      const subject = mention(story, target, {definite: true, apposition: false});
      const verbs =
        sentiment === "negative"
          ? ["disappoint", "bore", "annoy", "trouble"]
          : ["please", "impress", "delight", "satisfy"];
      const experiencer = target === story.hero ? story.companion : story.hero;
      const object = mention(story, experiencer, {place: "object", apposition: false}).phrase;
      return clause({subject, verb: story.random.pick(verbs), group: now(story), object});
    }
  },
  {
    name: "opinion.day",
    weight: 3,
    make(story, {sentiment}) {
      const it = {phrase: single("it", "PRON", "nsubj", "it", "sing"), number: "sing" as const};
      const group = adjectiveGroups.gathering!;
      const predicate = join(
        noun(story.random.pick(["day", "evening", "week", "experience"]), "sing"),
        [
          determiner("a"),
          amod(pickSkewed(story.random, sentiment === "positive" ? group.good : group.bad))
        ]
      );
      return copula({
        subject: it,
        predicate,
        group: now(story),
        after: [
          prepositional(
            "for",
            mention(story, story.hero, {place: "object", apposition: false}).phrase
          )
        ]
      });
    }
  },
  {
    name: "opinion.because",
    weight: 4,
    make(story, opinion) {
      const {judge, target, sentiment} = opinion;
      if (judge === target) return null;
      const subject = mention(story, judge, {apposition: false});
      const verb = story.random.pick(
        sentiment === "positive"
          ? ["smile", "laugh", "cheer", "sing"]
          : ["sigh", "cry", "complain", "frown"]
      );
      const why = verdict(story, {judge, target, sentiment}, [subordinator("because")], 0.2);
      return clause({subject, verb, group: now(story), after: [as("advcl", why)]});
    }
  },
  {
    name: "opinion.exclaim",
    weight: 2,
    make(story, {target, sentiment}) {
      if (target.sort !== "thing" && target.sort !== "things") return null;
      const what = join(noun(target.noun, target.number), [
        determiner("what"),
        target.number === "sing" ? determiner("a") : null,
        amod(judging(story, target, sentiment))
      ]);
      story.mention(target);
      return {clause: what, end: "!"};
    }
  }
];
