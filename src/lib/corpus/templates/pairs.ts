import {clause, subordinator} from "../clause.js";
import {mention} from "../reference.js";
import type {EventInstance, Story} from "../story.js";
import {as, comma, join, mark, single, type Phrase} from "../tree.js";
import {
  isPersonal,
  earlier,
  fronted,
  now,
  tell,
  whenPhrase,
  type EventTemplate
} from "./template.js";

function samePerson([a, b]: readonly EventInstance[]): boolean {
  return (
    a!.subject === b!.subject &&
    (a!.subject.sort === "person" || a!.subject.sort === "group") &&
    a!.willed
  );
}

const and = (): Phrase => single("and", "CCONJ", "cc");

const two = (name: string, weight: number, make: EventTemplate["make"]): EventTemplate => ({
  name,
  weight,
  events: 2,
  make
});

function coordinate(story: Story, events: readonly EventInstance[], then: boolean): Phrase {
  const [a, b] = events;
  const subject = mention(story, a!.subject);
  const first = tell(story, a!, {subject, manner: false});
  const second = tell(story, b!, {
    subject: null,
    group: sameGroup(story, subject.number),
    before: [and(), then ? single("then", "ADV", "advmod") : null]
  });
  return join(first, [], [as("conj", second)]);
}

/** The group of a second verb that shares the first one's subject. */
function sameGroup(story: Story, number: "sing" | "plur"): "past" | "present" | "presentPlural" {
  return story.tense === "present" && number === "plur" ? "presentPlural" : story.tense;
}

/** Sentences that tell two or three events at once. */
export const pairTemplates: readonly EventTemplate[] = [
  two("pair.coordinate", 8, (story, events) =>
    samePerson(events) ? coordinate(story, events, false) : null
  ),
  two("pair.then", 5, (story, events) =>
    samePerson(events) ? coordinate(story, events, true) : null
  ),
  two("pair.clauses", 6, (story, [a, b]) => {
    if (a!.subject === b!.subject) return null;
    const first = tell(story, a!, {
      before: [story.chance(0.3) ? fronted(story, whenPhrase(story, a!)) : null]
    });
    const second = tell(story, b!, {before: [mark(","), and()]});
    return join(first, [], [as("conj", second)]);
  }),
  two("pair.after.gerund", 6, (story, events) => {
    if (!samePerson(events)) return null;
    const [a, b] = events;
    const introduced = a!.subject.mentions > 0;
    if (!introduced) return null;
    const before = tell(story, a!, {
      subject: null,
      group: "gerund",
      manner: false,
      before: [subordinator("after")]
    });
    return tell(story, b!, {before: [as("advcl", comma(before))]});
  }),
  two("pair.before.gerund", 5, (story, events) => {
    if (!samePerson(events)) return null;
    const [a, b] = events;
    const first = tell(story, a!);
    const second = tell(story, b!, {
      subject: null,
      group: "gerund",
      manner: false,
      before: [subordinator("before")]
    });
    return join(first, [], [as("advcl", second)]);
  }),
  two("pair.after", 7, (story, [a, b]) => {
    const first = tell(story, a!, {
      group: earlier(story),
      before: [subordinator(story.random.pick(["after", "once", "when"]))],
      manner: false
    });
    const again = a!.subject === b!.subject ? {pronoun: "always" as const} : {};
    return tell(story, b!, {before: [as("advcl", comma(first))], mention: again});
  }),
  two("pair.until", 6, (story, [a, b]) => {
    if (a!.subject === b!.subject || b!.willed || !isPersonal(a!)) return null;
    const first = clause({subject: mention(story, a!.subject), verb: "wait", group: now(story)});
    return join(first, [], [as("advcl", tell(story, b!, {before: [subordinator("until")]}))]);
  }),
  two("pair.having", 3, (story, events) => {
    if (!samePerson(events) || events[0]!.subject.mentions === 0) return null;
    const [a, b] = events;
    const before = tell(story, a!, {subject: null, group: "having", manner: false});
    return tell(story, b!, {before: [as("advcl", comma(before))]});
  }),
  two("pair.which", 12, (story, [a, b]) => {
    if (
      !a!.object ||
      a!.object !== b!.object ||
      a!.obliques.length > 0 ||
      a!.object.sort === "person" ||
      a!.object.sort === "group"
    )
      return null;
    if (a!.verb.includes("_") || b!.obliques.length > 0 || !a!.willed) return null;
    const subject = mention(story, b!.subject);
    const object = mention(story, b!.object!, {
      place: "object",
      pronoun: false,
      definite: true
    }).phrase;
    const agent = mention(story, a!.subject, {apposition: false});
    const rel = clause({
      before: [single("that", "PRON", "obj")],
      subject: agent,
      verb: a!.verb,
      group: earlier(story)
    });
    return clause({
      subject,
      verb: b!.verb,
      group: now(story),
      object: join(object, [], [as("acl:relcl", rel)])
    });
  }),
  {
    name: "triple.coordinate",
    weight: 3,
    events: 3,
    make(story, events) {
      const [a, b, c] = events;
      if (!samePerson([a!, b!]) || !samePerson([b!, c!])) return null;
      const subject = mention(story, a!.subject);
      const group = sameGroup(story, subject.number);
      const first = tell(story, a!, {subject, manner: false});
      const second = tell(story, b!, {subject: null, group, manner: false, before: [mark(",")]});
      const third = tell(story, c!, {subject: null, group, manner: false, before: [and()]});
      return join(first, [], [as("conj", second), as("conj", third)]);
    }
  }
];
