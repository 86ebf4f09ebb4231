/** What every head does over many texts: measures with intervals, patterns, syntax, examples. */
import {holm, pairedP} from "../experiments/statistics.js";
import {Random} from "../random.js";
import {lookingRows, measureEven, measureHead, measureNames, patterns} from "./measures.js";
import {ratioEstimates, type Estimate} from "./ratios.js";
import {Reservoir, TopK} from "./streams.js";
import {countHeadHits, wordAttention, type HeadHits, type WordTree} from "./syntax.js";
import {summarizeSyntax, type SyntaxFindings} from "./syntaxFindings.js";

/** A text with the attention of all heads. */
export interface StudiedText {
  tokens: string[];
  text: string;
  /** `[depth · heads, n, n]` flat; rows sum to 1. */
  probs: Float32Array;
  /** Where its tree is known. */
  tree?: WordTree;
}

/** A row of attention, to be looked at. */
export interface HeadExample {
  text: string;
  tokens: string[];
  /** The piece that looks. */
  from: number;
  /** `[n]` weights of its row. */
  weights: number[];
}

/** One measure of all heads. */
export interface HeadMeasure {
  name: string;
  /** In what it is measured; null for a share in [0, 1]. */
  unit: string | null;
  about: string;
  /** `[depth · heads]`, with 95 % bootstrap intervals over texts. */
  values: Estimate[];
  /** What something that knows nothing of the model gets, and its name. */
  reference: {name: string; value: number};
}

/** What `HeadStudy` found. */
export interface HeadStudyResult {
  model: string;
  depths: number;
  heads: number;
  /** Name of the texts. */
  corpus: string;
  texts: number;
  /** Pieces that looked. */
  rows: number;
  /** False where the study was stopped before its end. */
  isComplete: boolean;
  measures: HeadMeasure[];
  /**
   * `[depth · heads]`: the pattern whose mass exceeds that of even attention most, as a share of what
   * is possible; null where none does by 1 % and beyond chance (paired Student tests over texts, Holm
   * over all heads and patterns at 5 %).
   */
  detected: ({pattern: string; excess: number} | null)[];
  /** Null where the texts have no trees. */
  syntax: SyntaxFindings | null;
  /** `[depth · heads]`: rows with the greatest single weight on another piece, one a text. */
  top: (HeadExample & {score: number})[][];
  /** Rows drawn at random, the same for every head: `[rows]` of `[depth · heads]`. */
  sample: {text: string; tokens: string[]; from: number; weights: number[][]}[];
}

/** Options of {@link HeadStudy}. */
export interface HeadStudyOptions {
  depths: number;
  heads: number;
  /** Examples of each kind, default 5. */
  examples?: number;
  /** Seed of the random sample and the intervals, default 1. */
  seed?: number;
}

/** A pattern that exceeds even attention by less than this share of what is possible is none. */
const leastExcess = 0.01;

/** Takes texts one after the other and keeps numbers and a few examples, not the texts. */
export class HeadStudy {
  readonly #options: Required<HeadStudyOptions>;
  readonly #all: number;
  /** One entry a text: `[head · measures]` sums, those of even attention, and rows. */
  readonly #sums: Float64Array[] = [];
  readonly #even: Float64Array[] = [];
  readonly #rows: number[] = [];
  readonly #hits: Map<string, HeadHits>[] = [];
  readonly #top: TopK<HeadExample>[];
  readonly #sample: Reservoir<HeadStudyResult["sample"][number]>;

  constructor({depths, heads, examples = 5, seed = 1}: HeadStudyOptions) {
    this.#options = {depths, heads, examples, seed};
    this.#all = depths * heads;
    this.#top = Array.from({length: this.#all}, () => new TopK(examples));
    this.#sample = new Reservoir(examples, new Random(seed, "probes"));
  }

  /** Texts so far. */
  get texts(): number {
    return this.#sums.length;
  }

