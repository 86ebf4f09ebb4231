/** Vocabularies for a page: trained on a run's text, and shown piece by piece. */
import type {Corpus} from "../corpus/types.js";
import {sha256} from "../recipe/hash.js";
import type {Recipe} from "../recipe/recipe.js";
import type {Tokenizer} from "../tokenizer/tokenizer.js";
import {trainUnigramAsync} from "../tokenizer/train.js";
import type {TokenizationResult, VocabularyResult} from "./tokenizerCalls.js";
import type {PhaseProgress} from "./trainingCalls.js";

/** Trains the recipe's vocabulary on a text. */
export function trainTokenizerFor(
  {tokenizer, seed}: Recipe,
  corpus: Corpus,
  onProgress: (progress: PhaseProgress) => void,
  signal?: AbortSignal
): Promise<Tokenizer> {
  return trainUnigramAsync(
    corpus.documents.flat(),
    {vocabSize: tokenizer.vocab_size, lowerCase: tokenizer.lower_case ?? true, seed, signal},
    ({phase, pieces, fraction}) =>
      onProgress({phase: `vocabulary: ${phase} (${pieces} pieces)`, fraction})
  );
}

/** Ids of every sentence of every document, without special pieces. */
export function encodeDocuments(tokenizer: Tokenizer, {documents}: Corpus): Int32Array[][] {
  return documents.map((sentences) => sentences.map((sentence) => tokenizer.ids(sentence)));
}

/** SHA-256 of everything a run reads of its text: the vocabulary and the ids of every sentence. */
export async function dataDigest(
  tokenizer: Tokenizer,
  documents: readonly (readonly Int32Array[])[]
): Promise<string> {
  const length = documents.flat().reduce((sum, ids) => sum + ids.length + 1, documents.length);
  const flat = new Int32Array(length);
  let at = 0;
  for (const sentences of documents) {
    for (const ids of sentences) {
      flat.set(ids, at);
      flat[(at += ids.length)] = -1;
      at += 1;
    }
    flat[at++] = -2;
  }
  return sha256((await sha256(tokenizer.toSpiece())) + (await sha256(new Uint8Array(flat.buffer))));
}

/** A vocabulary with the figures a reader asks for first. */
export function describeVocabulary(
  tokenizer: Tokenizer,
  corpus: Corpus,
  {tokenizer: {vocab_size}}: Recipe
): VocabularyResult {
  let characters = 0;
  let count = 0;
  for (const sentence of corpus.documents.flat().slice(0, 2000)) {
    characters += sentence.length;
    count += tokenizer.ids(sentence).length;
  }
  const notes = [...(corpus.notes ?? [])];
  if (tokenizer.vocabSize < vocab_size)
    notes.push(`the text holds only ${tokenizer.vocabSize} of the ${vocab_size} pieces asked for`);
  return {
    vocabSize: tokenizer.vocabSize,
    requestedSize: vocab_size,
    pieces: tokenizer.pieces.map((piece, id) => ({id, piece, score: tokenizer.scores[id]!})),
    charactersPerPiece: characters / count,
    spiece: tokenizer.toSpiece(),
    notes
  };
}

/** A text as pieces, and as the lattice they were chosen from. */
export function describeTokenization(tokenizer: Tokenizer, text: string): TokenizationResult {
  const {ids, tokens, offsets} = tokenizer.encode(text, {addSpecialTokens: false});
  const {text: normalized, characters, edges} = tokenizer.lattice(text);
  return {
    normalized,
    pieces: ids.map((id, i) => ({
      id,
      piece: tokens[i]!,
      score: tokenizer.scores[id]!,
      offsets: offsets[i]!
    })),
    lattice: {
      text: normalized,
      nodes: characters.length + 1,
      edges: edges.map(({from, to, id, piece, score, isBest}) => ({
        start: from,
        end: to,
        id,
        piece,
        score,
        best: isBest
      }))
    }
  };
}
