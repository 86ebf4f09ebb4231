import {adverbial, clause, copula, subordinator, type VerbGroup} from "../clause.js";
import {askVerbs, idleVerbs, sayVerbs, wantVerbs} from "../lexicon/verbs.js";
import {pickSkewed} from "../names.js";
import {both, chunk, indefinite, prepositional} from "../nominal.js";
import {mention} from "../reference.js";
import type {EventInstance, Story} from "../story.js";
import {as, comma, join, mark, type Phrase} from "../tree.js";
import {somewhere} from "./modifiers.js";
import {
  bystander,
  earlier,
  isPersonal,
  later,
  now,
  one,
  ongoing,
  tell,
  type EventTemplate
} from "./template.js";

/** An event on purpose, by people. */
function isDeed(event: EventInstance): boolean {
  return event.willed && isPersonal(event);
}

/** "to plant the beans": the event as a goal of somebody who is named outside. */
function goal(story: Story, event: EventInstance, rel: "xcomp" | "csubj" | "advcl"): Phrase {
  return as(
    rel,
    tell(story, event, {
      subject: null,
      group: "infinitive",
      manner: false,
      obliques: rel !== "advcl"
    })
  );
}

/** The present of a verb whose plural subject follows it or is understood. */
export function agreeing(story: Story, number: "sing" | "plur"): VerbGroup {
  return story.tense === "present" && number === "plur" ? "presentPlural" : story.tense;
}

const noises: readonly (readonly [string, string])[] = [
  ["rain", "begin"],
  ["bell", "ring"],
  ["telephone", "ring"],
  ["wind", "rise"],
  ["music", "stop"],
  ["sun", "set"]
];

