import {adverbial, clause, copula, predicateAdjective, subordinator} from "../clause.js";
import {amod, chunk, determiner, noun, prepositional} from "../nominal.js";
import {mention} from "../reference.js";
import {as, comma, join, mark, single} from "../tree.js";
import {fronted, now, type Template} from "./template.js";

const needs: readonly (readonly [string, string])[] = [
  ["tired", "rest"],
  ["tired", "sleep"],
  ["tired", "sit_down"],
  ["hungry", "eat"],
  ["thirsty", "drink"],
  ["cold", "leave"],
  ["sleepy", "yawn"]
];

/** Last sentences that judge nothing. */
export const closingTemplates: readonly Template[] = [
  {
    name: "closing.home",
    weight: 4,
    make(story) {
      const when = story.chance(0.5)
        ? fronted(
            story,
            chunk(story.random.pick(["in/ADP the/DET evening", "at/ADP night", "after/ADP sunset"]))
          )
        : null;
      const subject = mention(story, story.hero);
      return clause({
        before: [when],
        subject,
        verb: story.random.pick(["go", "walk", "return", "drive"]),
        group: now(story),
        after: [
          story.chance(0.5)
            ? adverbial("home")
            : prepositional("to", mention(story, story.town, {place: "object"}).phrase)
        ]
      });
    }
  },
  {
    name: "closing.work",
    weight: 3,
    make(story) {
      const work = {
        phrase: join(noun("work", "sing"), [
          determiner("the"),
          story.chance(0.3) ? amod("whole") : null
        ]),
        number: "sing" as const
      };
      const amount = chunk(
        story.random.pick([
          "two/NUM days",
          "three/NUM weeks",
          "a/DET whole/ADJ day",
          "many/ADJ hours",
          "ten/NUM hours",
          "a/DET month"
        ]),
        "obj"
      );
      return clause({subject: work, verb: "take", group: now(story), object: amount});
    }
  },
  {
    name: "closing.tired",
    weight: 3,
    make(story) {
      const [adjective, verb] = story.random.pick(needs);
      const subject = mention(story, story.hero);
      const state = copula({
        subject,
        predicate: predicateAdjective(adjective, "very"),
        group: now(story)
      });
      const rest = clause({
        before: [mark(","), single("so", "CCONJ", "cc")],
        subject: mention(story, story.hero, {pronoun: "always"}),
        verb,
        group: now(story)
      });
      return join(state, [], [as("conj", rest)]);
    }
  },
  {
    name: "closing.tell",
    weight: 3,
    make(story) {
      const when = fronted(story, adverbial(story.random.pick(["later", "afterwards", "then"])));
      const subject = mention(story, story.hero);
      const object = mention(story, story.companion, {
        place: "object",
        pronoun: false,
        apposition: false
      }).phrase;
      const about = prepositional(
        "about",
        join(noun(story.random.pick(["day", "work", "morning", "week"]), "sing"), [
          determiner("the")
        ])
      );
      return clause({
        before: [when],
        subject,
        verb: "tell",
        group: now(story),
        object,
        after: [about]
      });
    }
  },
  {
    name: "closing.ready",
    weight: 2,
    make(story) {
      const done = clause({
        before: [subordinator("when")],
        subject: {
          phrase: single("everything", "PRON", "nsubj", "everything", "sing"),
          number: "sing"
        },
        verb: "finish",
        group: now(story),
        passive: true
      });
      return clause({
        before: [as("advcl", comma(done))],
        subject: mention(story, story.hero),
        verb: story.random.pick(["leave", "rest", "sit_down", "celebrate"]),
        group: now(story)
      });
    }
  }
];
