/** From sentences to rows of features: what is read off the model, and on which side of the split. */
import {groupMeans, type EncodedText} from "../../albert/probe/features.js";
import type {Parameters} from "../../albert/params.js";
import {layoutWords} from "../../corpus/text.js";
import type {ProbeRows} from "../../probe/score.js";
import type {ProbeCorpus} from "../../probe/sentences.js";
import {probeTexts, type ProbeTask, type ProbeText} from "../../probe/tasks.js";
import {Random} from "../../random.js";
import type {Encoding} from "../../tokenizer/tokenizer.js";
import {needTokenizer} from "../encodeText.js";
import type {LoadedModel} from "../loadedModel.js";

/** Fewest rows of a side of the split: fewer say nothing. */
const leastRows = 20;
/** Sentences in a generated document, about, and words in one of its sentences. */
const sentencesPerDocument = 10;
const wordsPerSentence = 8;

/** Texts to train on and to test on. */
export interface Split {
  train: ProbeText[];
  test: ProbeText[];
}

/** Generated documents that hold the rows of both sides, with room to spare. */
export function documentsFor(unit: ProbeTask["unit"], rows: number): number {
  const perDocument = sentencesPerDocument * (unit === "word" ? wordsPerSentence : 1);
  return Math.ceil((1.6 * rows) / perDocument) + 4;
}

/** Documents in an order of the seed: the first third of the rows is tested, the rest trained on. */
export function splitTexts(
  {documents}: ProbeCorpus,
  tasks: readonly ProbeTask[],
  rows: number,
  seed: number
): Split {
  const order = new Random(seed, "splits", 1).shuffle(documents.map((_, i) => i));
  const whole = order.map((i) => probeTexts([documents[i]!], tasks, 1000 * seed + i));
  const count = (texts: readonly ProbeText[]) =>
    texts.reduce((sum, {items}) => sum + items.length, 0);
  const all = whole.reduce((sum, texts) => sum + count(texts), 0);
  const forTest = Math.min(rows / 2, all / 3);
  const split: Split = {train: [], test: []};
  let tested = 0;
  let trained = 0;
  for (const texts of whole) {
    if (tested < forTest) {
      tested += count(texts);
      split.test.push(...texts);
    } else if (trained < rows) {
      trained += count(texts);
      split.train.push(...texts);
    }
  }
  return split;
}

/** Hidden states of some texts. */
export interface Features {
  /** Index into the vectors of each item of each text; −1 where the text was cut before it. */
  place: number[][];
  depths: Float32Array[];
  width: number;
}

export async function featuresOf(
  model: LoadedModel,
  params: Parameters,
  texts: readonly ProbeText[],
  phase: string,
  tell: (phase: string) => Promise<boolean>
): Promise<Features | null> {
  const {config} = model;
  const tokenizer = needTokenizer(model);
  const maxLength = config.maxPositionEmbeddings - config.positionOffset;
  let next = 0;
  const place: number[][] = [];
  const encoded = texts.map(({first, second, items}): EncodedText => {
    const {text, offsets} = layoutWords(first);
    const encoding = tokenizer.encode(text, {
      pair: second ? layoutWords(second).text : undefined,
      maxLength,
      truncation: "longest_first"
    });
    const wanted = second
      ? [[0]]
      : items.length === 1
        ? [allPieces(encoding)]
        : wordPieces(encoding, codePoints(text, offsets));
    const kept = wanted.filter((group) => group.length > 0);
    place.push(wanted.map((group) => (group.length > 0 ? next++ : -1)));
    const typeIds = encoding.typeIds.map((type) =>
      Math.min(type, Math.max(0, config.typeVocabSize - 1))
    );
    return {ids: encoding.ids, typeIds, groups: kept};
  });
  let stopped = false;
  const depths = await groupMeans(params, config, encoded, async () => {
    stopped ||= await tell(phase);
  });
  return stopped ? null : {place, depths, width: config.hiddenSize};
}

/** Every piece but [CLS] and [SEP]. */
function allPieces({wordIds}: Encoding): number[] {
  return wordIds.flatMap((word, i) => (word === null ? [] : [i]));
}

/** The pieces that share a character with each word; none where the text was cut before it. */
function wordPieces(
  {offsets, wordIds}: Encoding,
  words: readonly (readonly [number, number])[]
): number[][] {
  return words.map(([start, end]) =>
    wordIds.flatMap((word, i) => {
      const [from, to] = offsets[i]!;
      return word !== null && from < end && to > start ? [i] : [];
    })
  );
}

/** Places in UTF-16 units as places in code points, which is what the tokenizer counts. */
function codePoints(text: string, places: readonly [number, number][]): [number, number][] {
  const at = new Int32Array(text.length + 1);
  for (let i = 0; i < text.length; ++i)
    at[i + 1] = at[i]! + Number(!/[\udc00-\udfff]/.test(text[i]!));
  return places.map(([start, end]) => [at[start]!, at[end]!]);
}

/** The rows of one task that have a class, at most so many. */
export function taskRows(
  texts: readonly ProbeText[],
  {place, depths, width}: Features,
  task: number,
  most: number
): ProbeRows {
  const labels: string[] = [];
  const types: string[] = [];
  const from: number[] = [];
  texts.forEach(({items}, t) =>
    items.forEach(({type, labels: classes}, i) => {
      const label = classes[task];
      const at = place[t]![i]!;
      if (label == null || at < 0 || labels.length >= most) return;
      labels.push(label);
      types.push(type);
      from.push(at);
    })
  );
  const chosen = depths.map((all) => {
    const x = new Float32Array(from.length * width);
    from.forEach((at, row) => x.set(all.subarray(at * width, (at + 1) * width), row * width));
    return x;
  });
  return {labels, types, depths: chosen, width};
}

/** Why a task cannot be probed for here; null where it can. */
export function unfit(train: ProbeRows, test: ProbeRows): string | null {
  if (train.labels.length === 0) return "the text does not tell";
  const few = Math.min(train.labels.length, test.labels.length);
  if (few < leastRows) return `${few} rows on one side, expected ${leastRows}`;
  return new Set(train.labels).size < 2 ? "only one class" : null;
}
