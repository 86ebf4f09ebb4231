import {clause} from "../clause.js";
import {hypernym} from "../lexicon/nouns.js";
import {wantVerbs} from "../lexicon/verbs.js";
import {indefinite, plainNominal} from "../nominal.js";
import {mention} from "../reference.js";
import type {EventInstance, Story} from "../story.js";
import {now, obliquesOf, tell} from "../templates/template.js";
import {as, join, single, type Phrase} from "../tree.js";
import {deeds, knownStory, rowRandom, sentenceOf, type ExampleOptions} from "./scene.js";

/** The labels of MNLI. */
export type EntailmentLabel = "entailment" | "neutral" | "contradiction";

/** A premise, a hypothesis, and how they are related. */
export interface EntailmentExample {
  premise: string;
  hypothesis: string;
  label: EntailmentLabel;
  /** The rule that makes the label true. */
  rule: string;
}

interface Options {
  obliques?: boolean;
  passive?: boolean;
  negated?: boolean;
  subject?: "somebody" | "nobody";
  object?: Phrase;
}

/** One clause of the event, everything known. */
function state(story: Story, event: EventInstance, options: Options = {}): Phrase {
  story.sentence += 3;
  if (options.passive) return tell(story, event, {passive: true});
  const subject = options.subject
    ? indefinite(options.subject)
    : mention(story, event.subject, {pronoun: false});
  const object =
    options.object ?? mention(story, event.object!, {place: "object", pronoun: false}).phrase;
  const after = options.obliques === false ? [] : obliquesOf(story, event);
  const negated = options.negated ?? false;
  return clause({subject, verb: event.verb, group: now(story), object, after, negated});
}

/** "Mara washed the carrots and peeled them." */
function twoDeeds(story: Story, a: EventInstance, b: EventInstance): Phrase {
  const first = state(story, a);
  const group =
    story.tense === "present" && b.subject.number === "plur" ? "presentPlural" : now(story);
  const object = mention(story, b.object!, {place: "object", pronoun: false}).phrase;
  const second = clause({
    before: [single("and", "CCONJ", "cc")],
    subject: null,
    verb: b.verb,
    group,
    object,
    after: obliquesOf(story, b)
  });
  return join(first, [], [as("conj", second)]);
}

type Case = [Phrase, Phrase, string];

function wanted(story: Story, event: EventInstance): Phrase {
  story.sentence += 3;
  const subject = mention(story, event.subject, {pronoun: false});
  const goal = tell(story, event, {subject: null, group: "infinitive", manner: false});
  const verb = story.random.pick(
    wantVerbs.filter((word) => /^(?:want|hope|plan|decide|intend|promise)$/.test(word))
  );
  return clause({subject, verb, group: now(story), after: [as("xcomp", goal)]});
}

function entailed(story: Story, event: EventInstance, next: EventInstance | null): Case {
  const options: (() => Case)[] = [
    () => [state(story, event), state(story, event, {passive: true}), "passive"],
    () => [
      state(story, event),
      state(story, event, {subject: "somebody", obliques: story.chance(0.5)}),
      "somebody"
    ]
  ];
  if (event.obliques.length > 0) {
    options.push(() => [
      state(story, event),
      state(story, event, {obliques: false}),
      "drop a phrase"
    ]);
  }
  const kind = hypernym(event.object!.noun);
  if (kind && event.object!.sort !== "mass") {
    const {number} = event.object!;
    options.push(() => {
      const object = plainNominal(kind, number, number === "sing" ? "a" : null).phrase;
      return [state(story, event), state(story, event, {object}), "hypernym"];
    });
  }
  if (next) options.push(() => [twoDeeds(story, event, next), state(story, next), "one of two"]);
  return story.random.pick(options)();
}

function contradicted(story: Story, event: EventInstance, next: EventInstance | null): Case {
  const options: (() => Case)[] = [
    () => [state(story, event), state(story, event, {negated: true}), "negation"],
    () => [state(story, event, {negated: true}), state(story, event), "negation"],
    () => [state(story, event), state(story, event, {subject: "nobody", obliques: false}), "nobody"]
  ];
  if (next)
    options.push(() => [
      twoDeeds(story, event, next),
      state(story, next, {negated: true}),
      "one of two"
    ]);
  return story.random.pick(options)();
}

function unrelated(story: Story, event: EventInstance, next: EventInstance | null): Case {
  const options: (() => Case)[] = [
    () => [wanted(story, event), state(story, event), "only wanted"],
    () => [
      state(story, event, {subject: "somebody"}),
      state(story, event),
      "somebody else, perhaps"
    ]
  ];
  if (event.obliques.length > 0) {
    options.push(() => [
      state(story, event, {obliques: false}),
      state(story, event),
      "a phrase more"
    ]);
  }
  if (next)
    options.push(() => [
      state(story, event),
      state(story, next, {negated: story.chance(0.4)}),
      "another event"
    ]);
  return story.random.pick(options)();
}

/**
 * Premises and hypotheses with MNLI's labels, each true by a rule: passives, dropped phrases,
 * hypernyms and conjuncts are entailed; negation and "nobody" contradict; what was only wanted, was
 * said of somebody, or says more, is neutral. Negated hypotheses occur with two labels.
 */
export function entailmentExamples({n, seed}: ExampleOptions): EntailmentExample[] {
  const labels: EntailmentLabel[] = ["entailment", "neutral", "contradiction"];
  const rules = {entailment: entailed, neutral: unrelated, contradiction: contradicted};
  return Array.from({length: n}, (_, row) => {
    const random = rowRandom("entailment", seed, row);
    const label = random.pick(labels);
    for (;;) {
      const story = knownStory(random);
      const [event, ...others] = deeds(story);
      if (!event) continue;
      const next =
        others.find(({subject, index}) => subject === event.subject && index > event.index) ?? null;
      const [premise, hypothesis, rule] = rules[label](story, event, next);
      return {premise: sentenceOf(premise), hypothesis: sentenceOf(hypothesis), label, rule};
    }
  });
}
