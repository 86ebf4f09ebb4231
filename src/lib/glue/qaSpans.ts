/** An answer span in a window, both ends included, and its score. */
export interface Span {
  start: number;
  end: number;
  /** Start logit + end logit. */
  score: number;
}

/** Where an answer may lie. */
export interface SpanOptions {
  /** First position of the context. */
  from: number;
  /** One past the last position of the context. */
  to: number;
  /** Longest answer in tokens; default 30. */
  maxAnswerTokens?: number;
}

/**
 * The best spans of one window: maximises start[i] + end[j] over the context with
 * `i ≤ j < i + maxAnswerTokens`. Of equal scores the smaller i, then the smaller j comes first.
 *
 * @param startLogits [seq]
 * @param endLogits [seq]
 * @param count at most this many; default 1
 * @returns best first; empty if the context is
 */
export function bestSpans(
  startLogits: ArrayLike<number>,
  endLogits: ArrayLike<number>,
  {from, to, maxAnswerTokens = 30}: SpanOptions,
  count = 1
): Span[] {
  const spans: Span[] = [];
  for (let start = from; start < to; ++start)
    for (let end = start; end < Math.min(to, start + maxAnswerTokens); ++end) {
      const score = startLogits[start]! + endLogits[end]!;
      if (spans.length === count && !(score > spans[count - 1]!.score)) continue;
      let at = spans.length;
      while (at > 0 && score > spans[at - 1]!.score) --at;
      spans.splice(at, 0, {start, end, score});
      if (spans.length > count) spans.pop();
    }
  return spans;
}

/** The score of "no answer": start and end logit of [CLS], the first position. */
export function nullScore(startLogits: ArrayLike<number>, endLogits: ArrayLike<number>): number {
  return startLogits[0]! + endLogits[0]!;
}

/** The logits of one window of a long context. */
export interface AnswerWindow extends SpanOptions {
  startLogits: ArrayLike<number>;
  endLogits: ArrayLike<number>;
}

/** An answer chosen over all windows of a context. */
export interface Answer {
  /** The best span and the index of its window; null if no window has context. */
  span: (Span & {window: number}) | null;
  /** Lowest null score of the windows: none of them may hold the answer. */
  nullScore: number;
  /** nullScore − span score: the larger, the more "no answer"; Infinity without a span. */
  nullDifference: number;
  /** Whether "no answer" is predicted. */
  isNull: boolean;
}

/**
 * Chooses the answer over the windows of one context: the best span of all, or none where the null
 * score exceeds it by more than the threshold.
 *
 * @param nullThreshold default 0; Infinity always answers (SQuAD 1.1)
 * @see google-research/bert run_squad.py, write_predictions
 */
export function chooseAnswer(windows: readonly AnswerWindow[], nullThreshold = 0): Answer {
  let span: Answer["span"] = null;
  let lowest = Infinity;
  windows.forEach(({startLogits, endLogits, ...options}, window) => {
    lowest = Math.min(lowest, nullScore(startLogits, endLogits));
    const [best] = bestSpans(startLogits, endLogits, options);
    if (best && (!span || best.score > span.score)) span = {...best, window};
  });
  const nullDifference = span === null ? Infinity : lowest - (span as Span).score;
  return {
    span,
    nullScore: lowest,
    nullDifference,
    isNull: span === null || nullDifference > nullThreshold
  };
}
