const punctuation = new Set('!"#$%&()*+,-./:;?@[\\]^_`{|}~');

/**
 * Whether a piece begins a word when whole words are masked: it begins with ▁ or <, is one sign of
 * punctuation, or has a character that is neither an English letter nor such a sign (which takes
 * in digits and all other alphabets).
 *
 * Example: "▁the", ",", "5", "é" do; "ing", "A", "e-mail", "[MASK]" do not.
 *
 * @see google-research/albert create_pretraining_data.py (_is_start_piece_sp)
 */
export function startsWord(piece: string): boolean {
  if (piece.startsWith("▁") || piece.startsWith("<") || punctuation.has(piece)) return true;
  return !Array.from(piece).every((c) => /^[a-z]$/i.test(c) || punctuation.has(c));
}
