/** How alike the depths of a model are, on texts that it was not trained on. */
import {groupMeans, type EncodedText} from "../../albert/probe/features.js";
import {generateCorpus} from "../../corpus/generate.js";
import {InputError} from "../../errors.js";
import {cosine, norm} from "../../experiments/contraction.js";
import {wordMap} from "../../experiments/wordMap.js";
import {linearCka} from "../../probe/cka.js";
import {bodyPrefix} from "../../albert/sharing.js";
import {encodeText, needTokenizer} from "../encodeText.js";
import {withParameters, type LoadedModel} from "../loadedModel.js";
import type {PhaseProgress} from "../trainingCalls.js";
import {yieldToMessages} from "../yield.js";
import type {SimilarityResult} from "./protocol.js";

/** Most pieces that are compared: the alignment of a wide model takes long enough. */
const mostPieces = 2000;
/** Whole words that are put on the map. */
const mostWords = 200;

/**
 * Linear CKA and mean cosine between any two depths, and the length of each step, over the pieces of
 * some texts; and the model's word embeddings as a map.
 *
 * @param texts one a line; null for generated documents of the seed
 * @returns null where it was stopped
 * @throws InputError for fewer than three pieces
 */
export async function compareDepths(
  model: LoadedModel,
  {texts, seed}: {texts: string | null; seed: number},
  report: (progress: PhaseProgress) => void = () => {},
  signal?: AbortSignal
): Promise<SimilarityResult | null> {
  const {config} = model;
  const lines =
    texts?.split("\n").filter((line) => line.trim() !== "") ??
    generateCorpus({documents: 12, seed}).documents.flat();
  const encoded: EncodedText[] = [];
  let pieces = 0;
  for (const line of lines) {
    if (pieces >= mostPieces) break;
    const {encoding, inputs} = encodeText(model, line, null);
    const {ids} = encoding;
    const typeIds = (inputs.tokenTypeIds as number[][])[0]!;
    const groups = ids.slice(0, mostPieces - pieces).map((_, i) => [i]);
    encoded.push({ids, typeIds, groups});
    pieces += groups.length;
  }
  if (pieces < 3) throw new InputError("no text to compare depths on (expected some lines)");
  report({phase: `reading ${pieces} pieces`, fraction: null});
  const states = await withParameters(model, (params) => groupMeans(params, config, encoded));
  const H = config.hiddenSize;
  const row = (depth: number, i: number) => states[depth]!.subarray(i * H, (i + 1) * H);
  const mean = (of: (i: number) => number) => {
    let sum = 0;
    for (let i = 0; i < pieces; ++i) sum += of(i);
    return sum / pieces;
  };
  const depths = states.map((_, depth) => depth);
  const cka = depths.map(() => new Array<number>(depths.length).fill(1));
  const pairs = depths.flatMap((a) => depths.slice(0, a).map((b) => [a, b] as const));
  for (const [i, [a, b]] of pairs.entries()) {
    report({phase: `comparing depth ${b} with ${a}`, fraction: i / pairs.length});
    await yieldToMessages();
    if (signal?.aborted) return null;
    cka[a]![b] = cka[b]![a] = linearCka(states[a]!, states[b]!, pieces);
  }
  return {
    pieces,
    source: texts === null ? `generated language, seed ${seed}` : "your text",
    cka,
    cosine: depths.map((a) => depths.map((b) => mean((i) => cosine(row(a, i), row(b, i))))),
    step: depths
      .slice(1)
      .map((depth) => mean((i) => norm(row(depth, i).map((x, j) => x - row(depth - 1, i)[j]!)))),
    length: depths.map((depth) => mean((i) => norm(row(depth, i)))),
    map: mapOf(model),
    model: model.name
  };
}

/** The most frequent whole words by their embeddings. */
function mapOf({config, data, tokenizer, ...model}: LoadedModel): SimilarityResult["map"] {
  const {pieces, scores} = needTokenizer({config, data, tokenizer, ...model});
  const table = data.get(`${bodyPrefix(config)}embeddings.word_embeddings.weight`)!;
  const width = table.shape[1]!;
  const ids = pieces
    .map((piece, id) => ({piece, id}))
    .filter(({piece}) => /^\u2581\p{L}{3,}$/u.test(piece))
    // A piece's score falls with its frequency.
    .sort((a, b) => scores[b.id]! - scores[a.id]!)
    .slice(0, mostWords);
  if (ids.length < 8) return null;
  const words = new Float32Array(ids.length * width);
  ids.forEach(({id}, i) => words.set(table.data.subarray(id * width, (id + 1) * width), i * width));
  const names = ids.map(({piece}) => piece.slice(1));
  return {...wordMap(names, {rows: ids.length, columns: width, data: words}), width};
}