  /** @throws RangeError where the weights are not of this many heads and pieces */
  add({tokens, text, probs, tree}: StudiedText): void {
    const n = tokens.length;
    if (probs.length !== this.#all * n * n)
      throw new RangeError(`${probs.length} weights (expected ${this.#all} × ${n} × ${n})`);
    const rows = lookingRows(tokens);
    if (rows.length === 0) return;
    const sums = new Float64Array(this.#all * measureNames.length);
    const of = (head: number) => probs.subarray(head * n * n, (head + 1) * n * n);
    const isText = new Set(rows);
    for (let head = 0; head < this.#all; ++head) {
      const weights = of(head);
      sums.set(measureHead(weights, tokens, rows), head * measureNames.length);
      let [best, most] = [rows[0]!, -1];
      for (const from of rows)
        for (const to of rows)
          if (to !== from && weights[from * n + to]! > most)
            [best, most] = [from, weights[from * n + to]!];
      if (isText.size > 1)
        this.#top[head]!.offer(most, () => ({
          text,
          tokens,
          from: best,
          weights: Array.from(weights.subarray(best * n, (best + 1) * n))
        }));
    }
    for (const from of rows)
      this.#sample.offer(() => ({
        text,
        tokens,
        from,
        weights: Array.from({length: this.#all}, (_, head) =>
          Array.from(of(head).subarray(from * n, (from + 1) * n))
        )
      }));
    this.#sums.push(sums);
    this.#even.push(measureEven(tokens, rows));
    this.#rows.push(rows.length);
    if (!tree) return;
    const hits = new Map<string, HeadHits>();
    const words = tree.heads.length;
    const merged = Array.from({length: this.#all}, (_, head) =>
      wordAttention(of(head), tree.group, words)
    );
    countHeadHits(merged, tree, hits);
    this.#hits.push(hits);
  }

  /** What was found so far. @throws RangeError before the first text */
  result(about: Pick<HeadStudyResult, "model" | "corpus" | "isComplete">): HeadStudyResult {
    if (this.texts === 0) throw new RangeError("no text was studied");
    const {depths, heads, seed} = this.#options;
    const count = measureNames.length;
    const estimates = ratioEstimates(this.#sums, this.#rows, {seed});
    const even = ratioEstimates(this.#even, this.#rows, {resamples: 1}).map(({mean}) => mean);
    const syntax = this.#hits.length > 1 ? summarizeSyntax(this.#hits, this.#all, seed) : null;
    const units = ["nats", "pieces"];
    const measures: HeadMeasure[] = measureNames.map((name, k) => ({
      name,
      unit: units[k] ?? null,
      about:
        patterns[k - 2]?.about ??
        (k === 0 ? "how evenly a row is spread" : "how far away the pieces are that it looks at"),
      values: Array.from({length: this.#all}, (_, head) => estimates[head * count + k]!),
      reference: {name: "even attention", value: even[k]!}
    }));
    return {
      ...about,
      depths,
      heads,
      texts: this.texts,
      rows: this.#rows.reduce((a, b) => a + b, 0),
      measures: [...measures, ...(syntax?.measures ?? [])],
      detected: this.#detect(even),
      syntax: syntax && syntax.findings,
      top: this.#top.map((top) => top.ranked().map(({score, item}) => ({score, ...item}))),
      sample: [...this.#sample.items]
    };
  }

  #detect(even: readonly number[]): HeadStudyResult["detected"] {
    const count = measureNames.length;
    const total = this.#rows.reduce((a, b) => a + b, 0);
    const tests = Array.from({length: this.#all * patterns.length}, (_, i) => {
      const [head, k] = [Math.floor(i / patterns.length), 2 + (i % patterns.length)];
      const surplus = this.#sums.map(
        (sums, t) => (sums[head * count + k]! - this.#even[t]![k]!) / this.#rows[t]!
      );
      const score = this.#sums.reduce((sum, sums) => sum + sums[head * count + k]!, 0) / total;
      return {p: pairedP(surplus), excess: (score - even[k]!) / (1 - even[k]!)};
    });
    const adjusted = holm(tests.map(({p}) => p));
    return Array.from({length: this.#all}, (_, head) => {
      let best: {pattern: string; excess: number} | null = null;
      patterns.forEach(({name}, k) => {
        const i = head * patterns.length + k;
        const {excess} = tests[i]!;
        if (excess > (best?.excess ?? leastExcess) && adjusted[i]! < 0.05)
          best = {pattern: name, excess};
      });
      return best;
    });
  }
}
