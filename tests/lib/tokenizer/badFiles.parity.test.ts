/** The reference's malformed tokenizer files; those of models and weights are in checkpoint/. */
import {existsSync, readFileSync} from "node:fs";
import {basename, join} from "node:path";
import {describe, expect, test} from "vitest";
import {InputError} from "../../../src/lib/errors.js";
import {readTokenizer} from "../../../src/lib/tokenizer/load.js";

const root = join(process.env.ALBERT_PARITY_DIR ?? "", "bad");
const isThere = !!process.env.ALBERT_PARITY_DIR && existsSync(join(root, "expect.json"));

interface Entry {
  path: string;
  expect: string;
}

const entries = isThere
  ? (JSON.parse(readFileSync(join(root, "expect.json"), "utf8")) as {entries: Entry[]}).entries
  : [];

describe.skipIf(!isThere)("malformed tokenizer files (skipped: no ALBERT_PARITY_DIR)", () => {
  test.each(
    entries
      .filter(({path}) => path.startsWith("tokenizer/"))
      .map((entry) => [basename(entry.path), entry] as const)
  )("%s", (name, entry) => {
    const role = name.endsWith(".json") ? "tokenizer.json" : "spiece.model";
    const bytes = new Uint8Array(readFileSync(join(root, entry.path)));
    let error: unknown;
    try {
      const tokenizer = readTokenizer(new Map([[role, bytes]]), "folder");
      expect(tokenizer.encode("the cat sat").ids.length).toBeGreaterThan(2);
    } catch (thrown) {
      error = thrown;
      expect(thrown).toBeInstanceOf(InputError);
      expect((thrown as Error).message).toMatch(
        /^folder\/(tokenizer\.json|spiece\.model)(: | is )[^\n]+$/
      );
    }
    if (entry.expect === "refuse") expect(error).toBeDefined();
    if (entry.expect === "accept") expect(error).toBeUndefined();
  });
});
