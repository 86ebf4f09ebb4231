import {describe, expect, test} from "vitest";
import {
  generateCorpus,
  sentenceText,
  topics,
  type SentenceTruth
} from "../../../src/lib/corpus/index.js";
import {plural, verbForms} from "../../../src/lib/corpus/morphology.js";

const {truth} = generateCorpus({documents: 400, seed: 23});
const sentences = truth.flatMap((document) => document.sentences);

function children(sentence: SentenceTruth, head: number, rel: RegExp): number[] {
  return sentence.heads.flatMap((value, i) =>
    value === head + 1 && rel.test(sentence.deprels[i]!) ? [i] : []
  );
}

/** Number of a subject from its form alone, without the truth's `number`; null if not marked. */
function numberOf(sentence: SentenceTruth, at: number): "sing" | "plur" | null {
  const word = sentence.words[at]!.toLowerCase();
  const lemma = sentence.lemmas[at]!;
  if (children(sentence, at, /^conj$/).length > 0) return "plur";
  if (/^(?:he|she|it|one|each|everyone|everybody|nobody|everything|this)$/.test(word))
    return "sing";
  if (/^(?:they|we|two|most|many|some|these)$/.test(word)) return "plur";
  if (word === "who" || word === "that") {
    const verb = sentence.heads[at]! - 1;
    const antecedent = sentence.heads[verb]! - 1;
    return sentence.deprels[verb] === "acl:relcl" ? numberOf(sentence, antecedent) : "sing";
  }
  if (sentence.pos[at] === "PROPN") return "sing";
  if (plural(lemma) === lemma) return null;
  return word === plural(lemma) ? "plur" : "sing";
}

/** The subject that a finite verb agrees with: its own, or that of the verb it is joined to. */
function subjectOf(sentence: SentenceTruth, verb: number): number {
  for (let at = verb; at >= 0; at = sentence.heads[at]! - 1) {
    const [own] = children(sentence, at, /^nsubj(?::pass)?$/);
    if (own !== undefined) return own;
    const [expletive] = children(sentence, at, /^expl$/);
    if (expletive !== undefined) return expletive;
  }
  throw new Error(`no subject: ${sentence.text}`);
}

interface Agreement {
  sentence: SentenceTruth;
  verb: number;
  subject: number;
  form: "sing" | "plur";
}

/** Every verb form of the sample that shows number, found by its form and not by its label. */
function agreements(): Agreement[] {
  const found: Agreement[] = [];
  for (const sentence of sentences) {
    sentence.words.forEach((raw, i) => {
      const word = raw.toLowerCase();
      const isAux = sentence.pos[i] === "AUX";
      if (!isAux && sentence.pos[i] !== "VERB") return;
      const head = isAux ? sentence.heads[i]! - 1 : i;
      let form: "sing" | "plur" | null = null;
      if (/^(?:is|was|has|does)$/.test(word)) form = "sing";
      else if (/^(?:are|were|have|do)$/.test(word)) form = "plur";
      else if (!isAux) {
        const {third, base, past} = verbForms(sentence.lemmas[i]!);
        const helped =
          children(sentence, i, /^aux/).length +
            children(sentence, i, /^mark$/).filter((m) => sentence.words[m] === "to").length >
          0;
        if (base === past) return;
        if (word === third && word !== past) form = "sing";
        else if (word === base && word !== past && !helped) form = "plur";
      }
      if (form) found.push({sentence, verb: i, subject: subjectOf(sentence, head), form});
    });
  }
  return found;
}

