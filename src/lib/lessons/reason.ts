/** Lesson: a weight of attention says where a head read from, not what the guess rests on. */
import type {EngineHandle} from "../engine/calls.js";
import {InputError} from "../errors.js";
import type {Lesson} from "./desk.js";

/** One head at one depth: how hard it looks, and what is lost without it. */
export interface TestedHead {
  layer: number;
  head: number;
  /** Largest weight in the row of the [MASK], and the piece it falls on. */
  weight: number;
  to: string;
  /** Probability of the guess without the head. */
  after: number;
  /** Kullback–Leibler divergence at the [MASK], in nats. */
  divergence: number;
}

export interface ReasonResult {
  text: string;
  model: string;
  guess: {piece: string; probability: number};
  heads: TestedHead[];
}

/** A head, counted from 1 as the figures do. */
export interface HeadAnswer {
  head: number;
}

/** The model that ships with the site, as `loadModel` takes it. */
export type ShippedModel = () => Promise<{name: string; files: Map<string, Uint8Array>}>;

/** What the guess keeps without a head below which the head counts as its reason. */
const lostBelow = 0.5;

/** The head with the largest weight. */
export function hardestLooking({heads}: ReasonResult): TestedHead {
  return heads.reduce((best, each) => (each.weight > best.weight ? each : best));
}

/** The head without which the guess loses most. */
export function mostMissed({heads}: ReasonResult): TestedHead {
  return heads.reduce((best, each) => (each.divergence > best.divergence ? each : best));
}

async function without(engine: EngineHandle, text: string, layer: number | null, head: number) {
  const change = {kind: "head", head, layer} as const;
  const result = await engine.call("effect", {text, pair: null, change});
  const {position, pieces} = result.places[0]!;
  return {guess: pieces[0]!, divergence: result.divergence![position]!};
}

/** The lesson on a text with one [MASK]. */
export function reasonLesson(
  text: string,
  shipped: ShippedModel
): Lesson<ReasonResult, HeadAnswer> {
  return {
    id: "reason",
    async experiment(engine, report, signal) {
      report({phase: "reading the model", fraction: null});
      const model = await engine.call("loadModel", await shipped(), {signal});
      const {tokens, probs} = await engine.call("attend", {text, pair: null});
      const [depths, heads, n] = probs.shape as [number, number, number, number];
      const from = tokens.indexOf("[MASK]");
      if (from < 0) throw new InputError("the text holds no [MASK] (expected one)");
      const tested: TestedHead[] = [];
      let guess = {piece: "", probability: 0};
      for (let layer = 0; layer < depths; ++layer)
        for (let head = 0; head < heads; ++head) {
          if (signal.aborted) return null;
          const row = ((layer * heads + head) * n + from) * n;
          const weights = probs.data.subarray(row, row + n);
          const to = weights.reduce((best, w, i) => (w > weights[best]! ? i : best), 0);
          const lost = await without(engine, text, layer, head);
          guess = {piece: lost.guess.piece, probability: lost.guess.before};
          tested.push({
            layer,
            head,
            weight: weights[to]!,
            to: tokens[to]!,
            after: lost.guess.after,
            divergence: lost.divergence
          });
          report({
            phase: `without head ${head + 1} at depth ${layer + 1}`,
            fraction: tested.length / (depths * heads)
          });
        }
      return {text, model: model.name, guess, heads: tested};
    },
    supported(result) {
      const {after} = hardestLooking(result);
      if (after < lostBelow * result.guess.probability) return "lost";
      return after < 0.9 * result.guess.probability ? "weaker" : "same";
    },
    async verify(engine, {head}, {heads}) {
      const count = 1 + Math.max(...heads.map((each) => each.head));
      if (!Number.isInteger(head) || head < 1 || head > count)
        throw new InputError(`head: ${head} (expected a whole number from 1 to ${count})`);
      const divergences: number[] = [];
      for (let i = 0; i < count; ++i)
        divergences.push((await without(engine, text, null, i)).divergence);
      const most = divergences.indexOf(Math.max(...divergences));
      const nats = (i: number) => `${divergences[i]!.toFixed(2)} nats`;
      return {
        isRight: head - 1 === most,
        words:
          head - 1 === most
            ? `Taken away at every depth, head ${head} moves the guess by ${nats(most)}, more than any other.`
            : `Taken away at every depth, head ${head} moves the guess by ${nats(head - 1)}; another moves it more.`
      };
    }
  };
}
