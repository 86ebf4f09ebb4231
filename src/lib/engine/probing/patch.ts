/** Patching between two texts, and over many generated pairs. */
import {patchMaps, type PatchQuestion} from "../../albert/probe/patching.js";
import {InputError} from "../../errors.js";
import {minimalPairs, type MinimalPair, type PairKind} from "../../probe/minimalPairs.js";
import {fillMasks} from "../ask.js";
import {encodeText, needTokenizer} from "../encodeText.js";
import {withParameters, type LoadedModel} from "../loadedModel.js";
import {yieldToMessages} from "../yield.js";
import {needMaskedLm} from "./needs.js";
import type {PatchManyResult, PatchProgress, PatchResult} from "./protocol.js";

/** Less than this between two texts is nothing to recover. */
const leastDifference = 0.05;
/** Most pieces of a text: every position is a run of its own. */
const mostPieces = 128;

/**
 * Recovery by position and depth and by head, for a pair of texts of as many pieces with [MASK] in
 * the same place.
 *
 * @param answers the words to tell apart; null for the likeliest guesses of the two texts
 * @throws InputError where the texts cannot be compared, saying why
 */
export async function patchPair(
  model: LoadedModel,
  {clean, corrupted, answers}: {clean: string; corrupted: string; answers: [string, string] | null}
): Promise<PatchResult> {
  needMaskedLm(model);
  const asked = answers ?? (await likeliest(model, clean, corrupted));
  const {question, tokens} = questionOf(model, {clean, corrupted, answers: asked});
  if (typeof question === "string") throw new InputError(question);
  const {config} = model;
  const groups = question.clean.map((_, i) => [i]);
  const maps = await withParameters(model, (params) => patchMaps(params, config, question, groups));
  if (Math.abs(maps.clean - maps.corrupted) < leastDifference)
    throw new InputError(
      "both texts give the same answer: there is no difference to recover (change another word)"
    );
  return {
    tokens,
    position: question.position,
    changed: tokens.clean.flatMap((piece, i) => (piece === tokens.corrupted[i] ? [] : [i])),
    answers: asked,
    clean: maps.clean,
    corrupted: maps.corrupted,
    depths: maps.all.length,
    heads: config.numAttentionHeads,
    byPosition: maps.groups,
    byHead: maps.heads,
    all: maps.all,
    none: maps.none,
    model: model.name
  };
}

/** The likeliest guess of each text, as words. */
async function likeliest(
  model: LoadedModel,
  clean: string,
  corrupted: string
): Promise<[string, string]> {
  const guess = async (text: string) => {
    const {blanks} = await fillMasks(model, text);
    return blanks[0]!.top[0]!.piece.replace("\u2581", "");
  };
  const found: [string, string] = [await guess(clean), await guess(corrupted)];
  if (found[0] === found[1])
    throw new InputError(
      `both texts are most likely to go on with “${found[0]}”: name two words to tell apart`
    );
  return found;
}

/** The pair as ids, or why it cannot be asked. */
function questionOf(
  model: LoadedModel,
  {clean, corrupted, answers}: MinimalPair
): {question: PatchQuestion | string; tokens: PatchResult["tokens"]} {
  const tokenizer = needTokenizer(model);
  const [a, b] = [encodeText(model, clean, null), encodeText(model, corrupted, null)];
  const tokens = {clean: a.encoding.tokens, corrupted: b.encoding.tokens};
  const why = (reason: string) => ({question: reason, tokens});
  const [n, m] = [a.encoding.ids.length, b.encoding.ids.length];
  if (n !== m) return why(`the texts have ${n} and ${m} pieces (expected as many)`);
  if (n > mostPieces) return why(`the texts have ${n} pieces (expected at most ${mostPieces})`);
  const position = a.encoding.ids.indexOf(tokenizer.special.mask);
  if (position < 0 || b.encoding.ids[position] !== tokenizer.special.mask)
    return why("expected [MASK] in both texts, in the same place");
  if (a.encoding.ids.every((id, i) => id === b.encoding.ids[i]))
    return why("both texts are the same (expected one word to differ)");
  const ids: number[] = [];
  for (const word of answers) {
    const found = [`\u2581${word.trim().toLowerCase()}`, word.trim()]
      .map((piece) => tokenizer.pieces.indexOf(piece))
      .find((id) => id >= 0);
    if (found === undefined)
      return why(`“${word}” is not one piece of the vocabulary (expected a word that is)`);
    ids.push(found);
  }
  if (ids[0] === ids[1]) return why("the two answers are the same word");
  return {
    question: {
      clean: a.encoding.ids,
      corrupted: b.encoding.ids,
      typeIds: (a.inputs.tokenTypeIds as number[][])[0]!,
      position,
      answers: [ids[0]!, ids[1]!]
    },
    tokens
  };
}