/** Sentences that tell one event inside another clause: wanted, reported, quoted, interrupted. */
export const eventFrameTemplates: readonly EventTemplate[] = [
  one("event.want", 6, (story, event) => {
    if (!isDeed(event)) return null;
    const verb = pickSkewed(story.random, wantVerbs);
    if (verb === event.verb) return null;
    const subject = mention(story, event.subject);
    return clause({subject, verb, group: now(story), after: [goal(story, event, "xcomp")]});
  }),
  one("event.ask", 4, (story, event) => {
    if (!isDeed(event) || event.subject !== story.hero || story.hero.mentions === 0) return null;
    const subject = mention(story, story.companion, {apposition: false});
    const object = mention(story, event.subject, {place: "object", apposition: false}).phrase;
    const verb = pickSkewed(story.random, askVerbs);
    return clause({subject, verb, group: now(story), object, after: [goal(story, event, "xcomp")]});
  }),
  one("event.report", 5, (story, event) => {
    if (story.hero.mentions === 0) return null;
    const subject = mention(story, bystander(story, event), {apposition: false});
    const group = story.chance(0.6) ? earlier(story) : later(story);
    const before = [story.chance(0.8) ? subordinator("that") : null];
    const what = as("ccomp", tell(story, event, {group, before, mention: {apposition: false}}));
    return clause({
      subject,
      verb: pickSkewed(story.random, sayVerbs),
      group: now(story),
      after: [what]
    });
  }),
  one("event.report.deep", 2, (story, event) => {
    if (story.hero.mentions === 0) return null;
    const witness = story.newPerson(["visitor", "stranger", "passenger", "child", "guest"], 0);
    const subject = mention(story, witness, {apposition: false});
    const inner = mention(story, bystander(story, event), {pronoun: false, apposition: false});
    const what = tell(story, event, {
      group: earlier(story),
      before: [subordinator("that")],
      manner: false,
      mention: {apposition: false}
    });
    const middle = clause({
      before: [subordinator("that")],
      subject: inner,
      verb: story.random.pick(["think", "believe", "know", "hope"]),
      group: now(story),
      after: [as("ccomp", what)]
    });
    const verb = story.random.pick(["say", "report", "explain"]);
    return clause({subject, verb, group: now(story), after: [as("ccomp", middle)]});
  }),
  one("event.cleft", 3, (story, event) => {
    const {subject: who} = event;
    if (!isPersonal(event) || who.number === "plur" || !event.object || who.mentions === 0)
      return null;
    const predicate = mention(story, who, {pronoun: false, apposition: false}).phrase;
    const relative = tell(story, event, {subject: indefinite("who", who.number), manner: false});
    return copula({
      subject: indefinite("it", "sing", "expl"),
      predicate,
      group: now(story),
      after: [as("acl:relcl", relative)]
    });
  }),
  one("event.together", 5, (story, event) => {
    if (!isDeed(event) || event.subject !== story.hero || story.hero.mentions === 0) return null;
    const subject = both(
      mention(story, event.subject, {pronoun: false, apposition: false}),
      mention(story, story.companion, {pronoun: false, apposition: false})
    );
    return tell(story, event, {subject});
  }),
  one("event.while", 4, (story, event) => {
    if (!isPersonal(event) || story.hero.mentions === 0) return null;
    const idle = clause({
      before: [subordinator("while")],
      subject: mention(story, bystander(story, event), {apposition: false}),
      verb: pickSkewed(story.random, idleVerbs),
      group: story.chance(0.5) ? ongoing(story) : now(story),
      after: [story.chance(0.5) ? somewhere(story) : null]
    });
    const options = {pronoun: false, apposition: false};
    return tell(story, event, {before: [as("advcl", comma(idle))], mention: options});
  }),
  one("event.go", 24, (story, event) => {
    const place = event.obliques.find(({referent}) => referent.sort === "place");
    if (!place || !isDeed(event) || event.obliques.length !== 1) return null;
    if (!/^(?:in|at|on)$/.test(place.preposition)) return null;
    const subject = mention(story, event.subject);
    const where = prepositional("to", mention(story, place.referent, {place: "object"}).phrase);
    const verb = story.random.pick(["go", "walk", "return", "come"]);
    return clause({subject, verb, group: now(story), after: [where, goal(story, event, "advcl")]});
  }),
  one("event.took", 2, (story, event) => {
    if (
      !isDeed(event) ||
      !event.object ||
      /^(?:notice|enter|leave|reach|see|call|cross|discover|cover)$/.test(event.verb)
    ) {
      return null;
    }
    const subject = indefinite("it", "sing", "expl");
    const indirect = mention(story, event.subject, {place: "object", apposition: false}).phrase;
    const amount = story.random.pick([
      "two/NUM hours",
      "an/DET hour",
      "a/DET long/ADJ time",
      "ten/NUM minutes"
    ]);
    const object = chunk(amount, "obj");
    return clause({
      subject,
      verb: "take",
      group: now(story),
      indirect,
      object,
      after: [goal(story, event, "csubj")]
    });
  }),
  one("event.quote", 4, (story, event) => {
    const {object: thing} = event;
    if (!isDeed(event) || !thing || thing.sort === "person" || thing.sort === "group") return null;
    const object = mention(story, thing, {place: "object", pronoun: false, definite: true}).phrase;
    const adverb = story.chance(0.4) ? story.random.pick(["now", "today", "soon", "again"]) : null;
    const quoted = clause({
      subject: indefinite("we", "plur"),
      verb: event.verb,
      group: story.random.pick(["must", "will"]),
      object,
      after: [adverb ? adverbial(adverb) : null]
    });
    const speaker = mention(story, event.subject, {pronoun: false, apposition: false});
    return clause({
      before: [as("ccomp", join(quoted, [mark('"')], [mark(","), mark('"')]))],
      subject: null,
      verb: story.random.pick(["say", "whisper", "shout", "explain"]),
      group: agreeing(story, speaker.number),
      after: [as("nsubj", speaker.phrase)]
    });
  }),
  one("event.interrupted", 3, (story, event) => {
    if (!isDeed(event)) return null;
    const main = tell(story, event, {group: ongoing(story), manner: false});
    const [noun, verb] = story.random.pick(noises);
    const noise = clause({
      before: [subordinator("when")],
      subject: mention(story, story.uniqueThing(noun), {pronoun: false}),
      verb,
      group: now(story)
    });
    return join(main, [], [as("advcl", noise)]);
  })
];
