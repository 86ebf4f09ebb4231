/** One model of two generated languages: whether a sentence comes to lie beside its translation. */
import {groupMeans} from "../albert/probe/features.js";
import {uploadParameters, disposeParameters} from "../albert/params.js";
import {bilingualCorpus, translationPairs} from "../corpus/secondLanguage.js";
import {InputError} from "../errors.js";
import {retrievalAccuracy, retrievalByWords} from "../probe/retrieval.js";
import {parseRecipe, type Recipe} from "../recipe/recipe.js";
import {PretrainingRun} from "./run.js";
import {yieldToMessages} from "./yield.js";

/** What is trained and asked. */
export interface LanguagesPlan {
  /** Documents of the text, and the share of them that say each sentence in both languages. */
  documents: number;
  parallel: number;
  steps: number;
  seed: number;
  /** Sentences whose translation is looked for among as many. */
  sentences: number;
}

/** What retrieval finds at one step. */
export interface LanguagesPoint {
  step: number;
  /** Accuracy at one by depth, 0 being the embeddings; chance is 1 / sentences. */
  byDepth: number[];
}

/** All points of a run. */
export interface LanguagesResult {
  plan: LanguagesPlan;
  points: LanguagesPoint[];
  /** The same retrieval by shared words, without a network. */
  byWords: number;
}

/** Points of a run beside the first. */
const pointsOfRun = 6;
/** The seed that sentences to look for are written from, which no text is. */
const otherSeed = 2_000_000_001;

/** The recipe of a run: a small model that masks words of either language, without a sentence task. */
export function languagesRecipe({documents, steps, seed}: LanguagesPlan): Recipe {
  return parseRecipe({
    model: {
      embedding_size: 32,
      hidden_size: 64,
      num_hidden_layers: 2,
      num_attention_heads: 4,
      intermediate_size: 128,
      max_position_embeddings: 64
    },
    tokenizer: {vocab_size: 1200},
    corpus: {generate: {documents, seed}},
    objective: {sentence: "none"},
    optimizer: {learning_rate: 0.003},
    batch: {size: 32, sequence_length: 48},
    steps,
    seed
  });
}

/**
 * Pretrains on two generated languages and looks for translations by mean-pooled hidden states, before
 * the first step, then six times.
 *
 * @param onPoint told every point as it is found
 * @throws InputError when the loss is no number any more
 */
export async function compareLanguages(
  plan: LanguagesPlan,
  onPoint: (point: LanguagesPoint) => void = () => {},
  signal?: AbortSignal
): Promise<LanguagesResult> {
  const recipe = languagesRecipe(plan);
  const run = await PretrainingRun.prepare(recipe, bilingualCorpus(plan), {signal});
  try {
    const pairs = translationPairs(plan.sentences, otherSeed);
    const points: LanguagesPoint[] = [];
    const every = Math.max(1, Math.ceil(plan.steps / pointsOfRun));
    for (;;) {
      if (run.step % every === 0 || run.step === plan.steps) {
        const point = {step: run.step, byDepth: await retrieval(run, pairs)};
        points.push(point);
        onPoint(point);
      }
      if (run.step >= plan.steps) break;
      signal?.throwIfAborted();
      const result = await run.takeStep();
      if ("diverged" in result) throw new InputError(result.diverged);
      await yieldToMessages();
    }
    const [first, second] = [0, 1].map((i) => pairs.map((pair) => pair[i]!));
    return {plan, points, byWords: retrievalByWords(first!, second!)};
  } finally {
    await run.dispose();
  }
}

async function retrieval(run: PretrainingRun, pairs: [string, string][]): Promise<number[]> {
  const {config, tokenizer} = run;
  const width = config.hiddenSize;
  const params = uploadParameters(await run.parameters());
  const means = async (texts: string[]) =>
    groupMeans(
      params,
      config,
      texts.map((text) => {
        const {ids, typeIds} = tokenizer.encode(text, {
          maxLength: config.maxPositionEmbeddings,
          truncation: "longest_first"
        });
        // All pieces between [CLS] and [SEP].
        return {ids, typeIds, groups: [ids.slice(1, -1).map((_, i) => i + 1)]};
      })
    );
  try {
    const first = await means(pairs.map(([a]) => a));
    const second = await means(pairs.map(([, b]) => b));
    return first.map((states, depth) => retrievalAccuracy(states, second[depth]!, width));
  } finally {
    disposeParameters(params);
  }
}
