/** Methods that read importance off attention, side by side, and put to the test. */
import * as tf from "@tensorflow/tfjs-core";
import {areaUnder, curvePlan, orderOf} from "../albert/aggregate/curves.js";
import {methodScores} from "../albert/aggregate/methods.js";
import type {AlbertConfig} from "../albert/config.js";
import {encode, type ModelInputs} from "../albert/forward.js";
import {maskedLmLogits} from "../albert/heads.js";
import {gatherRows} from "../albert/ops/rows.js";
import type {Parameters} from "../albert/params.js";
import {hasMaskedLm} from "../albert/specs.js";
import {InputError} from "../errors.js";
import {kendallTau} from "../glue/correlation.js";
import {Random} from "../random.js";
import {encodeText, needTokenizer} from "./encodeText.js";
import {withParameters, type LoadedModel} from "./loadedModel.js";
import type {MethodsResult} from "./attentionCalls.js";
import type {PhaseProgress} from "./trainingCalls.js";
import {yieldToMessages} from "./yield.js";

/** Steps of a curve, orders drawn at random, rows computed at once. */
const steps = 10;
const randomOrders = 10;
const rowsAtOnce = 32;
/** Beyond this many pieces flow alone takes longer than anyone waits. */
const mostPieces = 64;

/** Methods by name: what each says of every piece, for the guess `target` at `position`. */
export type ScoreMethods = (
  params: Parameters,
  inputs: ModelInputs,
  config: AlbertConfig,
  position: number,
  target: number
) => Promise<ReadonlyMap<string, Float64Array>>;

/** Probabilities `[rows, vocab]` at one position of rows of ids. */
async function probabilitiesAt(
  model: LoadedModel,
  params: Parameters,
  rows: readonly number[][],
  typeIds: readonly number[],
  position: number,
  target: number | null
): Promise<Float32Array> {
  const {config} = model;
  const n = rows[0]!.length;
  const result = tf.tidy(() => {
    const inputs = {inputIds: rows.map((r) => [...r]), tokenTypeIds: rows.map(() => [...typeIds])};
    const {sequenceOutput} = encode(params, inputs, config);
    const flat = tf.reshape(sequenceOutput, [rows.length * n, config.hiddenSize]);
    const at = tf.tensor1d(
      Int32Array.from(rows, (_, row) => row * n + position),
      "int32"
    );
    const shares = tf.softmax(maskedLmLogits(params, gatherRows(flat, at), config));
    return target === null ? shares : tf.slice(shares, [0, target], [rows.length, 1]);
  });
  const values = (await result.data<"float32">()).slice();
  result.dispose();
  return values;
}

/**
 * What several methods say the guess at the first [MASK] rests on, how far their orders agree, and how
 * the guess's probability falls and rises as the pieces they name first are hidden and shown.
 * `occlusion` is the fall when one piece alone is hidden, which is measured, not inferred.
 *
 * @param signal aborted, nothing more is tested
 * @param scoresOf the methods beside occlusion, default six that read attention
 * @returns null where it was stopped
 * @throws InputError where there is no [MASK], no other piece, or more than 64 pieces
 */
export async function compareMethods(
  model: LoadedModel,
  text: string,
  pair: string | null,
  report: (progress: PhaseProgress) => void,
  signal?: AbortSignal,
  scoresOf: ScoreMethods = methodScores
): Promise<MethodsResult | null> {
  const {config} = model;
  if (!hasMaskedLm(config))
    throw new InputError(`${model.name}: ${config.architecture} has no masked LM head`);
  const {special, pieces} = needTokenizer(model);
  const {encoding, inputs} = encodeText(model, text, pair);
  const {ids, tokens} = encoding;
  const typeIds = (inputs.tokenTypeIds as number[][])[0]!;
  const position = ids.indexOf(special.mask);
  if (position < 0)
    throw new InputError("no [MASK] in the text (expected one, to explain its guess)");
  if (ids.length > mostPieces)
    throw new InputError(`the text has ${ids.length} pieces (expected at most ${mostPieces})`);
  const added = new Set([special.cls, special.sep]);
  const candidates = ids.flatMap((id, i) => (i !== position && !added.has(id) ? [i] : []));
  if (candidates.length < 2)
    throw new InputError("too few pieces beside the [MASK] (expected two)");
  const hide = (hidden: readonly number[]) => {
    const row = [...ids];
    for (const i of hidden) row[i] = special.mask;
    return row;
  };
  return withParameters(model, async (params) => {
    report({phase: "scoring the pieces", fraction: null});
    const all = await probabilitiesAt(model, params, [ids], typeIds, position, null);
    const target = all.reduce((best, p, id) => (p > all[best]! ? id : best), 0);
    const probability = all[target]!;
    const scores = await scoresOf(params, inputs, config, position, target);

    const run = async (rows: number[][]): Promise<number[]> => {
      const values: number[] = [];
      for (let i = 0; i < rows.length; i += rowsAtOnce) {
        const part = rows.slice(i, i + rowsAtOnce);
        values.push(...(await probabilitiesAt(model, params, part, typeIds, position, target)));
      }
      return values;
    };
    const single = await run(candidates.map((i) => hide([i])));
    const occlusion = new Float64Array(ids.length);
    candidates.forEach((i, k) => (occlusion[i] = Math.log(probability / single[k]!)));

    const curves = async (order: readonly number[]) => {
      const {counts, deletion, insertion} = curvePlan(order, steps);
      const falling = await run(deletion.map(hide));
      const rising = await run(insertion.map(hide));
      return {
        counts,
        deletion: falling,
        insertion: rising,
        deletionArea: areaUnder(counts, falling),
        insertionArea: areaUnder(counts, rising)
      };
    };
    const isStopped = async () => {
      await yieldToMessages();
      return signal?.aborted ?? false;
    };
    const methods: MethodsResult["methods"] = [];
    const named = [...scores, ["occlusion", occlusion] as const];
    for (const [i, [name, values]] of named.entries()) {
      report({phase: `testing ${name}`, fraction: i / (named.length + randomOrders)});
      if (await isStopped()) return null;
      methods.push({
        name,
        scores: Array.from(values),
        ...(await curves(orderOf(values, candidates)))
      });
    }
    const random = new Random(1, "probes");
    const baseline: Awaited<ReturnType<typeof curves>>[] = [];
    for (let i = 0; i < randomOrders; ++i) {
      report({
        phase: "testing random orders",
        fraction: (named.length + i) / (named.length + randomOrders)
      });
      if (await isStopped()) return null;
      const order = orderOf(
        Float64Array.from(ids, () => random.uniform()),
        candidates
      );
      baseline.push(await curves(order));
    }
    const meanOf = (get: (c: (typeof baseline)[number]) => number) =>
      baseline.reduce((sum, c) => sum + get(c), 0) / baseline.length;
    const at = (values: ArrayLike<number>) => candidates.map((i) => values[i]!);
    return {
      tokens,
      position,
      target: {piece: pieces[target]!, probability},
      candidates,
      methods,
      random: {
        orders: randomOrders,
        deletionArea: meanOf((c) => c.deletionArea),
        insertionArea: meanOf((c) => c.insertionArea)
      },
      agreement: named.map(([, a]) => named.map(([, b]) => kendallTau(at(a), at(b)))),
      model: model.name
    };
  });
}
