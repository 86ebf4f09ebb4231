import fc from "fast-check";
import {describe, expect, test} from "vitest";
import {readTokenizer} from "../../../src/lib/tokenizer/load.js";
import {readSpiece} from "../../../src/lib/tokenizer/spiece.js";
import {writeSpieceModel} from "../../../src/lib/tokenizer/spieceModel.js";
import type {Tokenizer} from "../../../src/lib/tokenizer/tokenizer.js";
import {readTokenizerJson} from "../../../src/lib/tokenizer/tokenizerJson.js";
import {edit, mutate, tame} from "../mutations.js";
import {tinyModel, tinyTokenizer} from "./tiny.js";

const edits = fc.array(edit, {minLength: 1, maxLength: 4});

/** A tokenizer from a broken file, if there is one, still encodes and writes what it reads. */
async function use(tokenizer: Tokenizer | null): Promise<boolean> {
  if (tokenizer === null) return false;
  const {ids} = tokenizer.encode("The cats, 9, sat — [MASK] é\u0301 日本");
  for (const id of ids) if (!(id >= 0 && id < tokenizer.vocabSize)) throw new Error(`id ${id}`);
  tokenizer.decode(ids);
  await tame(() => readSpiece(tokenizer.toSpiece(), "written"));
  return true;
}

describe("spiece.model under mutation", () => {
  // A short map of normalisation rules, so that changes meet the rest of the file as well.
  const plain = writeSpieceModel({...tinyModel, charsmap: new Uint8Array(0)});
  const withRules = writeSpieceModel(tinyModel);

  test("4,000 files with changed bytes end in a tokenizer or an InputError", async () => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(edits, async (edits) => {
        accepted += Number(await use(await tame(() => readSpiece(mutate(plain, edits), "m"))));
      }),
      {seed: 1, numRuns: 4000}
    );
    expect(accepted).toBeGreaterThan(20); // another letter or score is no fault of the format
  }, 60_000);

  test("300 files with changed normalisation rules do", async () => {
    await fc.assert(
      fc.asyncProperty(edits, async (edits) => {
        await use(await tame(() => readSpiece(mutate(withRules, edits), "m")));
      }),
      {seed: 2, numRuns: 300}
    );
  }, 60_000);

  test("a file cut short anywhere is refused, unless it is cut after its last field", async () => {
    for (let length = 0; length < plain.length; ++length) {
      const read = await tame(() => readSpiece(plain.slice(0, length), "m"));
      if (read !== null) expect(plain.length - length).toBeLessThan(16);
    }
  });
});

describe("tokenizer.json under mutation", () => {
  const written = JSON.parse(tinyTokenizer().toTokenizerJson()) as {normalizer: object};
  const json = new TextEncoder().encode(JSON.stringify({...written, normalizer: null}));

  test("2,500 files with changed bytes end in a tokenizer or an InputError", async () => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(edits, async (edits) => {
        const files = new Map([["tokenizer.json", mutate(json, edits)]]);
        accepted += Number(await use(await tame(() => readTokenizer(files, "folder"))));
      }),
      {seed: 3, numRuns: 2500}
    );
    expect(accepted).toBeGreaterThan(5);
  }, 60_000);

  test("1,500 files with other values in them do", async () => {
    const odd = fc.oneof(
      fc.constantFrom<unknown>(null, 0, -1, 1.5, 1e9, "", "x", [], {}, true, [["a", 1]], [["a"]]),
      fc.jsonValue({maxDepth: 2})
    );
    const paths = [
      ...["version", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder"],
      ...[
        "model",
        "model.type",
        "model.unk_id",
        "model.vocab",
        "model.vocab.3",
        "model.vocab.15.1"
      ],
      ...["added_tokens.0", "added_tokens.1.id", "added_tokens.2.content", "added_tokens.3.lstrip"],
      ...["pre_tokenizer.type", "pre_tokenizer.pretokenizers", "pre_tokenizer.pretokenizers.1"],
      ...["post_processor.single", "post_processor.pair.2", "decoder.prepend_scheme"]
    ];
    const text = new TextDecoder().decode(json);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(...paths), odd), {minLength: 1, maxLength: 2}),
        async (changes) => {
          const value = JSON.parse(text) as Record<string, unknown>;
          for (const [path, replacement] of changes) {
            const keys = path.split(".");
            const last = keys.pop()!;
            let at: unknown = value;
            for (const key of keys) at = (at as Record<string, unknown> | null)?.[key];
            if (at !== null && typeof at === "object")
              (at as Record<string, unknown>)[last] = replacement;
          }
          await use(await tame(() => readTokenizerJson(JSON.stringify(value), "tokenizer.json")));
        }
      ),
      {seed: 4, numRuns: 1500}
    );
  }, 60_000);
});
