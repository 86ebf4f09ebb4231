import {verbForms} from "./morphology.js";
import type {Nominal} from "./nominal.js";
import {as, join, single, type Phrase} from "./tree.js";
import type {GrammaticalNumber} from "./types.js";

/** Form of a clause's verb group. */
export type VerbGroup =
  | "past"
  | "present"
  | "presentPlural" // present of an understood or inverted plural subject
  | "perfect"
  | "pastPerfect"
  | "presentProgressive"
  | "pastProgressive"
  | "will"
  | "would"
  | "must"
  | "could"
  | "infinitive"
  | "bare"
  | "gerund"
  | "having";

/** What a clause is made of. */
export interface ClauseSpec {
  /** Null where the subject is understood. */
  subject: Nominal | null;
  /** Lemma; `pick_up` has a particle. */
  verb: string;
  group: VerbGroup;
  object?: Phrase | null;
  indirect?: Phrase | null;
  /** Whatever follows the object, in order. */
  after?: (Phrase | null | undefined)[];
  /** An adverb before the main verb. */
  adverb?: Phrase | null;
  negated?: boolean;
  passive?: boolean;
  /** Conjunctions, fronted phrases: before everything else. */
  before?: readonly (Phrase | null | undefined)[];
}

function auxiliary(
  form: string,
  lemma: string,
  number: GrammaticalNumber | null,
  rel = "aux"
): Phrase {
  return single(form, "AUX", rel, lemma, number);
}

const beForms = {
  present: {sing: "is", plur: "are"},
  past: {sing: "was", plur: "were"}
};

/** The chain of auxiliaries and the form of the last verb. */
function verbGroup(
  lemma: string,
  group: VerbGroup,
  number: GrammaticalNumber,
  negated: boolean,
  passive: boolean,
  copula: boolean
): {chain: Phrase[]; form: string; number: GrammaticalNumber | null} {
  if (group === "presentPlural")
    return verbGroup(lemma, "present", "plur", negated, passive, copula);
  const forms = verbForms(lemma);
  const not = negated ? [single("not", "PART", "advmod")] : [];
  const be = copula ? "cop" : passive ? "aux:pass" : "aux";
  const isBe = passive || copula;
  const main = copula ? "" : forms.participle;
  switch (group) {
    case "past":
    case "present":
      if (isBe) {
        return {
          chain: [auxiliary(beForms[group][number], "be", number, be), ...not],
          form: main,
          number: null
        };
      }
      if (negated && lemma !== "be") {
        const form = group === "past" ? "did" : number === "sing" ? "does" : "do";
        return {
          chain: [auxiliary(form, "do", group === "past" ? null : number), ...not],
          form: forms.base,
          number: null
        };
      }
      if (lemma === "be") return {chain: [], form: beForms[group][number], number};
      if (group === "past") return {chain: [], form: forms.past, number: null};
      return {chain: [], form: number === "sing" ? forms.third : forms.base, number};
    case "perfect":
    case "pastPerfect": {
      const has = group === "pastPerfect" ? "had" : number === "sing" ? "has" : "have";
      const chain = [auxiliary(has, "have", group === "perfect" ? number : null), ...not];
      if (isBe) chain.push(auxiliary("been", "be", null, be));
      return {chain, form: isBe ? main : forms.participle, number: null};
    }
    case "presentProgressive":
    case "pastProgressive": {
      const tense = group === "pastProgressive" ? "past" : "present";
      const chain = [auxiliary(beForms[tense][number], "be", number), ...not];
      if (isBe) chain.push(auxiliary("being", "be", null, be));
      return {chain, form: isBe ? main : forms.gerund, number: null};
    }
    case "will":
    case "would":
    case "must":
    case "could": {
      const chain = [auxiliary(group, group, null), ...not];
      if (isBe) chain.push(auxiliary("be", "be", null, be));
      return {chain, form: isBe ? main : forms.base, number: null};
    }
    case "infinitive":
    case "bare": {
      const chain = group === "infinitive" ? [...not, single("to", "PART", "mark")] : [...not];
      if (isBe) chain.push(auxiliary("be", "be", null, be));
      return {chain, form: isBe ? main : forms.base, number: null};
    }
    case "having":
      return {
        chain: [auxiliary("having", "have", null), ...not],
        form: forms.participle,
        number: null
      };
    case "gerund":
      return {
        chain: isBe ? [...not, auxiliary("being", "be", null, be)] : not,
        form: isBe ? main : forms.gerund,
        number: null
      };
  }
}

/** A clause around a verb. The verb agrees with the subject's number. */
export function clause(spec: ClauseSpec): Phrase {
  const {subject, object = null, indirect = null, after = [], passive = false} = spec;
  const [lemma, particle] = spec.verb.split("_") as [string, string?];
  const group = verbGroup(
    lemma,
    spec.group,
    subject?.number ?? "sing",
    spec.negated ?? false,
    passive,
    false
  );
  const head = single(group.form, "VERB", "dep", lemma, group.number);
  const particlePhrase = particle ? single(particle, "ADP", "compound:prt") : null;
  const objectPhrase = object && as("obj", object);
  const objectIsPronoun = object?.head.pos === "PRON" && object.tokens.length === 1;
  return join(
    head,
    [
      ...(spec.before ?? []),
      subject && as(subject.rel ?? (passive ? "nsubj:pass" : "nsubj"), subject.phrase),
      ...group.chain,
      spec.adverb
    ],
    [
      indirect && as("iobj", indirect),
      ...(objectIsPronoun ? [objectPhrase, particlePhrase] : [particlePhrase, objectPhrase]),
      ...after
    ]
  );
}

/** A clause with "be": the predicate (adjective, noun or prepositional phrase) is the head. */
export function copula(spec: {
  subject: Nominal | null;
  predicate: Phrase;
  group: VerbGroup;
  negated?: boolean;
  adverb?: Phrase | null;
  before?: (Phrase | null | undefined)[];
  after?: (Phrase | null | undefined)[];
}): Phrase {
  const {chain} = verbGroup(
    "be",
    spec.group,
    spec.subject?.number ?? "sing",
    spec.negated ?? false,
    false,
    true
  );
  return join(
    spec.predicate,
    [
      ...(spec.before ?? []),
      spec.subject && as(spec.subject.rel ?? "nsubj", spec.subject.phrase),
      ...chain,
      spec.adverb
    ],
    spec.after ?? []
  );
}

/** A subordinating conjunction. */
export function subordinator(form: string): Phrase {
  return single(form, "SCONJ", "mark");
}

/** An adverb. */
export function adverbial(form: string): Phrase {
  return single(form, "ADV", "advmod");
}

/** An adjective as predicate, perhaps with an adverb of degree. */
export function predicateAdjective(adjective: string, degree: string | null = null): Phrase {
  return join(single(adjective, "ADJ"), [degree ? adverbial(degree) : null]);
}
