/** Reads many texts with a model and says what each of its heads does. */
import * as tf from "@tensorflow/tfjs-core";
import {encode, type ModelInputs} from "../albert/forward.js";
import type {Parameters} from "../albert/params.js";
import {effectiveDepth} from "../albert/sharing.js";
import {generateDocument} from "../corpus/generate.js";
import {readText} from "../corpus/readText.js";
import {InputError} from "../errors.js";
import {HeadStudy, type HeadStudyResult} from "../heads/study.js";
import {groupPieces} from "../heads/syntax.js";
import {readConllu} from "../probe/readConllu.js";
import {encodeText, needTokenizer} from "./encodeText.js";
import {withParameters, type LoadedModel} from "./loadedModel.js";
import {yieldToMessages} from "./yield.js";

/** Texts to be read: sentences of the generated language, or a file of the reader's; a treebank has trees too. */
export type StudySource =
  | {kind: "generated"; seed: number; sentences: number}
  | {kind: "file"; name: string; bytes: Uint8Array; sentences: number};

/** Calls about heads over many texts. */
export interface HeadStudyCalls {
  /** What each head does over many texts; stopped early, over those read so far. */
  studyHeads: {
    input: StudySource;
    progress: {done: number; of: number};
    output: HeadStudyResult;
  };
}

/** A text longer than this is cut: its attention grows with the square. */
const mostPieces = 128;
/** Least words of a generated sentence: of shorter ones every rule is right. */
const leastWords = 5;

interface Sentence {
  text: string;
  tree: Tree | null;
}

/** Words of a sentence where they stand in its text, and what each depends on. */
interface Tree {
  offsets: readonly (readonly [number, number])[];
  heads: number[];
  relations: string[];
}

/** Sentences of a treebank, the words of each joined by spaces; of fewer than two words none. */
function treebank(bytes: Uint8Array, file: string): Sentence[] {
  return readConllu(bytes, file)
    .documents.flat()
    .flatMap(({words, heads, relations}): Sentence[] => {
      if (words.length < 2) return [];
      let at = 0;
      const offsets = words.map((word): [number, number] => {
        const start = at;
        at += word.length + 1;
        return [start, at - 1];
      });
      return [
        {text: words.join(" "), tree: {offsets, heads: [...heads!], relations: [...relations!]}}
      ];
    });
}

function sentencesOf(source: StudySource): {name: string; sentences: Sentence[]} {
  const most = source.sentences;
  if (!Number.isInteger(most) || most < 2 || most > 5000)
    throw new InputError(`sentences: ${most} (expected a whole number from 2 to 5000)`);
  const sentences: Sentence[] = [];
  if (source.kind === "file" && /\.conllu$/i.test(source.name))
    return {name: source.name, sentences: treebank(source.bytes, source.name).slice(0, most)};
  if (source.kind === "file") {
    const {documents, name} = readText(source.bytes, source.name);
    for (const text of documents.flat().slice(0, most)) sentences.push({text, tree: null});
    return {name, sentences};
  }
  const seen = new Set<string>();
  for (let index = 0; sentences.length < most; ++index)
    for (const truth of generateDocument(source.seed, index).sentences) {
      const {text, words, offsets, heads, deprels: relations} = truth;
      if (words.length < leastWords || seen.has(text) || sentences.length === most) continue;
      seen.add(text);
      sentences.push({text, tree: {offsets, heads, relations}});
    }
  return {name: `generated language, seed ${source.seed}`, sentences};
}

/** Attention of all heads, `[depth · heads, n, n]`. */
async function allHeads(
  params: Parameters,
  inputs: ModelInputs,
  {config}: LoadedModel
): Promise<Float32Array> {
  const sites = Array.from(
    {length: effectiveDepth(config)},
    (_, depth) => `layer.${depth}.attention.probs`
  );
  const probs = tf.tidy(() => {
    const {captured} = encode(params, inputs, config, {capture: sites});
    return tf.concat(sites.map((site) => captured.get(site)!));
  });
  const values = (await probs.data<"float32">()).slice();
  probs.dispose();
  return values;
}

/**
 * Reads texts one by one and measures every head. Aborted, it gives what was found so far.
 *
 * @throws InputError for texts that cannot be read, or a model without a tokenizer
 */
export async function studyHeads(
  model: LoadedModel,
  source: StudySource,
  report: (progress: {done: number; of: number}) => void,
  signal?: AbortSignal
): Promise<HeadStudyResult> {
  needTokenizer(model);
  const {name, sentences} = sentencesOf(source);
  const {numAttentionHeads: heads} = model.config;
  const study = new HeadStudy({depths: effectiveDepth(model.config), heads});
  await withParameters(model, async (params) => {
    for (const {text, tree: words} of sentences) {
      if (signal?.aborted && study.texts >= 2) break;
      report({done: study.texts, of: sentences.length});
      const {encoding, inputs} = encodeText(model, text, null, mostPieces);
      const group = words && groupPieces(encoding.offsets, words.offsets);
      // Of a text that was cut the tree is not whole.
      const isWhole = group && words.offsets.every((_, word) => group.includes(word));
      const tree = isWhole ? {group, heads: words.heads, relations: words.relations} : undefined;
      const probs = await allHeads(params, inputs, model);
      study.add({text, tokens: encoding.tokens, probs, tree});
      await yieldToMessages();
    }
  });
  if (study.texts === 0) throw new InputError(`${name}: holds no piece that the model knows`);
  return study.result({
    model: model.name,
    corpus: name,
    isComplete: study.texts === sentences.length
  });
}