describe("the truth of generated sentences", () => {
  test("covers at least 2,000 sentences here", () => {
    expect(sentences.length).toBeGreaterThan(2000);
  });

  test("verbs agree with the number of their subjects, found again from the forms", () => {
    const all = agreements();
    let checked = 0;
    let attracted = 0;
    for (const {sentence, verb, subject, form} of all) {
      const number = numberOf(sentence, subject);
      if (number === null) continue;
      ++checked;
      expect(`${sentence.text} ${number}`, sentence.words[verb]).toBe(`${sentence.text} ${form}`);
      const between = sentence.pos.slice(subject + 1, verb).lastIndexOf("NOUN");
      if (between >= 0 && sentence.number[subject + 1 + between] !== number) ++attracted;
    }
    expect(checked).toBeGreaterThan(2000);
    expect(attracted).toBeGreaterThan(100);
  });

  test("number is given for verbs that show it and no others", () => {
    const shown = new Set(agreements().map(({sentence, verb}) => `${sentence.text} ${verb}`));
    for (const sentence of sentences) {
      sentence.pos.forEach((pos, i) => {
        if (pos !== "VERB" && pos !== "AUX") return;
        const {base, past} = verbForms(sentence.lemmas[i]!);
        if (base === past) return;
        expect([sentence.text, i, sentence.number[i] !== null]).toEqual([
          sentence.text,
          i,
          shown.has(`${sentence.text} ${i}`)
        ]);
      });
    }
  });

  test("nouns carry the number of their form", () => {
    for (const {words, lemmas, pos, number, text} of sentences) {
      words.forEach((word, i) => {
        if (pos[i] !== "NOUN") return;
        const expected = number[i] === "plur" ? plural(lemmas[i]!) : lemmas[i]!;
        expect([text, word.toLowerCase()]).toEqual([text, expected]);
      });
    }
  });

  test("heads form a projective tree with one root", () => {
    for (const {words, heads, deprels, depth, text} of sentences) {
      expect(heads).toHaveLength(words.length);
      expect([text, heads.filter((head) => head === 0).length]).toEqual([text, 1]);
      expect(deprels[heads.indexOf(0)]).toBe("root");
      let deepest = 0;
      heads.forEach((_, i) => {
        let steps = 0;
        for (let at = i; heads[at] !== 0; at = heads[at]! - 1) {
          ++steps;
          if (steps > words.length) throw new Error(`cycle: ${text}`);
        }
        deepest = Math.max(deepest, steps);
      });
      expect(depth).toBe(deepest);
      heads.forEach((head, i) => {
        if (head === 0) return;
        const [low, high] = head - 1 < i ? [head - 1, i] : [i, head - 1];
        for (let j = low + 1; j < high; ++j) {
          const other = heads[j]! - 1;
          if (other < low || other > high) throw new Error(`not projective at ${i}: ${text}`);
        }
      });
    }
  });

  test("offsets give the words, and the words give the text", () => {
    for (const {words, offsets, text} of sentences) {
      expect(offsets.map(([start, end]) => text.slice(start, end))).toEqual(words);
      expect(sentenceText(words)).toBe(text);
    }
  });

  test("entity tags, spans and names agree, and names persist through a document", () => {
    for (const document of truth) {
      const names = new Map<number, {type: string; words: Set<string>}>();
      for (const {words, entities, spans, pos} of document.sentences) {
        const tags = words.map(() => "O");
        for (const {type, start, end, id} of spans) {
          for (let i = start; i < end; ++i) tags[i] = `${i === start ? "B" : "I"}-${type}`;
          const name = words.slice(start, end);
          name.forEach((word) => expect(word).toMatch(/^[A-Z][a-z]+$/));
          const known = names.get(id);
          expect(known?.type ?? type).toBe(type);
          if (known) expect(name.some((word) => known.words.has(word))).toBe(true);
          names.set(id, {type, words: new Set([...(known?.words ?? []), ...name])});
        }
        expect(entities).toEqual(tags);
        expect(pos.map((tag) => tag === "PROPN")).toEqual(tags.map((tag) => tag !== "O"));
      }
    }
    const spans = sentences.flatMap((sentence) => sentence.spans);
    for (const type of ["PER", "LOC", "ORG"]) {
      expect(spans.filter((span) => span.type === type).length).toBeGreaterThan(60);
    }
  });

  test("events come in the order of their script, all of them", () => {
    for (const {script, sentences: told} of truth) {
      const events = told.flatMap(({event}) => (event === null ? [] : [event]));
      expect(events[0]).toBe(0);
      for (let i = 1; i < events.length; ++i) expect(events[i]).toBeGreaterThan(events[i - 1]!);
      const [topic, name] = script.split(".");
      const {steps} = topics()
        .find((entry) => entry.name === topic)!
        .scripts.find((entry) => entry.name === name)!;
      expect(events.at(-1)).toBeLessThan(steps.length);
      const first = told.findIndex(({words}) => /^(?:First|At first)$/.test(words[0]!));
      if (first >= 0) expect(told[first]!.event).toBe(0);
      const finally_ = told.findIndex(({words}) => words[0] === "Finally");
      if (finally_ >= 0) expect(told[finally_]!.event).toBe(events.at(-1));
    }
  });

  test("moods show: opinions have a sign, most other sentences none", () => {
    for (const {sentiment, sentences: told} of truth) {
      const signs = new Set(told.map((sentence) => sentence.sentiment));
      signs.delete("neutral");
      if (sentiment === "neutral") expect(signs.size).toBe(0);
      else expect([...signs]).toEqual([sentiment]);
    }
  });
});

