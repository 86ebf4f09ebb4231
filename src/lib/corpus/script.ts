import {building} from "./topics/building.js";
import {cooking} from "./topics/cooking.js";
import {farming} from "./topics/farming.js";
import {justice} from "./topics/justice.js";
import {medicine} from "./topics/medicine.js";
import {music} from "./topics/music.js";
import {school} from "./topics/school.js";
import {science} from "./topics/science.js";
import {sea} from "./topics/sea.js";
import {sport} from "./topics/sport.js";
import {trade} from "./topics/trade.js";
import {travel} from "./topics/travel.js";
import {nounClass} from "./lexicon/nouns.js";

/**
 * Scripts: what happens in which order, and who takes part. The notation of topics/*.ts:
 *
 *     topic NAME · orgs, props, sights, places: words of the topic
 *     script NAME
 *     ROLE SORT noun/noun/…      SORT: person, people, thing, things, mass, place, the (unique)
 *     - SUBJECT verb/verb [OBJECT] [preposition:ROLE] [~adverb/adverb] [<ROLE or noun adjective/…]
 *
 * A role is a capital letter, perhaps with a digit; alternatives are near-synonyms. `$class` as a
 * noun takes any noun of that class, `preposition:$noun` names a thing once. `<` gives a reason
 * (`+noun` if plural). A step that begins with `*` just happens: nobody plans it.
 */
export type RoleSort = "person" | "people" | "thing" | "things" | "mass" | "place" | "the";

/** Who or what may fill a role of a script. */
export interface Role {
  sort: RoleSort;
  nouns: readonly string[];
}

/** Why a step is taken: something is in some state. */
export interface Reason {
  /** A role of the script, or a noun. */
  about: string;
  plural: boolean;
  adjectives: readonly string[];
}

/** One event of a script. */
export interface Step {
  subject: string;
  /** Near-synonyms; `pick_up` is a verb with a particle. */
  verbs: readonly string[];
  object: string | null;
  obliques: readonly {preposition: string; role: string}[];
  adverbs: readonly string[];
  reason: Reason | null;
  /** Whether the subject does it on purpose. */
  willed: boolean;
}

/** A sequence of events with its roles. */
export interface Script {
  name: string;
  topic: string;
  roles: ReadonlyMap<string, Role>;
  steps: readonly Step[];
}

/** A topic: its scripts, and the words that only it uses. */
export interface Topic {
  name: string;
  organisations: readonly string[];
  /** Noun classes of things that people there own and use. */
  props: readonly string[];
  /** Noun classes of what else is to be seen there. */
  sights: readonly string[];
  places: readonly string[];
  scripts: readonly Script[];
}

const rolePattern = /^[A-Z]\d?$/;

function nounsOf(text: string): string[] {
  return text
    .split("/")
    .flatMap((noun) => (noun.startsWith("$") ? nounClass(noun.slice(1)).nouns : [noun]));
}

function parseStep(text: string): Step {
  const willed = text.startsWith("- ");
  const [subject, verbs, ...rest] = text.slice(2).split(" ") as [string, string, ...string[]];
  const step = {
    subject,
    verbs: verbs.split("/"),
    object: null as string | null,
    obliques: [] as {preposition: string; role: string}[],
    adverbs: [] as string[],
    reason: null as Reason | null,
    willed
  };
  for (let i = 0; i < rest.length; ++i) {
    const part = rest[i]!;
    if (part.startsWith("~")) step.adverbs = part.slice(1).split("/");
    else if (part.startsWith("<")) {
      const about = part.slice(1).replace("+", "");
      step.reason = {about, plural: part.startsWith("<+"), adjectives: rest[++i]!.split("/")};
    } else if (part.includes(":")) {
      const [preposition, role] = part.split(":") as [string, string];
      step.obliques.push({preposition: preposition.replace("_", " "), role});
    } else if (rolePattern.test(part)) step.object = part;
    else throw new Error(`script step: cannot read ${part} in ${text}`);
  }
  return step;
}

/** Reads one topic. @throws {Error} on a line it cannot read or a role that is not declared */
export function parseTopic(text: string): Topic {
  const words = new Map<string, string[]>();
  const scripts: {name: string; topic: string; roles: Map<string, Role>; steps: Step[]}[] = [];
  let name = "";
  for (const line of text.trim().split("\n")) {
    const [first, ...rest] = line.split(" ") as [string, ...string[]];
    if (first === "topic") name = rest[0]!;
    else if (first === "script") {
      scripts.push({name: rest[0]!, topic: name, roles: new Map(), steps: []});
    } else if (first === "-" || first === "*") scripts.at(-1)!.steps.push(parseStep(line));
    else if (rolePattern.test(first)) {
      const sort = rest[0] as RoleSort;
      scripts.at(-1)!.roles.set(first, {sort, nouns: nounsOf(rest[1]!)});
    } else words.set(first, rest);
  }
  for (const script of scripts) {
    for (const step of script.steps) {
      for (const role of [step.subject, step.object, ...step.obliques.map((o) => o.role)]) {
        if (role === null || role.startsWith("$") || script.roles.has(role)) continue;
        throw new Error(`script ${name}.${script.name}: no role ${role}`);
      }
    }
  }
  return {
    name,
    organisations: words.get("orgs") ?? [],
    props: words.get("props") ?? [],
    sights: words.get("sights") ?? [],
    places: words.get("places") ?? [],
    scripts
  };
}

const texts = [
  farming,
  cooking,
  medicine,
  school,
  sport,
  travel,
  music,
  justice,
  sea,
  building,
  science,
  trade
];

let parsed: readonly Topic[] | undefined;

/** All topics, in a fixed order; read when first asked for, since a page may import them and write nothing. */
export function topics(): readonly Topic[] {
  return (parsed ??= texts.map(parseTopic));
}

let people: ReadonlySet<string> | undefined;

/** Common nouns that mean people. */
export function personNouns(): ReadonlySet<string> {
  return (people ??= new Set([
    ...["relative", "friend", "crowd", "worker"].flatMap((name) => nounClass(name).nouns),
    ...topics().flatMap(({scripts}) =>
      scripts.flatMap(({roles}) =>
        [...roles.values()].flatMap(({sort, nouns}) =>
          sort === "person" || sort === "people" ? nouns : []
        )
      )
    )
  ]));
}
