import {planDocument} from "../planner.js";
import type {EntityTag} from "../types.js";
import {rowRandom, type ExampleOptions} from "./scene.js";

/** A sentence with an IOB2 tag for each word, as in a CoNLL file. */
export interface EntityExample {
  words: string[];
  tags: EntityTag[];
}

/** Sentences with their named entities; about one in six has none. */
export function nerExamples({n, seed}: ExampleOptions): EntityExample[] {
  return Array.from({length: n}, (_, row) => {
    const random = rowRandom("entity", seed, row);
    const wantsEntity = random.uniform() < 5 / 6;
    for (;;) {
      const {sentences} = planDocument(random, row);
      const fitting = sentences.filter(({spans}) => spans.length > 0 === wantsEntity);
      if (fitting.length === 0) continue;
      const {words, entities} = random.pick(fitting);
      return {words, tags: entities};
    }
  });
}
