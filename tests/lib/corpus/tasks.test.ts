import {describe, expect, test} from "vitest";
import {
  acceptabilityExamples,
  entailmentExamples,
  generateCorpus,
  nerExamples,
  paraphraseExamples,
  questionExamples,
  sentimentExamples
} from "../../../src/lib/corpus/index.js";
import {
  adjectiveGroups,
  badFeelings,
  blame,
  goodFeelings,
  praise
} from "../../../src/lib/corpus/lexicon/adjectives.js";

const n = 400;
const makers = {
  sentimentExamples,
  acceptabilityExamples,
  paraphraseExamples,
  entailmentExamples,
  questionExamples,
  nerExamples
};

function share<T>(rows: readonly T[], test: (row: T) => boolean): number {
  return rows.filter(test).length / rows.length;
}

describe.each(Object.entries(makers))("%s({n, seed})", (_, make) => {
  test("makes n rows, the same row i however many, others for another seed", () => {
    const rows = make({n: 30, seed: 4});
    expect(rows).toHaveLength(30);
    expect(make({n: 7, seed: 4})).toEqual(rows.slice(0, 7));
    expect(make({n: 30, seed: 5})).not.toEqual(rows);
  });
});

describe("sentimentExamples", () => {
  const rows = sentimentExamples({n, seed: 2});

  test("is balanced, and negated often enough that counting words is not enough", () => {
    expect(share(rows, ({label}) => label === 1)).toBeGreaterThan(0.42);
    expect(share(rows, ({label}) => label === 1)).toBeLessThan(0.58);
    expect(share(rows, ({negated}) => negated)).toBeGreaterThan(0.1);
    expect(share(rows, ({sentence}) => /\b(?:not|never|nobody)\b/i.test(sentence))).toBe(
      share(rows, ({negated}) => negated)
    );
  });

  test("the label is the sign of the words, turned by negation", () => {
    const groups = Object.values(adjectiveGroups);
    const good = new Set([
      ...groups.flatMap((g) => g.good),
      ...goodFeelings.map((f) => f.adjective)
    ]);
    const bad = new Set([...groups.flatMap((g) => g.bad), ...badFeelings.map((f) => f.adjective)]);
    const verbs = new RegExp(`\\b(?:${praise.map((verb) => verb.replace(/e$/, "")).join("|")})`);
    const blames = new RegExp(`\\b(?:${blame.map((verb) => verb.replace(/e$/, "")).join("|")})`);
    for (const {plain} of groups) {
      for (const word of plain) {
        good.delete(word);
        bad.delete(word);
      }
    }
    let checked = 0;
    for (const {sentence, label, negated} of rows) {
      const last = sentence.slice(0, -1).replace(/^.*?, /, "");
      const words = last.toLowerCase().split(" ");
      let plus = words.some((word) => good.has(word));
      let minus = words.some((word) => bad.has(word));
      if (!plus && !minus) {
        plus = verbs.test(last) && !blames.test(last);
        minus = blames.test(last) && !verbs.test(last);
      }
      if (plus === minus) continue;
      ++checked;
      expect([sentence, plus !== negated ? 1 : 0]).toEqual([sentence, label]);
    }
    expect(checked).toBeGreaterThan(n / 2);
  });
});

describe("acceptabilityExamples", () => {
  const rows = acceptabilityExamples({n, seed: 2});

  test("are minimal pairs: one or two words differ, of sentences that are whole", () => {
    for (let i = 0; i < n; i += 2) {
      const [good, bad] = [rows[i]!, rows[i + 1]!];
      expect([good.label, bad.label, good.pair === bad.pair]).toEqual([1, 0, true]);
      const words = (text: string): string[] => text.toLowerCase().match(/[a-z]+|[^a-z\s]/g) ?? [];
      const [a, b] = [words(good.sentence), words(bad.sentence)];
      expect(a).toHaveLength(b.length);
      const differ = a.filter((word, j) => word !== b[j]).length;
      expect([good.sentence, differ]).toEqual([good.sentence, good.violation === "order" ? 2 : 1]);
    }
  });

  test("break agreement, order, case and form", () => {
    for (const violation of ["agreement", "order", "case", "form"]) {
      expect(share(rows, (row) => row.violation === violation)).toBeGreaterThan(0.05);
    }
  });
});

