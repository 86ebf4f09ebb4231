/** The masking rules against the definitions in ALBERT_PARITY_DIR/numerics/mlm_masking.json. */
import {readFileSync} from "node:fs";
import {join} from "node:path";
import {describe, expect, test} from "vitest";
import {startsWord} from "../../../../src/lib/tokenizer/wordStarts.js";
import {
  ngramProbabilities,
  predictionCount
} from "../../../../src/lib/albert/objectives/masking.js";

const folder = process.env.ALBERT_PARITY_DIR;

interface Masking {
  ngram: {max_ngram: number; p: number[]}[];
  num_to_predict: {
    tokens_with_cls_sep: number;
    masked_lm_prob: number;
    max_predictions_per_seq: number;
    num_to_predict: number;
  }[];
  is_start_piece: [string, boolean][];
}

describe.skipIf(!folder)(`masking of ${folder ?? "(skipped: no ALBERT_PARITY_DIR)"}`, () => {
  test("probabilities, numbers of predictions and word starts are the reference's", () => {
    const file = join(folder!, "numerics", "mlm_masking.json");
    const {ngram, num_to_predict, is_start_piece} = JSON.parse(
      readFileSync(file, "utf8")
    ) as Masking;
    expect(ngram.length * num_to_predict.length).toBeGreaterThan(0);
    for (const {max_ngram, p} of ngram)
      expect(ngramProbabilities(max_ngram)).toBeAllClose(p, {rtol: 1e-12, atol: 0});
    for (const c of num_to_predict)
      expect(
        predictionCount(c.tokens_with_cls_sep, c.masked_lm_prob, c.max_predictions_per_seq),
        JSON.stringify(c)
      ).toBe(c.num_to_predict);
    for (const [piece, expected] of is_start_piece) expect(startsWord(piece), piece).toBe(expected);
  });
});
