/** Frozen activations: the hidden states of words and of texts at every depth. */
import type {AlbertConfig} from "../config.js";
import type {Parameters} from "../params.js";
import {eachDepth} from "./states.js";

/** A text as ids, and the pieces that each wanted vector is the mean of. */
export interface EncodedText {
  ids: readonly number[];
  typeIds: readonly number[];
  /** One list of positions for each vector that is wanted; none is empty. */
  groups: readonly (readonly number[])[];
}

/** Texts computed at once. */
const textsAtOnce = 32;

/**
 * Means of hidden states over groups of pieces, at every depth. Texts of a like length are computed
 * together, so that little is padded.
 *
 * @param onText called as texts are done, with how many are
 * @returns by depth `[groups of all texts in order, hidden]`
 */
export async function groupMeans(
  params: Parameters,
  config: AlbertConfig,
  texts: readonly EncodedText[],
  onText: (done: number) => void | Promise<void> = () => {}
): Promise<Float32Array[]> {
  const H = config.hiddenSize;
  const starts: number[] = [];
  let total = 0;
  for (const {groups} of texts) {
    starts.push(total);
    total += groups.length;
  }
  const result: Float32Array[] = [];
  const order = texts.map((_, i) => i).sort((a, b) => texts[a]!.ids.length - texts[b]!.ids.length);
  for (let from = 0; from < order.length; from += textsAtOnce) {
    const part = order.slice(from, from + textsAtOnce);
    const longest = Math.max(...part.map((i) => texts[i]!.ids.length));
    const padded = (numbers: readonly number[], fill: number) =>
      Array.from({length: longest}, (_, k) => numbers[k] ?? fill);
    const inputs = {
      inputIds: part.map((i) => padded(texts[i]!.ids, config.padTokenId)),
      tokenTypeIds: part.map((i) => padded(texts[i]!.typeIds, 0)),
      attentionMask: part.map((i) => padded(Array<number>(texts[i]!.ids.length).fill(1), 0))
    };
    await eachDepth(params, inputs, config, async (depth, state) => {
      const values = await state.data<"float32">();
      const out = (result[depth] ??= new Float32Array(total * H));
      part.forEach((i, row) =>
        texts[i]!.groups.forEach((positions, g) => {
          const at = (starts[i]! + g) * H;
          for (const position of positions) {
            const base = (row * longest + position) * H;
            for (let j = 0; j < H; ++j) out[at + j]! += values[base + j]! / positions.length;
          }
        })
      );
    });
    await onText(Math.min(order.length, from + textsAtOnce));
  }
  return result;
}