describe("paraphraseExamples", () => {
  const rows = paraphraseExamples({n, seed: 2});

  test("is balanced, and words alone do not tell the labels apart", () => {
    expect(share(rows, ({label}) => label === 1)).toBeGreaterThan(0.42);
    expect(share(rows, ({label}) => label === 1)).toBeLessThan(0.58);
    const overlap = ({sentence1, sentence2}: (typeof rows)[number]) => {
      const [a, b] = [sentence1, sentence2].map(
        (text) => new Set(text.toLowerCase().match(/\w+/g))
      );
      return [...a!].filter((word) => b!.has(word)).length / Math.min(a!.size, b!.size);
    };
    const high = rows.filter((row) => overlap(row) > 0.65);
    expect(share(high, ({label}) => label === 0)).toBeGreaterThan(0.2);
  });

  test("never pairs a sentence with itself", () => {
    expect(rows.filter(({sentence1, sentence2}) => sentence1 === sentence2)).toEqual([]);
  });
});

describe("entailmentExamples", () => {
  const rows = entailmentExamples({n, seed: 2});

  test("has three labels in equal parts, and negation under two of them", () => {
    for (const label of ["entailment", "neutral", "contradiction"]) {
      expect(share(rows, (row) => row.label === label)).toBeGreaterThan(0.26);
    }
    const negated = rows.filter(({hypothesis}) => /\bnot\b/.test(hypothesis));
    expect(new Set(negated.map(({label}) => label))).toEqual(new Set(["neutral", "contradiction"]));
  });

  test("premise and hypothesis differ, and negation contradicts exactly", () => {
    for (const {premise, hypothesis, rule} of rows) {
      expect(premise).not.toBe(hypothesis);
      if (rule === "negation") expect(/\bnot\b/.test(premise)).not.toBe(/\bnot\b/.test(hypothesis));
    }
  });
});

describe("questionExamples", () => {
  test("answers stand in the context where they are said to", () => {
    const rows = questionExamples({n, seed: 2});
    for (const {context, answer, question} of rows) {
      expect(context.slice(answer!.start, answer!.start + answer!.text.length)).toBe(answer!.text);
      expect(question).toMatch(/^(?:Who|What|Where) .+\?$/);
    }
    expect(new Set(rows.map(({id}) => id)).size).toBe(n);
    for (const word of ["Who", "What", "Where"]) {
      expect(share(rows, ({question}) => question.startsWith(word))).toBeGreaterThan(0.03);
    }
  });

  test("leaves the share asked for without an answer", () => {
    const rows = questionExamples({n, seed: 3, impossible: 0.5});
    expect(share(rows, ({answer}) => answer === null)).toBeGreaterThan(0.4);
    expect(share(rows, ({answer}) => answer === null)).toBeLessThan(0.6);
  });
});

describe("nerExamples", () => {
  test("has a tag for each word, all three types, and sentences without any", () => {
    const rows = nerExamples({n, seed: 2});
    const tags = new Set(rows.flatMap((row) => row.tags));
    expect(tags).toEqual(new Set(["O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG"]));
    for (const row of rows) {
      expect(row.tags).toHaveLength(row.words.length);
      row.tags.forEach((tag, i) => {
        if (tag.startsWith("I-")) expect(row.tags[i - 1]!.slice(1)).toBe(tag.slice(1));
      });
    }
    const none = share(rows, (row) => row.tags.every((tag) => tag === "O"));
    expect(none).toBeGreaterThan(0.08);
    expect(none).toBeLessThan(0.3);
  });

  test("shares no stream with the corpus of the same seed", () => {
    const {truth} = generateCorpus({documents: 5, seed: 2});
    const texts = new Set(
      truth.flatMap(({sentences}) => sentences.map(({words}) => words.join(" ")))
    );
    const shared = nerExamples({n: 50, seed: 2}).filter(({words}) => texts.has(words.join(" ")));
    expect(shared.length).toBeLessThan(3);
  });
});
