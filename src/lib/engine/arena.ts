/** Methods of explanation on models whose truth is known: which are right, and where. */
import * as tf from "@tensorflow/tfjs-core";
import {methodScores} from "../albert/aggregate/methods.js";
import {forward} from "../albert/heads.js";
import type {Intervention} from "../albert/interventions.js";
import {disposeParameters, uploadParameters, type Parameters} from "../albert/params.js";
import {plantedCases, type PlantedCase} from "../albert/planted/models.js";
import {InputError} from "../errors.js";
import {divergence} from "../probe/distribution.js";
import type {PhaseProgress} from "./trainingCalls.js";
import {yieldToMessages} from "./yield.js";

/** One method on one model. */
export interface ArenaScore {
  method: string;
  /** `[pieces]`, at least 0; only candidates are ranked. */
  scores: number[];
  /** Share of the candidates' scores that lies on the truth, in [0, 1]; null where all are 0. */
  share: number | null;
}

/** What taking a head away does. */
export interface ArenaHead {
  depth: number;
  head: number;
  role: string;
  /** Whether it carries the guess, by construction. */
  carries: boolean;
  /** Kullback–Leibler divergence in nats of the guess without it. */
  alone: number;
  /** The same without it and its partners, who do or undo one thing with it; null where it has none. */
  together: number | null;
}

/** One model of the arena. */
export interface ArenaCase extends Pick<
  PlantedCase,
  "name" | "does" | "trap" | "tokens" | "position" | "truth"
> {
  guess: string;
  probability: number;
  /** Pieces that are ranked: all but [CLS], [SEP] and the [MASK]. */
  candidates: number[];
  /** The share of a method that knows nothing. */
  even: number;
  methods: ArenaScore[];
  heads: ArenaHead[];
}

/** Calls about models that are written by hand. */
export interface ArenaCalls {
  arena: {
    input: {seed: number; used: number};
    progress: PhaseProgress;
    /** Null where it was stopped. */
    output: ArenaCase[] | null;
  };
}

/** Below this a share of a score is rounding. */
const least = 1e-9;

/** The share of the scores that lies on the truth; null where no candidate has any. */
export function truthShare(
  scores: ArrayLike<number>,
  candidates: readonly number[],
  truth: readonly number[]
): number | null {
  const sum = (positions: readonly number[]) =>
    positions.reduce((total, i) => total + Math.max(0, scores[i]!), 0);
  const all = sum(candidates);
  return all > least ? sum(truth) / all : null;
}

/** Logits at the blank, a row each of ids. */
async function logitsAt(
  params: Parameters,
  {config, position}: PlantedCase,
  rows: number[][],
  interventions: Intervention[] = []
): Promise<Float32Array[]> {
  const logits = tf.tidy(() => {
    const all = forward(params, {inputIds: rows}, config, {interventions}).logits.get("logits")!;
    return tf.reshape(tf.slice(all, [0, position, 0], [rows.length, 1, -1]), [
      rows.length,
      config.vocabSize
    ]);
  });
  const values = (await logits.data<"float32">()).slice();
  logits.dispose();
  return rows.map((_, i) => values.subarray(i * config.vocabSize, (i + 1) * config.vocabSize));
}

function probabilityOf(logits: Float32Array, id: number): number {
  const largest = Math.max(...logits);
  const sum = logits.reduce((total, x) => total + Math.exp(x - largest), 0);
  return Math.exp(logits[id]! - largest) / sum;
}

async function runCase(planted: PlantedCase, params: Parameters): Promise<ArenaCase> {
  const {config, ids, tokens, position, target, truth, roles, carriers, partners = []} = planted;
  const candidates = ids.flatMap((_, i) =>
    i === position || i === 0 || i === ids.length - 1 ? [] : [i]
  );
  const [whole, ...hidden] = await logitsAt(params, planted, [
    ids,
    ...candidates.map((i) => ids.map((id, k) => (k === i ? ids[position]! : id)))
  ]);
  const probability = probabilityOf(whole!, target);
  const occlusion = new Float64Array(ids.length);
  hidden.forEach((logits, k) => {
    const fall = Math.log(probability / probabilityOf(logits, target));
    // What float32 cannot tell from nothing is nothing.
    occlusion[candidates[k]!] = fall > 1e-5 ? fall : 0;
  });
  const scores = await methodScores(params, {inputIds: [ids]}, config, position, target);
  const perDepth = config.numAttentionHeads;
  const without = async (heads: readonly number[], depth: number) => {
    const [after] = await logitsAt(params, planted, [ids], [{type: "maskHeads", heads, depth}]);
    return divergence(whole!, after!);
  };
  const heads: ArenaHead[] = [];
  for (const [i, role] of roles.entries()) {
    const [depth, head] = [Math.floor(i / perDepth), i % perDepth];
    heads.push({
      depth,
      head,
      role,
      carries: carriers.includes(i),
      alone: await without([head], depth),
      together: partners.includes(i) ? await without(partners, depth) : null
    });
  }
  return {
    name: planted.name,
    does: planted.does,
    trap: planted.trap,
    tokens,
    position,
    truth,
    guess: tokens[truth[0]!]!,
    probability,
    candidates,
    even: truth.length / candidates.length,
    methods: [...scores, ["occlusion", occlusion] as const].map(([method, values]) => ({
      method,
      scores: Array.from(values),
      share: truthShare(values, candidates, truth)
    })),
    heads
  };
}

/**
 * Every method on every planted model; null where it was stopped.
 *
 * @throws InputError for a share outside (0, 1) or a seed that is no whole number
 */
export async function runArena(
  {seed, used}: ArenaCalls["arena"]["input"],
  report: (progress: PhaseProgress) => void,
  signal?: AbortSignal
): Promise<ArenaCase[] | null> {
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32)
    throw new InputError(`seed: ${seed} (expected a whole number from 0 to 2³² − 1)`);
  if (!(used >= 0.01 && used <= 0.99))
    throw new InputError(`used share: ${used} (expected 0.01 to 0.99)`);
  const cases = plantedCases(seed, used);
  const results: ArenaCase[] = [];
  for (const [i, planted] of cases.entries()) {
    report({phase: planted.name, fraction: i / cases.length});
    await yieldToMessages();
    if (signal?.aborted) return null;
    const params = uploadParameters(planted.parameters);
    try {
      results.push(await runCase(planted, params));
    } finally {
      disposeParameters(params);
    }
  }
  return results;
}
