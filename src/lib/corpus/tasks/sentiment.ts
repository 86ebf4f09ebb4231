import type {Referent} from "../story.js";
import {isJudgeable} from "../reference.js";
import {newStory} from "../planner.js";
import {opinionTemplates} from "../templates/opinion.js";
import {choose, type Draft} from "../templates/template.js";
import {finish} from "../tree.js";
import {rowRandom, type ExampleOptions} from "./scene.js";

/** One opinion: label 1 is positive, 0 negative. */
export interface SentimentExample {
  sentence: string;
  label: 0 | 1;
  /** Whether the sign comes about through "not", "never" or "nobody". */
  negated: boolean;
  topic: string;
}

/**
 * Opinions, as in SST-2's layout. Half of the labels are 1; about one in five sentences is negated,
 * so that counting good and bad words is not enough.
 */
export function sentimentExamples({n, seed}: ExampleOptions): SentimentExample[] {
  return Array.from({length: n}, (_, row) => {
    const random = rowRandom("sentiment", seed, row);
    const label = random.int(2) as 0 | 1;
    const sentiment = label === 1 ? "positive" : "negative";
    for (;;) {
      const story = newStory(random);
      const things = story.events
        .flatMap(({object}) => (object ? [object] : []))
        .filter((thing) => thing.sort !== "person" && isJudgeable(thing));
      if (things.length === 0) continue;
      const target: Referent = random.pick(things);
      const judge = story.hero;
      judge.mentions = judge.person ? 1 : 0;
      judge.told = false;
      story.companion.mentions = 1;
      const made = choose(story, opinionTemplates).make(story, {judge, target, sentiment});
      if (!made) continue;
      const draft: Draft = "clause" in made ? made : {clause: made};
      const {text, lemmas} = finish(
        draft.clause,
        {sentiment, topic: story.topic.name, template: "", event: null},
        draft.end
      );
      const negated = lemmas.some((lemma) => /^(?:not|never|nobody)$/.test(lemma));
      return {sentence: text, label, negated, topic: story.topic.name};
    }
  });
}