/** Parts of a text that mean the same in every pair. */
export const patchRoles = ["changed word", "between", "[MASK]", "all other pieces"] as const;

function rolesOf({clean, corrupted, position}: PatchQuestion): number[][] {
  const roles: number[][] = patchRoles.map(() => []);
  const changed = clean.flatMap((id, i) => (id === corrupted[i] ? [] : [i]));
  const [first, last] = [Math.min(...changed), Math.max(...changed)];
  clean.forEach((_, i) => {
    const isBetween = (i > last && i < position) || (i > position && i < first);
    const role = changed.includes(i) ? 0 : i === position ? 2 : isBetween ? 1 : 3;
    roles[role]!.push(i);
  });
  return roles;
}

/**
 * Pairs of some documents after the others, written as they are asked for: many fall away, by pieces
 * that do not match and answers that the model does not know.
 */
function* candidates(kind: PairKind, documents: number, seed: number): Generator<MinimalPair> {
  for (let part = 0; part < 4; ++part) yield* minimalPairs(kind, documents, seed + part);
}

/**
 * Recovery by part of the text and by head over generated minimal pairs. Only pairs that the model
 * answers rightly on both sides count: where it does not know, there is nothing to recover.
 *
 * @throws InputError where fewer than three of the pairs can be used
 */
export async function patchMany(
  model: LoadedModel,
  {kind, pairs, seed}: {kind: PairKind; pairs: number; seed: number},
  {report, signal}: {report: (progress: PatchProgress) => void; signal?: AbortSignal}
): Promise<PatchManyResult> {
  needMaskedLm(model);
  const {config} = model;
  const result: PatchManyResult = {
    kind,
    roles: [...patchRoles],
    depths: 0,
    heads: config.numAttentionHeads,
    byRole: [],
    byHead: [],
    all: [],
    none: [],
    tried: 0,
    example: null,
    model: model.name
  };
  await withParameters(model, async (params) => {
    for (const pair of candidates(kind, 30 * pairs, seed)) {
      if (result.all.length >= pairs || result.tried >= 8 * pairs || signal?.aborted) return;
      const {question} = questionOf(model, pair);
      if (typeof question === "string") continue;
      result.tried += 1;
      const roles = rolesOf(question);
      const maps = await patchMaps(params, config, question, roles);
      report({phase: "patching", fraction: result.all.length / pairs});
      await yieldToMessages();
      if (maps.clean < leastDifference || maps.corrupted > -leastDifference) continue;
      result.example ??= pair;
      result.depths = maps.all.length;
      // A part that a text does not have recovers nothing there, and counts nowhere.
      const missing = roles.map((positions) => positions.length === 0);
      result.byRole.push(maps.groups.map((x, i) => (missing[i % roles.length] ? NaN : x)));
      result.byHead.push(maps.heads);
      result.all.push(maps.all);
      result.none.push(maps.none);
    }
  });
  if (result.all.length < 3 && !signal?.aborted)
    throw new InputError(
      `of ${result.tried} pairs the model answers ${result.all.length} rightly on both sides (expected three at least): it has not learned this`
    );
  return result;
}
