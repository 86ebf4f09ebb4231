/** Activation patching: a state of one text put into the run of another. */
import * as tf from "@tensorflow/tfjs-core";
import type {AlbertConfig} from "../config.js";
import {disposeEncoded, encode, type Intervention, type ModelInputs} from "../forward.js";
import {maskedLmLogits} from "../heads.js";
import {gatherRows} from "../ops/rows.js";
import type {Parameters} from "../params.js";
import {effectiveDepth} from "../sharing.js";
import {depthSites} from "./states.js";

/** Two texts of as many pieces, and what is asked of both. */
export interface PatchQuestion {
  clean: readonly number[];
  corrupted: readonly number[];
  typeIds: readonly number[];
  /** Where the guess is read. */
  position: number;
  /** The piece that the clean text calls for, and that of the corrupted one. */
  answers: readonly [number, number];
}

/** How much of the difference between the two texts comes back; 0 none, 1 all. */
export interface PatchMaps {
  /** Difference of the answers' logits on either text, unpatched. */
  clean: number;
  corrupted: number;
  /** `[depths, groups]`: the residual stream at groups of positions, depth 0 being the embeddings. */
  groups: Float64Array;
  /** `[layers, heads]`: what a head averages, at all positions. */
  heads: Float64Array;
  /** By depth: all positions at once, and none. */
  all: number[];
  none: number[];
}

/** Rows computed at once. */
const rowsAtOnce = 32;

/**
 * Runs the corrupted text with parts of the clean text's states put in, and measures how far the
 * difference of the answers' logits moves from the corrupted text's (0) to the clean text's (1).
 *
 * @param groups positions that are patched together
 * @see Vig et al. 2020, "Investigating Gender Bias in Language Models Using Causal Mediation
 *   Analysis"; Meng et al. 2022, "Locating and Editing Factual Associations in GPT", section 2
 */
export async function patchMaps(
  params: Parameters,
  config: AlbertConfig,
  question: PatchQuestion,
  groups: readonly (readonly number[])[]
): Promise<PatchMaps> {
  const {clean, corrupted, typeIds} = question;
  const n = clean.length;
  const H = config.hiddenSize;
  const heads = config.numAttentionHeads;
  const streams = depthSites(config);
  const contexts = Array.from(
    {length: effectiveDepth(config)},
    (_, layer) => `layer.${layer}.attention.context`
  );
  const good = await sitesOf(
    params,
    config,
    {inputIds: [[...clean]], tokenTypeIds: [[...typeIds]]},
    [...streams, ...contexts]
  );
  const bad = await sitesOf(
    params,
    config,
    {inputIds: [[...corrupted]], tokenTypeIds: [[...typeIds]]},
    [...streams, ...contexts]
  );

  /** Differences of the answers with a site's value patched in some ranges, one list a row. */
  const run = async (
    site: string,
    shape: readonly number[],
    rows: readonly (readonly (readonly [number, number])[])[]
  ): Promise<number[]> => {
    const size = shape.reduce((a, b) => a * b, 1);
    const found: number[] = [];
    for (let first = 0; first < rows.length; first += rowsAtOnce) {
      const part = rows.slice(first, first + rowsAtOnce);
      const data = new Float32Array(part.length * size);
      part.forEach((ranges, row) => {
        data.set(bad.get(site)!, row * size);
        for (const [from, to] of ranges)
          data.set(good.get(site)!.subarray(from, to), row * size + from);
      });
      const value = {shape: [part.length, ...shape], data};
      found.push(
        ...(await differences(params, config, question, part.length, [
          {type: "replace", site, value}
        ]))
      );
    }
    return found;
  };

  const plain = {...question, corrupted: clean};
  const [cleanDifference] = await differences(params, config, plain, 1, []);
  const [badDifference] = await differences(params, config, question, 1, []);
  const recovery = (x: number) => (x - badDifference!) / (cleanDifference! - badDifference!);
  const maps: PatchMaps = {
    clean: cleanDifference!,
    corrupted: badDifference!,
    groups: new Float64Array(streams.length * groups.length),
    heads: new Float64Array(contexts.length * heads),
    all: [],
    none: []
  };
  const block = (position: number) => [position * H, (position + 1) * H] as const;
  for (const [depth, site] of streams.entries()) {
    const rows = [...groups.map((group) => group.map(block)), [[0, n * H] as const], []];
    const values = (await run(site, [n, H], rows)).map(recovery);
    maps.none.push(values.pop()!);
    maps.all.push(values.pop()!);
    maps.groups.set(values, depth * groups.length);
  }
  for (const [layer, site] of contexts.entries()) {
    const size = (n * H) / heads;
    const rows = Array.from({length: heads}, (_, head) => [
      [head * size, (head + 1) * size] as const
    ]);
    const values = await run(site, [heads, n, H / heads], rows);
    maps.heads.set(values.map(recovery), layer * heads);
  }
  return maps;
}

/** Values of sites for one row of input. */
async function sitesOf(
  params: Parameters,
  config: AlbertConfig,
  inputs: ModelInputs,
  sites: readonly string[]
): Promise<Map<string, Float32Array>> {
  const encoded = encode(params, inputs, config, {capture: sites});
  const values = new Map<string, Float32Array>();
  for (const site of sites)
    values.set(site, (await encoded.captured.get(site)!.data<"float32">()).slice());
  disposeEncoded(encoded);
  return values;
}

/** Logit of the first answer less that of the second, for rows of the corrupted text. */
async function differences(
  params: Parameters,
  config: AlbertConfig,
  {corrupted, typeIds, position, answers}: PatchQuestion,
  rows: number,
  interventions: readonly Intervention[]
): Promise<number[]> {
  const n = corrupted.length;
  const repeated = <T>(row: readonly T[]) => Array.from({length: rows}, () => [...row]);
  const logits = tf.tidy(() => {
    const inputs = {inputIds: repeated(corrupted), tokenTypeIds: repeated(typeIds)};
    const {sequenceOutput} = encode(params, inputs, config, {interventions});
    const places = Int32Array.from({length: rows}, (_, row) => row * n + position);
    const flat = tf.reshape(sequenceOutput, [rows * n, config.hiddenSize]);
    const all = maskedLmLogits(params, gatherRows(flat, tf.tensor1d(places, "int32")), config);
    return tf.gather(all, tf.tensor1d(Int32Array.from(answers), "int32"), 1); // [rows, 2]
  });
  const values = await logits.data<"float32">();
  logits.dispose();
  return Array.from({length: rows}, (_, row) => values[2 * row]! - values[2 * row + 1]!);
}
