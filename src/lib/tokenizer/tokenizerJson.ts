import {InputError} from "../errors.js";
import {readJson} from "../json.js";
import {findSpecial} from "./spiece.js";
import {type AddedToken, readAddedTokens} from "./json/addedTokens.js";
import {
  asArray,
  asBoolean,
  asIndex,
  asObject,
  asString,
  type Fields,
  refuseLong,
  show
} from "./json/fields.js";
import {JsonSegmenter} from "./json/jsonSegmenter.js";
import {type NormalizerFacts, readNormalizer} from "./json/normalizers.js";
import {readPreTokenizer} from "./json/preTokenizers.js";
import {PieceTrie} from "./pieceTrie.js";
import {pieceType, type SpieceModel} from "./spieceModel.js";
import {Tokenizer} from "./tokenizer.js";
import type {UnigramTable} from "./viterbi.js";
import {tokenizerWriter} from "./write.js";
import {endsInDigitAndComma} from "./albertSegmenter.js";

/**
 * Reads a `tokenizer.json` of Hugging Face's tokenizers with a unigram model, as ALBERT's is. It
 * gives the ids that library gives for the file, which are not in all cases those of the
 * `spiece.model` it was made from.
 *
 * @param text the file
 * @param file its name, for errors
 * @throws InputError when it is not such a file or needs a step this program does not have
 */
export function readTokenizerJson(text: string, file: string): Tokenizer {
  const root = asObject(parse(text, file), file);
  const model = asObject(root["model"], `${file}: model`);
  const {pieces, scores} = readVocabulary(model, file);
  const unkId = asIndex(model["unk_id"], pieces.length - 1, `${file}: model: unk_id`);
  const inModel = pieces.length;
  const added = readAddedTokens(root["added_tokens"], pieces, `${file}: added_tokens`);
  const facts: NormalizerFacts = {types: new Set(), charsmap: new Uint8Array(0)};
  const normalize = readNormalizer(root["normalizer"], `${file}: normalizer`, facts);
  const words = {splitsWords: false};
  const preTokenize = readPreTokenizer(root["pre_tokenizer"], `${file}: pre_tokenizer`, words);
  checkTemplate(root["post_processor"], `${file}: post_processor`);
  const special = findSpecial(new Map(pieces.map((piece, id) => [piece, id])), file);
  const table: UnigramTable = {
    trie: new PieceTrie(pieces.slice(0, inModel)),
    ids: Int32Array.from({length: inModel}, (_, id) => id),
    scores,
    unkId,
    unkScore: scores.reduce((least, score) => Math.min(least, score), Infinity) - 10,
    single: false
  };
  const allScores = new Float64Array(pieces.length);
  allScores.set(scores);
  const types = typesOf(pieces, allScores, added, unkId);
  return new Tokenizer({
    pieces,
    scores: allScores,
    types,
    special,
    segmenter: new JsonSegmenter({pieces, table, added, normalize, preTokenize, ...words}),
    writer: tokenizerWriter(
      spieceOf(pieces, allScores, types, unkId, special.pad, facts),
      {
        lowerCase: facts.types.has("Lowercase"),
        keepAccents: !facts.types.has("StripAccents")
      },
      {json: text}
    )
  });
}

function parse(text: string, file: string): unknown {
  const start = text.slice(0, 300).replace(/^\ufeff/, "");
  if (start.trim() === "") throw new InputError(`${file}: empty, expected a tokenizer.json`);
  if (start.startsWith("version https://git-lfs"))
    throw new InputError(`${file}: not valid JSON but a git-lfs pointer to the file`);
  return readJson(text, file);
}

function readVocabulary(model: Fields, file: string): {pieces: string[]; scores: Float64Array} {
  const where = `${file}: model`;
  const {type} = model;
  if (type !== "Unigram" && (type !== undefined || !Array.isArray(model["vocab"])))
    throw new InputError(`${where}: type ${show(type)}, expected "Unigram" as ALBERT's is`);
  if (asBoolean(model["byte_fallback"], false, `${where}: byte_fallback`))
    throw new InputError(`${where}: byte_fallback is not supported, ALBERT's models have none`);
  const rows = asArray(model["vocab"], `${where}: vocabulary`);
  if (rows.length === 0)
    throw new InputError(`${where}: vocabulary: empty, expected pieces with their scores`);
  const pieces: string[] = [];
  const scores = new Float64Array(rows.length);
  const seen = new Set<string>();
  rows.forEach((row, id) => {
    const at = `${where}: vocabulary[${id}]`;
    const [piece, score] = asArray(row, at);
    const text = asString(piece, `${at}: piece`);
    if (text === "") throw new InputError(`${at}: piece: empty, expected text`);
    refuseLong(text, `${at}: piece`);
    if (seen.has(text)) throw new InputError(`${at}: ${show(text)} is listed twice`);
    if (typeof score !== "number" || !Number.isFinite(score))
      throw new InputError(`${at}: score of ${show(text)}: ${show(score)}, expected a number`);
    seen.add(text);
    pieces.push(text);
    scores[id] = score;
  });
  return {pieces, scores};
}

/** Refuses files that put other special pieces around a text than ALBERT's. */
function checkTemplate(value: unknown, where: string): void {
  const fields = asObject(value, where);
  if (fields["type"] === "BertProcessing") return;
  if (fields["type"] !== "TemplateProcessing")
    throw new InputError(
      `${where}: type ${show(fields["type"])}, expected "TemplateProcessing" with [CLS] and [SEP]`
    );
  const written = (name: string) =>
    asArray(fields[name], `${where}: ${name}`)
      .map((entry, i) => {
        const at = `${where}: ${name}[${i}]`;
        const step = asObject(entry, at);
        const part = asObject(step["SpecialToken"] ?? step["Sequence"], at);
        return `${asString(part["id"], `${at}: id`)}:${show(part["type_id"])}`;
      })
      .join(" ");
  const expected: Record<string, string> = {
    single: "[CLS]:0 A:0 [SEP]:0",
    pair: "[CLS]:0 A:0 [SEP]:0 B:1 [SEP]:1"
  };
  for (const [name, template] of Object.entries(expected))
    if (written(name) !== template)
      throw new InputError(`${where}: ${name}: ${written(name)}, expected ${template}`);
}

function typesOf(
  pieces: readonly string[],
  scores: Float64Array,
  added: readonly AddedToken[],
  unkId: number
): Uint8Array {
  const types = Uint8Array.from(pieces, (_, id) =>
    scores[id] === 0 ? pieceType.userDefined : pieceType.normal
  );
  for (const {id, isSpecial} of added)
    types[id] = isSpecial ? pieceType.control : pieceType.userDefined;
  types[unkId] = pieceType.unknown;
  return types;
}

/** The model file that comes nearest: `−100` for numbers with a comma is taken back. */
function spieceOf(
  pieces: readonly string[],
  scores: Float64Array,
  types: Uint8Array,
  unkId: number,
  padId: number,
  {charsmap}: NormalizerFacts
): SpieceModel {
  return {
    pieces: pieces.map((piece, id) => ({
      piece,
      score: Math.fround(
        endsInDigitAndComma(piece) && scores[id]! <= -100 ? scores[id]! + 100 : scores[id]!
      ),
      type: types[id]!
    })),
    unkId,
    bosId: -1,
    eosId: -1,
    padId,
    normalizerName: charsmap.length ? "nmt_nfkc" : "identity",
    charsmap,
    addDummyPrefix: true,
    removeExtraWhitespaces: true,
    escapeWhitespaces: true
  };
}
