/** A text through the lens: what each depth would answer if it were the last. */
import * as tf from "@tensorflow/tfjs-core";
import {encode} from "../../albert/forward.js";
import {maskedLmLogits} from "../../albert/heads.js";
import {gatherRows} from "../../albert/ops/rows.js";
import type {Parameters} from "../../albert/params.js";
import {lensLogits} from "../../albert/probe/lens.js";
import {effectiveDepth} from "../../albert/sharing.js";
import {InputError} from "../../errors.js";
import {divergence, entropyOf, logSoftmax, rankOf} from "../../probe/distribution.js";
import {rankPieces} from "../blanks.js";
import {encodeText, needTokenizer} from "../encodeText.js";
import {withParameters, type LoadedModel} from "../loadedModel.js";
import {needMaskedLm} from "./needs.js";
import type {LensResult} from "./protocol.js";

/** Beyond this many pieces hiding each in turn takes longer than anyone waits. */
const mostHidden = 128;
/** Places, and rows where pieces are hidden, computed at once. */
const rowsAtOnce = 16;
/** Pieces told of each place. */
const told = 3;

/**
 * The distribution over the vocabulary at every position and depth. With `isHidden` each piece but
 * [CLS] and [SEP] is replaced by [MASK] in a row of its own, and read there: what stands at a place
 * is no guess while it can be seen.
 *
 * @throws InputError for an empty text, more than 128 pieces to hide, or no masked LM head
 */
export async function readLens(
  model: LoadedModel,
  {text, pair, isHidden}: {text: string; pair: string | null; isHidden: boolean}
): Promise<LensResult> {
  needMaskedLm(model);
  const {config} = model;
  const {special, pieces} = needTokenizer(model);
  const {encoding, inputs} = encodeText(model, text, pair);
  const {ids, tokens} = encoding;
  const typeIds = (inputs.tokenTypeIds as number[][])[0]!;
  const isAdded = (id: number) => id === special.cls || id === special.sep;
  const positions = ids.flatMap((id, i) => (isHidden && isAdded(id) ? [] : [i]));
  if (isHidden && positions.length > mostHidden)
    throw new InputError(
      `the text has ${positions.length} pieces to hide (expected at most ${mostHidden})`
    );
  const depths = effectiveDepth(config) + 1;
  const V = config.vocabSize;
  const count = positions.length * depths;
  const result: LensResult = {
    tokens,
    positions,
    depths,
    isHidden,
    truth: positions.map((i) => (ids[i] === special.mask ? null : pieces[ids[i]!]!)),
    entropy: new Float32Array(count),
    truthRank: new Int32Array(count),
    truthProbability: new Float32Array(count).fill(NaN),
    divergence: new Float32Array(count),
    top: new Array<LensResult["top"][number]>(count),
    lastDepthError: 0,
    vocabSize: V,
    model: model.name
  };

  /** Reads the places of some rows, which are those of `positions` from `first` on. */
  const read = async (params: Parameters, rows: number[][], first: number, places: Int32Array) => {
    const given = {inputIds: rows, tokenTypeIds: rows.map(() => typeIds)};
    const byDepth: Float32Array[] = [];
    await lensLogits(params, given, config, places, (_, logits) => byDepth.push(logits.slice()));
    const last = byDepth.at(-1)!;
    const own = tf.tidy(() => {
      const {sequenceOutput} = encode(params, given, config);
      const flat = tf.reshape(sequenceOutput, [rows.length * ids.length, config.hiddenSize]);
      return maskedLmLogits(params, gatherRows(flat, tf.tensor1d(places, "int32")), config);
    });
    const answers = await own.data<"float32">();
    own.dispose();
    for (let i = 0; i < last.length; ++i)
      result.lastDepthError = Math.max(result.lastDepthError, Math.abs(last[i]! - answers[i]!));
    for (let k = 0; k < places.length; ++k) {
      const row = (logits: Float32Array) => logits.subarray(k * V, (k + 1) * V);
      const id = ids[positions[first + k]!]!;
      for (const [depth, all] of byDepth.entries()) {
        const at = (first + k) * depths + depth;
        const logits = row(all);
        result.entropy[at] = entropyOf(logits);
        result.divergence[at] = divergence(row(last), logits);
        result.top[at] = rankPieces(logits, pieces, null).top.slice(0, told);
        if (id === special.mask) continue;
        result.truthRank[at] = rankOf(logits, id);
        result.truthProbability[at] = Math.exp(logSoftmax(logits)[id]!);
      }
    }
  };

  await withParameters(model, async (params) => {
    // Some places at a time: logits of every piece at every depth may not fit into memory.
    for (let first = 0; !isHidden && first < positions.length; first += rowsAtOnce)
      await read(params, [ids], first, Int32Array.from(positions.slice(first, first + rowsAtOnce)));
    for (let first = 0; isHidden && first < positions.length; first += rowsAtOnce) {
      const part = positions.slice(first, first + rowsAtOnce);
      const rows = part.map((hidden) => ids.map((id, i) => (i === hidden ? special.mask : id)));
      const places = Int32Array.from(part, (hidden, row) => row * ids.length + hidden);
      await read(params, rows, first, places);
    }
  });
  return result;
}
