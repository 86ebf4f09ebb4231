import {endsInDigitAndComma} from "./albertSegmenter.js";
import {toBase64} from "./base64.js";
import {pieceType, type SpieceModel} from "./spieceModel.js";

/** What the normalisation leaves of capitals and accents. */
export interface CaseOptions {
  lowerCase: boolean;
  keepAccents: boolean;
}

/** How a special piece is found in a text; `[MASK]` swallows the space on its left. */
function matching(content: string) {
  return {
    content,
    single_word: false,
    lstrip: content === "[MASK]",
    rstrip: false,
    normalized: false
  };
}

/**
 * `tokenizer.json` for Hugging Face's tokenizers. White space is split first and `( ) " - . – £ €`
 * stay ordinary pieces, as in the files of the released models: the conversion of recent versions
 * makes them added tokens, which puts a false ▁ after each of them. The digit–comma rule, which
 * that library does not have, becomes 100 off the score of the pieces it would re-encode.
 */
export function tokenizerJson(model: SpieceModel, {lowerCase, keepAccents}: CaseOptions): unknown {
  const controls = model.pieces
    .map(({piece, type}, id) => ({piece, type, id}))
    .filter(({type}) => type === pieceType.control || type === pieceType.unknown);
  const metaspace = {
    type: "Metaspace",
    replacement: "▁",
    prepend_scheme: model.addDummyPrefix ? "always" : "never",
    split: true
  };
  const idOf = (piece: string) => model.pieces.findIndex((row) => row.piece === piece);
  const specialToken = (id: string, type_id: number) => ({SpecialToken: {id, type_id}});
  const sequence = (id: string, type_id: number) => ({Sequence: {id, type_id}});
  const single = [specialToken("[CLS]", 0), sequence("A", 0), specialToken("[SEP]", 0)];
  const entry = (piece: string) => ({id: piece, ids: [idOf(piece)], tokens: [piece]});
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: controls.map(({piece, id}) => ({id, ...matching(piece), special: true})),
    normalizer: {
      type: "Sequence",
      normalizers: [
        {type: "Replace", pattern: {String: "``"}, content: '"'},
        {type: "Replace", pattern: {String: "''"}, content: '"'},
        ...(keepAccents ? [] : [{type: "NFKD"}, {type: "StripAccents"}]),
        ...(lowerCase ? [{type: "Lowercase"}] : []),
        ...(model.charsmap.length
          ? [{type: "Precompiled", precompiled_charsmap: toBase64(model.charsmap)}]
          : [])
      ]
    },
    pre_tokenizer: {type: "Sequence", pretokenizers: [{type: "WhitespaceSplit"}, metaspace]},
    post_processor: {
      type: "TemplateProcessing",
      single,
      pair: [...single, sequence("B", 1), specialToken("[SEP]", 1)],
      special_tokens: {"[CLS]": entry("[CLS]"), "[SEP]": entry("[SEP]")}
    },
    decoder: metaspace,
    model: {
      type: "Unigram",
      unk_id: model.unkId,
      vocab: model.pieces.map(({piece, score}) => [
        piece,
        endsInDigitAndComma(piece) ? score - 100 : score
      ]),
      byte_fallback: false
    }
  };
}

/** `tokenizer_config.json`, so that `AutoTokenizer` finds the class and its switches. */
export function tokenizerConfig(
  model: SpieceModel,
  {lowerCase, keepAccents}: CaseOptions
): Record<string, unknown> {
  const added: Record<string, unknown> = {};
  model.pieces.forEach(({piece, type}, index) => {
    if (type !== pieceType.control && type !== pieceType.unknown) return;
    added[index] = {...matching(piece), special: true};
  });
  return {
    added_tokens_decoder: added,
    bos_token: "[CLS]",
    clean_up_tokenization_spaces: false,
    cls_token: "[CLS]",
    do_lower_case: lowerCase,
    eos_token: "[SEP]",
    keep_accents: keepAccents,
    mask_token: "[MASK]",
    model_max_length: 512,
    pad_token: "<pad>",
    remove_space: true,
    sep_token: "[SEP]",
    tokenizer_class: "AlbertTokenizer",
    unk_token: "<unk>"
  };
}

/** `special_tokens_map.json`. */
export function specialTokensMap(): Record<string, unknown> {
  return {
    bos_token: "[CLS]",
    cls_token: "[CLS]",
    eos_token: "[SEP]",
    mask_token: matching("[MASK]"),
    pad_token: "<pad>",
    sep_token: "[SEP]",
    unk_token: "<unk>"
  };
}
