import type {Random} from "../random.js";
import {topics} from "./script.js";
import {pickSkewed} from "./names.js";
import {isJudgeable} from "./reference.js";
import {Story, type Referent} from "./story.js";
import {eventFrameTemplates} from "./templates/eventFrames.js";
import {eventTemplates} from "./templates/events.js";
import {closingTemplates} from "./templates/closings.js";
import {comparisonTemplates} from "./templates/comparison.js";
import {introTemplates} from "./templates/openings.js";
import {opinionTemplates, type Opinion} from "./templates/opinion.js";
import {pairTemplates} from "./templates/pairs.js";
import {companyTemplates} from "./templates/company.js";
import {sceneryTemplates} from "./templates/scenery.js";
import {choose, type Draft} from "./templates/template.js";
import {finish, type Phrase} from "./tree.js";
import type {DocumentTruth, SentenceTruth, Sentiment} from "./types.js";

const sceneTemplates = [...sceneryTemplates, ...comparisonTemplates, ...companyTemplates];
const narration = [...eventTemplates, ...eventFrameTemplates, ...pairTemplates];

/** Templates that tell at most so many events. */
const narrationUpTo = [0, 1, 2, 3].map((left) => narration.filter(({events}) => events <= left));

/** Names of all sentence templates. */
export const templateNames: readonly string[] = [
  ...introTemplates,
  ...narration,
  ...sceneTemplates,
  ...opinionTemplates,
  ...closingTemplates
].map(({name}) => name);

/** Chooses topic, script, tense and mood, and casts the roles. */
export function newStory(random: Random): Story {
  const topic = random.pick(topics());
  const script = pickSkewed(random, topic.scripts);
  const u = random.uniform();
  const mood: Sentiment = u < 0.35 ? "positive" : u < 0.65 ? "negative" : "neutral";
  const tense = random.uniform() < 0.55 ? "past" : "present";
  return new Story(random, topic, script, {tense, mood});
}

/**
 * Writes one document: an opening, the events of one script in their order with scenes and opinions
 * between them, an ending. The first sentence says who and where; new things come with "a", known
 * ones with "the" or a pronoun; "first", "then" and "finally" follow the order of events.
 */
export function planDocument(random: Random, index: number): DocumentTruth {
  const story = newStory(random);
  const {topic, script, mood, tense} = story;
  const sentences: SentenceTruth[] = [];

  const write = (
    name: string,
    event: number | null,
    made: Draft | Phrase,
    sentiment: Sentiment = "neutral"
  ): void => {
    const draft: Draft = "clause" in made ? made : {clause: made};
    sentences.push(
      finish(
        draft.clause,
        {template: name, event, sentiment: draft.sentiment ?? sentiment, topic: topic.name},
        draft.end
      )
    );
    story.sentence++;
  };
  const attempt = <T extends {name: string; weight: number}>(
    templates: readonly T[],
    make: (template: T) => Draft | Phrase | null,
    event: number | null,
    sentiment: Sentiment = "neutral"
  ): T => {
    for (let tries = 0; tries < 40; ++tries) {
      const template = choose(story, templates);
      const made = make(template);
      if (!made) continue;
      write(template.name, event, made, sentiment);
      return template;
    }
    throw new Error("no sentence template fits");
  };
  const scene = () => attempt(sceneTemplates, (template) => template.make(story), null);
  const opinion = () => {
    const sentiment = mood === "neutral" ? (story.chance(0.5) ? "positive" : "negative") : mood;
    const judged: Opinion = {judge: judgeOf(story), target: targetOf(story), sentiment};
    attempt(opinionTemplates, (template) => template.make(story, judged), null, sentiment);
  };

  attempt(introTemplates, (template) => template.make(story), null);
  if (story.hero.mentions === 0) {
    attempt(introTemplates.slice(0, 2), (template) => template.make(story), null);
  }
  if (story.chance(0.5)) scene();
  for (let i = 0; i < story.events.length;) {
    const left = story.events.length - i;
    const fitting = narrationUpTo[Math.min(left, 3)]!;
    const used = attempt(
      fitting,
      (template) => template.make(story, story.events.slice(i, i + template.events)),
      i
    );
    i += used.events;
    if (i < story.events.length && story.chance(0.3)) scene();
    else if (mood !== "neutral" && story.chance(0.15)) opinion();
  }
  if (mood !== "neutral") opinion();
  if (story.chance(0.6)) attempt(closingTemplates, (template) => template.make(story), null);
  return {
    index,
    topic: topic.name,
    script: `${topic.name}.${script.name}`,
    tense,
    sentiment: mood,
    sentences
  };
}

const plainNarration = eventTemplates.filter(({name}) => name === "event.simple");

/**
 * Writes one document that only tells: the events of one script in their order, a short sentence
 * each, in the present. What comes first can be told from what is done, and whether two sentences
 * belong together from what they speak of.
 *
 * @param most how many of the topics are written about, the first ones
 */
export function planPlainDocument(
  random: Random,
  index: number,
  most = topics().length
): DocumentTruth {
  const topic = random.pick(topics().slice(0, most));
  const script = pickSkewed(random, topic.scripts);
  const story = new Story(random, topic, script, {tense: "present", mood: "neutral"});
  const template = plainNarration[0]!;
  const sentences = story.events.map((event) => {
    const made = template.make(story, [event])!;
    const draft: Draft = "clause" in made ? made : {clause: made};
    const truth = {
      template: template.name,
      event: event.index,
      sentiment: "neutral" as const,
      topic: topic.name
    };
    story.sentence++;
    return finish(draft.clause, truth, draft.end);
  });
  return {
    index,
    topic: topic.name,
    script: `${topic.name}.${script.name}`,
    tense: "present",
    sentiment: "neutral",
    sentences
  };
}

function judgeOf(story: Story): Referent {
  return story.hero.mentions === 0 || story.chance(0.65) ? story.hero : story.companion;
}

/** What an opinion is about: most often what the script's last events deal with. */
function targetOf(story: Story): Referent {
  for (let i = story.events.length - 1; i >= 0; --i) {
    const {object} = story.events[i]!;
    if (!object || object.mentions === 0 || object === story.hero || !isJudgeable(object)) continue;
    if (object.sort !== "person" || story.chance(0.3)) return object;
  }
  return story.companion;
}
