import {clause, copula, predicateAdjective, subordinator} from "../clause.js";
import {plainNominal} from "../nominal.js";
import {mention} from "../reference.js";
import type {EventInstance, Story} from "../story.js";
import {as, comma, commas, join, mark, single, type Phrase} from "../tree.js";
import {attractor, personRelative, somewhere} from "./modifiers.js";
import {
  fronted,
  isPersonal,
  now,
  obliquesOf,
  one,
  tell,
  whenPhrase,
  type EventTemplate
} from "./template.js";

/** "the soil is dry": why an event happens. */
function reasonClause(story: Story, event: EventInstance, conjunction: string | null): Phrase {
  const {referent, adjective} = event.reason!;
  const subject = mention(story, referent, {apposition: false, definite: true});
  const degree = story.chance(0.2) ? story.random.pick(["very", "quite", "too", "rather"]) : null;
  const gradable = !/^(?:ready|dead|full|torn|innocent|old|young|damaged|broken|complete)$/.test(
    adjective
  );
  return copula({
    before: [conjunction ? subordinator(conjunction) : null],
    subject,
    predicate: predicateAdjective(adjective, gradable ? degree : null),
    group: now(story)
  });
}

function canBePassive(event: EventInstance): boolean {
  return (
    event.willed &&
    isPersonal(event) &&
    event.object !== null &&
    event.object.sort !== "person" &&
    event.object.sort !== "group" &&
    !/_|^(?:enter|leave|reach|join|have|fit)$/.test(event.verb)
  );
}

/** Sentences that tell one event, plainly or with its reason. */
export const eventTemplates: readonly EventTemplate[] = [
  one("event.simple", 14, (story, event) => tell(story, event)),
  one("event.time", 44, (story, event) =>
    tell(story, event, {before: [fronted(story, whenPhrase(story, event))]})
  ),
  one("event.passive", 4, (story, event) =>
    canBePassive(event) ? tell(story, event, {passive: true}) : null
  ),
  one("event.passive.time", 3, (story, event) => {
    if (!canBePassive(event)) return null;
    const before = [fronted(story, whenPhrase(story, event))];
    const subject = mention(story, event.object!);
    const after: Phrase[] = obliquesOf(story, event);
    if (after.length === 0) after.push(somewhere(story));
    return clause({before, subject, verb: event.verb, group: now(story), passive: true, after});
  }),
  one("event.because", 10, (story, event) => {
    if (!event.reason) return null;
    const why = as("advcl", comma(reasonClause(story, event, "because")));
    return tell(story, event, {before: [why]});
  }),
  one("event.because.last", 8, (story, event) => {
    if (!event.reason) return null;
    const main = tell(story, event);
    return join(main, [], [as("advcl", reasonClause(story, event, "because"))]);
  }),
  one("event.so", 8, (story, event) => {
    if (!event.reason) return null;
    const state = reasonClause(story, event, null);
    const result = tell(story, event, {before: [mark(","), single("so", "CCONJ", "cc")]});
    return join(state, [], [as("conj", result)]);
  }),
  one("event.although", 2, (story, event) => {
    if (!isPersonal(event) || event.subject.mentions === 0) return null;
    const state = copula({
      before: [subordinator("although")],
      subject: mention(story, event.subject, {apposition: false}),
      predicate: predicateAdjective(
        story.random.pick(["tired", "busy", "nervous", "late", "hungry", "cold"])
      ),
      group: now(story)
    });
    return tell(story, event, {before: [as("advcl", comma(state))]});
  }),
  one("event.relative", 6, (story, event) => {
    const {subject: who} = event;
    if (!isPersonal(event) || story.clear(who) || who.mentions === 0) return null;
    const subject = mention(story, who, {pronoun: false, apposition: false});
    const relative = personRelative(story, subject.number, who);
    const isName = subject.phrase.head.pos === "PROPN";
    subject.phrase = join(subject.phrase, [], [isName ? commas(relative) : relative]);
    return tell(story, event, {subject});
  }),
  one("event.attractor", 7, (story, event) => {
    const {subject: who} = event;
    if (!isPersonal(event) || who.mentions === 0 || (who.person && !who.told)) return null;
    story.mention(who);
    const subject = plainNominal(who.noun, who.number, "the");
    subject.phrase = join(subject.phrase, [], [attractor(story, who.number, true)]);
    return tell(story, event, {subject});
  })
];
