import {InputError} from "../errors.js";
import {pieceType} from "./spieceModel.js";

/** What decoding needs of a vocabulary. */
export interface DecodeTable {
  pieces: readonly string[];
  /** SentencePiece's type of each piece. */
  types: ArrayLike<number>;
  /** Ids of the five special pieces, `<unk>` among them. */
  special: ReadonlySet<number>;
}

/**
 * Pieces back to text as Hugging Face's fast tokenizer has it: ▁ to a space, none at the start.
 *
 * Example: [CLS] ▁ <unk> 1 [SEP] → "[CLS] <unk>1[SEP]".
 */
export function decodeFast(
  ids: ArrayLike<number>,
  {pieces, special}: DecodeTable,
  skipSpecialTokens: boolean
): string {
  return Array.from(ids)
    .filter((id) => !skipSpecialTokens || !special.has(id))
    .map((id, i) => pieceAt(pieces, id).replaceAll("▁", i === 0 ? "" : " "))
    .join("");
}

/**
 * Pieces back to text as Hugging Face's slow AlbertTokenizer has it: the stretches between special
 * pieces are decoded each by itself, with a space before the first of a run of special pieces.
 *
 * Example: [CLS] ▁hello , [SEP] → "[CLS] hello,[SEP]".
 */
export function decodeSlow(
  ids: ArrayLike<number>,
  {pieces, types, special}: DecodeTable,
  skipSpecialTokens: boolean
): string {
  let text = "";
  let run = ""; // pieces since the last special one
  let isAfterSpecial = false;
  for (let i = 0; i < ids.length; ++i) {
    const id = ids[i]!;
    const piece = pieceAt(pieces, id);
    if (special.has(id)) {
      if (skipSpecialTokens) continue;
      if (!isAfterSpecial) text += " ";
      text += withoutPrefix(run) + piece;
      run = "";
      isAfterSpecial = true;
    } else {
      if (types[id] !== pieceType.control) run += piece;
      isAfterSpecial = false;
    }
  }
  return (text + withoutPrefix(run)).replace(edges, "");
}

function pieceAt(pieces: readonly string[], id: number): string {
  const piece = pieces[id];
  if (piece === undefined)
    throw new InputError(`id ${id}: expected a whole number from 0 to ${pieces.length - 1}`);
  return piece;
}

function withoutPrefix(run: string): string {
  return run.replace(/^▁+/, "").replaceAll("▁", " ");
}

/** What Python's `strip()` takes off both ends, which is not what `trim()` does. */
const pythonSpaces =
  "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const edges = new RegExp(`^[${pythonSpaces}]+|[${pythonSpaces}]+$`, "g");
