import {copula, predicateAdjective, subordinator} from "../clause.js";
import {classmates} from "../lexicon/nouns.js";
import {synonym} from "../lexicon/synonyms.js";
import {indefinite} from "../nominal.js";
import {mention} from "../reference.js";
import type {EventInstance, Referent, Story} from "../story.js";
import {now, tell, timePhrase, whenText} from "../templates/template.js";
import {as, comma, join, mark, single, type Phrase} from "../tree.js";
import {deeds, knownStory, rowRandom, sentenceOf, type ExampleOptions} from "./scene.js";

/** Two sentences; label 1 if they mean the same. */
export interface ParaphraseExample {
  sentence1: string;
  sentence2: string;
  label: 0 | 1;
  /** What was changed: voice, synonym, reason, time, cleft; or agent, object, verb, reversal. */
  change: string;
}

/** Tells the event anew, all of it known; each call is a sentence of its own. */
function retell(story: Story, event: EventInstance, passive = false): Phrase {
  story.sentence += 3;
  return tell(story, event, {passive, manner: false, mention: {pronoun: false}});
}

function state(story: Story, referent: Referent, adjective: string, before: Phrase[]): Phrase {
  const subject = mention(story, referent, {pronoun: false});
  return copula({before, subject, predicate: predicateAdjective(adjective), group: now(story)});
}

function because(story: Story, event: EventInstance, inFront: boolean): Phrase {
  story.sentence += 3;
  const {referent, adjective} = event.reason!;
  if (inFront) {
    const reason = as("advcl", comma(state(story, referent, adjective, [subordinator("because")])));
    return tell(story, event, {before: [reason], manner: false, mention: {pronoun: false}});
  }
  const main = retell(story, event);
  return join(
    main,
    [],
    [as("advcl", state(story, referent, adjective, [subordinator("because")]))]
  );
}

function so(story: Story, event: EventInstance): Phrase {
  story.sentence += 3;
  const {referent, adjective} = event.reason!;
  const reason = state(story, referent, adjective, []);
  const before = [mark(","), single("so", "CCONJ", "cc")];
  return join(
    reason,
    [],
    [as("conj", tell(story, event, {before, manner: false, mention: {pronoun: false}}))]
  );
}

/** A time phrase that may stand first or last: "in the morning", not "then". */
function movableTime(story: Story, event: EventInstance): string {
  for (;;) {
    const when = whenText(story, event);
    if (!/^(?:then|next|soon|first|finally)\/ADV|^at\/ADP (?:first|last)$|little later/.test(when))
      return when;
  }
}

type Pair = [Phrase, Phrase, string];

/** Two ways to say the same. */
function same(story: Story, event: EventInstance): Pair {
  const options: (() => Pair)[] = [
    () => [retell(story, event), retell(story, event, true), "voice"],
    () => {
      const base = retell(story, event);
      story.sentence += 3;
      const agent = mention(story, event.subject, {pronoun: false}).phrase;
      const who = indefinite("who", event.subject.number);
      const relative = as("acl:relcl", tell(story, event, {subject: who, manner: false}));
      const it = indefinite("it", "sing", "expl");
      return [
        base,
        copula({subject: it, predicate: agent, group: now(story), after: [relative]}),
        "cleft"
      ];
    },
    () => {
      const when = movableTime(story, event);
      const early = comma(timePhrase(when));
      story.sentence += 3;
      const first = tell(story, event, {
        before: [early],
        manner: false,
        mention: {pronoun: false}
      });
      return [first, join(retell(story, event), [], [timePhrase(when)]), "time"];
    }
  ];
  const other = synonym(event.verb);
  if (other) {
    options.push(() => [retell(story, event), retell(story, {...event, verb: other}), "synonym"]);
    options.push(() => [
      retell(story, event),
      retell(story, {...event, verb: other}, true),
      "synonym"
    ]);
  }
  if (event.reason) {
    options.push(() => [because(story, event, true), because(story, event, false), "reason"]);
    options.push(() => [because(story, event, story.chance(0.5)), so(story, event), "reason"]);
  }
  return story.random.pick(options)();
}

/** Two sentences with nearly the same words that say different things. */
function different(story: Story, event: EventInstance, others: readonly EventInstance[]): Pair {
  const passive = story.chance(0.5);
  const options: (() => Pair)[] = [
    () => [
      retell(story, event),
      retell(story, {...event, subject: story.companion}, passive),
      "agent"
    ]
  ];
  const elsewhere = others.find(({verb}) => verb !== event.verb && synonym(verb) !== event.verb);
  if (elsewhere && synonym(event.verb) !== elsewhere.verb) {
    const {verb} = elsewhere;
    options.push(() => [retell(story, event), retell(story, {...event, verb}, passive), "verb"]);
  }
  const siblings = classmates(event.object!.noun);
  if (siblings.length > 0) {
    const object = {...event.object!, noun: story.random.pick(siblings)};
    options.push(() => [
      retell(story, event),
      retell(story, {...event, object}, passive),
      "object"
    ]);
  }
  const person = event.obliques.find(({referent}) => referent.sort === "person");
  if (person && event.subject.sort === "person") {
    const reversed: EventInstance = {
      ...event,
      subject: person.referent,
      obliques: event.obliques.map((o) => (o === person ? {...o, referent: event.subject} : o))
    };
    options.push(() => [retell(story, event), retell(story, reversed), "reversal"]);
  }
  return story.random.pick(options)();
}

/**
 * Pairs of sentences with MRPC's labels. Paraphrases change voice, a verb for its synonym, the
 * order of reason and result, the place of a time phrase, or use a cleft; the others keep nearly
 * all words but change who did it, to what, or what was done.
 */
export function paraphraseExamples({n, seed}: ExampleOptions): ParaphraseExample[] {
  return Array.from({length: n}, (_, row) => {
    const random = rowRandom("paraphrase", seed, row);
    const label = random.int(2) as 0 | 1;
    for (;;) {
      const story = knownStory(random);
      const [event, ...others] = deeds(story);
      if (!event || event.subject === story.companion) continue;
      const [a, b, change] = label === 1 ? same(story, event) : different(story, event, others);
      return {sentence1: sentenceOf(a), sentence2: sentenceOf(b), label, change};
    }
  });
}
