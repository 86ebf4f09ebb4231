/** Which heads find the heads of words, against a rule that knows only distances. */
import {holm, pairedP} from "../experiments/statistics.js";
import {ratioEstimates, type Estimate} from "./ratios.js";
import type {HeadMeasure} from "./study.js";
import {offsets, type HeadHits} from "./syntax.js";

/** The best head for one relation, and the best distance; chosen on one half, scored on the other. */
export interface RelationFinding {
  relation: string;
  /** Words of the half that was scored. */
  words: number;
  /** Index in `[depth · heads]`. */
  head: number;
  /** `own`: the word looks at its head; `others`: its head looks at the word. */
  way: "own" | "others";
  accuracy: Estimate;
  /** The distance in words, and how often the head is there. */
  offset: number;
  baseline: number;
  /** Accuracy minus baseline, on the same words. */
  difference: Estimate;
  /** Holm-adjusted over the relations. */
  p: number;
}

/** What is known of all heads and trees. */
export interface SyntaxFindings {
  /** Texts that heads and distances were chosen on, and texts that they were scored on. */
  chosenOn: number;
  scoredOn: number;
  /** The distance that finds most heads, whatever the relation. */
  offset: number;
  baseline: number;
  /** `[2 · depth · heads]`, own looks first: accuracy minus the baseline, and its adjusted p. */
  differences: (Estimate & {p: number})[];
  /** Frequent relations first. */
  relations: RelationFinding[];
}

/** A relation is told of where both halves hold this many of it. */
const leastWords = 20;

const largest = (values: ArrayLike<number>) =>
  Array.from(values).reduce((best, value, i, all) => (value > all[best]! ? i : best), 0);

function added(texts: readonly HeadHits[], heads: number): HeadHits {
  const sum: HeadHits = {
    total: 0,
    hits: new Float64Array(2 * heads),
    byOffset: new Float64Array(offsets.length)
  };
  for (const {total, hits, byOffset} of texts) {
    sum.total += total;
    hits.forEach((value, i) => (sum.hits[i]! += value));
    byOffset.forEach((value, i) => (sum.byOffset[i]! += value));
  }
  return sum;
}

/**
 * Scores of all heads over texts with trees. Every second text is used to choose the best distance
 * and, for each relation, the best head; the others are what both are scored on, so that choosing
 * among many heads gives no advantage.
 *
 * @param texts one map of relations a text, at least two
 * @param heads heads of all depths
 */
export function summarizeSyntax(
  texts: readonly ReadonlyMap<string, HeadHits>[],
  heads: number,
  seed: number
): {measures: HeadMeasure[]; findings: SyntaxFindings} {
  const choosing = texts.filter((_, i) => i % 2 === 0);
  const scoring = texts.filter((_, i) => i % 2 === 1);
  const of = (text: ReadonlyMap<string, HeadHits>, relation: string | null) =>
    relation === null ? added([...text.values()], heads) : text.get(relation);
  const counts = (half: typeof texts, relation: string | null) =>
    half.flatMap((text) => of(text, relation) ?? []);

  const bestOffset = largest(added(counts(choosing, null), heads).byOffset);
  const all = counts(scoring, null).filter(({total}) => total > 0);
  const totals = all.map(({total}) => total);
  const accuracy = ratioEstimates(
    all.map(({hits}) => hits),
    totals,
    {seed}
  );
  const surplus = all.map(({hits, byOffset}) => hits.map((hit) => hit - byOffset[bestOffset]!));
  const gained = ratioEstimates(surplus, totals, {seed});
  const sum = added(all, heads);
  const baseline = sum.byOffset[bestOffset]! / sum.total;
  const p = holm(gained.map((_, i) => pairedP(surplus.map((text) => text[i]!))));
  const name = `always ${signed(offsets[bestOffset]!)} words`;
  const measure = (way: "own" | "others", label: string, about: string): HeadMeasure => ({
    name: label,
    unit: null,
    about,
    values: accuracy.slice(way === "own" ? 0 : heads, way === "own" ? heads : 2 * heads),
    reference: {name, value: baseline}
  });

  const seen = new Set(texts.flatMap((text) => [...text.keys()]));
  const relations = [...seen].flatMap((relation): Omit<RelationFinding, "p">[] => {
    const first = added(counts(choosing, relation), heads);
    const second = counts(scoring, relation);
    const words = second.reduce((total, text) => total + text.total, 0);
    if (Math.min(first.total, words) < leastWords) return [];
    const column = largest(first.hits);
    const at = largest(first.byOffset);
    const hits = second.map((text) => [
      text.hits[column]!,
      text.byOffset[at]!,
      text.hits[column]! - text.byOffset[at]!
    ]);
    const [found, rule, difference] = ratioEstimates(
      hits,
      second.map(({total}) => total),
      {seed}
    );
    return [
      {
        relation,
        words,
        head: column % heads,
        way: column < heads ? "own" : "others",
        accuracy: found!,
        offset: offsets[at]!,
        baseline: rule!.mean,
        difference: difference!
      }
    ];
  });
  const raw = relations.map(({relation, head, way, offset}) => {
    const column = way === "own" ? head : heads + head;
    const at = offsets.indexOf(offset);
    return pairedP(
      counts(scoring, relation).map(({hits, byOffset}) => hits[column]! - byOffset[at]!)
    );
  });
  const adjusted = holm(raw);
  return {
    measures: [
      measure("own", "looks at its head", "a word looks most at its syntactic head"),
      measure("others", "its head looks at it", "of all words a word's head looks at it most")
    ],
    findings: {
      chosenOn: choosing.length,
      scoredOn: scoring.length,
      offset: offsets[bestOffset]!,
      baseline,
      differences: gained.map((estimate, i) => ({...estimate, p: p[i]!})),
      relations: relations
        .map((relation, i) => ({...relation, p: adjusted[i]!}))
        .sort((a, b) => b.words - a.words)
    }
  };
}

/** @example signed(-1) → "−1"; signed(2) → "+2" */
export function signed(offset: number): string {
  return `${offset < 0 ? "−" : "+"}${Math.abs(offset)}`;
}
