/** Entropy and shares of heads against scipy and numpy: the files of ALBERT_PARITY_DIR. */
import {readFileSync} from "node:fs";
import {join} from "node:path";
import {expect, test} from "vitest";
import {headSummary} from "../../src/components/headSummary.js";

const folder = process.env.ALBERT_PARITY_DIR;

interface EntropyCase {
  name: string;
  attention: number[][][][];
  mean_per_head_nats: number[][];
  share_on_self_per_head: number[][];
  share_on_first_token_per_head: number[][];
}

test.skipIf(!folder)("headSummary agrees with scipy's entropy and with shares by numpy", () => {
  const file = readFileSync(join(folder!, "numerics", "entropy.json"), "utf8");
  const {cases} = JSON.parse(file) as {cases: EntropyCase[]};
  expect(cases.length).toBeGreaterThan(0);
  for (const c of cases)
    c.attention.forEach((heads, depth) =>
      heads.forEach((rows, head) => {
        const tokens = rows.map((_, i) => (i === 0 ? "[CLS]" : "▁a"));
        const {entropy, self, cls} = headSummary(rows.flat(), tokens);
        const expected = [
          c.mean_per_head_nats,
          c.share_on_self_per_head,
          c.share_on_first_token_per_head
        ].map((all) => all[depth]![head]!);
        expect([entropy, self, cls]).toBeAllClose(expected, {rtol: 0, atol: 1e-5});
      })
    );
});