describe("what a model can learn from the generated language", () => {
  const {truth: large} = generateCorpus({documents: 1500, seed: 31});
  const train = large.slice(0, 1300);
  const held = large.slice(1300);

  test("a word follows from its two neighbours three times as often as from frequency", () => {
    const counts = new Map<string, Map<string, number>>();
    const frequency = new Map<string, number>();
    const add = (key: string, word: string) => {
      const table = counts.get(key) ?? new Map<string, number>();
      counts.set(key, table.set(word, (table.get(word) ?? 0) + 1));
    };
    const each = (documents: typeof large, visit: (a: string, word: string, b: string) => void) => {
      for (const {sentences: told} of documents) {
        for (const {words} of told) {
          const padded = ["^", ...words.map((word) => word.toLowerCase()), "$"];
          for (let i = 1; i + 1 < padded.length; ++i)
            visit(padded[i - 1]!, padded[i]!, padded[i + 1]!);
        }
      }
    };
    each(train, (a, word, b) => {
      add(`${a} ${b}`, word);
      add(a, word);
      frequency.set(word, (frequency.get(word) ?? 0) + 1);
    });
    const best = (table: Map<string, number> | undefined) =>
      table ? [...table].reduce((x, y) => (y[1] > x[1] ? y : x))[0] : "";
    const commonest = best(frequency);
    let total = 0;
    let right = 0;
    let baseline = 0;
    each(held, (a, word, b) => {
      ++total;
      if (best(counts.get(`${a} ${b}`) ?? counts.get(a)) === word) ++right;
      if (word === commonest) ++baseline;
    });
    expect(right / total).toBeGreaterThan((3 * baseline) / total);
    expect(right / total).toBeLessThan(0.7);
  });

  test("naive Bayes tells which of two neighbouring pairs of sentences comes first", () => {
    const counts = [new Map<string, number>(), new Map<string, number>()];
    const features = (first: SentenceTruth[], second: SentenceTruth[]) => {
      const [a, b] = [first, second].map((part) =>
        part.flatMap(({words}) => ["^", ...words.map((word) => word.toLowerCase())])
      ) as [string[], string[]];
      const found = new Set<string>();
      a.forEach((word, i) => found.add(`1 ${word}`).add(`1 ${a[i - 1]} ${word}`));
      b.forEach((word, i) => found.add(`2 ${word}`).add(`2 ${b[i - 1]} ${word}`));
      const nouns = (part: string[], article: RegExp) =>
        new Set(part.filter((_, i) => article.test(part[i - 1] ?? "")));
      const known = nouns(b, /^(?:the|it|them)$/);
      for (const noun of nouns(a, /^an?$/)) if (known.has(noun)) found.add("new then known");
      const before = nouns(a, /^the$/);
      for (const noun of nouns(b, /^an?$/)) if (before.has(noun)) found.add("known then new");
      return found;
    };
    const pairs = (documents: typeof large) =>
      documents.flatMap(({sentences: told}) =>
        told.slice(0, -3).map((_, i) => [told.slice(i, i + 2), told.slice(i + 2, i + 4)] as const)
      );
    for (const [a, b] of pairs(train)) {
      [features(a, b), features(b, a)].forEach((found, label) => {
        for (const f of found) counts[label]!.set(f, (counts[label]!.get(f) ?? 0) + 1);
      });
    }
    const score = (found: Set<string>) => {
      let sum = 0;
      for (const f of found) {
        sum += Math.log(((counts[0]!.get(f) ?? 0) + 1) / ((counts[1]!.get(f) ?? 0) + 1));
      }
      return sum;
    };
    const tested = pairs(held);
    const right = tested.filter(([a, b]) => score(features(a, b)) > score(features(b, a))).length;
    expect(right / tested.length).toBeGreaterThan(0.75);
  });
});
