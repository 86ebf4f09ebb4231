import {Random} from "../../random.js";
import {newStory} from "../planner.js";
import type {EventInstance, Story} from "../story.js";
import {finish, type Phrase} from "../tree.js";

/** How many rows, and from which seed; row `i` does not depend on how many are made. */
export interface ExampleOptions {
  n: number;
  seed: number;
}

/** Substreams of the tasks, so that no two tasks share a number. */
export const taskStreams = {
  sentiment: 1,
  acceptability: 2,
  paraphrase: 3,
  entailment: 4,
  question: 5,
  entity: 6
} as const;

/** The generator of one row of a task. */
export function rowRandom(task: keyof typeof taskStreams, seed: number, row: number): Random {
  return new Random(seed, "corpus", row, taskStreams[task]);
}

/** A story in which everybody and everything is known already: "Mara", "the carrots". */
export function knownStory(random: Random): Story {
  const story = newStory(random);
  const referents = [story.hero, story.companion, story.town];
  for (const event of story.events) {
    referents.push(event.subject, ...event.obliques.map(({referent}) => referent));
    if (event.object) referents.push(event.object);
    if (event.reason) referents.push(event.reason.referent);
  }
  for (const referent of referents) {
    referent.mentions = 1;
    referent.adjective = null;
    referent.unique = true;
    referent.told = false;
  }
  return story;
}

/** The text of a clause as a sentence. */
export function sentenceOf(clause: Phrase, end = "."): string {
  return finish(clause, {sentiment: "neutral", topic: "", template: "", event: null}, end).text;
}

/** Deeds of the story with an object that is a thing, in random order. */
export function deeds(story: Story): EventInstance[] {
  return story.random.shuffle(
    story.events.filter(
      ({subject, object, willed, verb}) =>
        willed &&
        (subject.sort === "person" || subject.sort === "group") &&
        object !== null &&
        /^(?:thing|things|mass)$/.test(object.sort) &&
        !/_|^(?:enter|leave|reach|join|fit)$/.test(verb)
    )
  );
}
