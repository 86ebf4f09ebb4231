import {readdirSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {describe, expect, test} from "vitest";
import {readText} from "../../../src/lib/corpus/index.js";

const root = process.env.ALBERT_PARITY_DIR;

/** What messages must say of the files that a corpus cannot be read from, whatever the task. */
const refused: Record<string, RegExp> = {
  "sst2_no_header.tsv": /column/,
  "sst2_header_only.tsv": /no rows/,
  "sst2_empty.tsv": /empty/,
  "sst2_commas_named_tsv.tsv": /delimiter/,
  "sst2_ragged.tsv": /line 3: 1 field, expected 2/,
  "sst2_extra_field.tsv": /line 3: 3 fields, expected 2/,
  "sst2_latin1.tsv": /line 2 is not valid UTF-8/,
  "sst2_truncated_utf8.tsv": /UTF-8/,
  "csv_unclosed_quote.csv": /line 2/,
  "csv_semicolons.csv": /delimiter/,
  "csv_duplicate_columns.csv": /duplicate column 'label'/,
  "many_columns.tsv": /column/,
  "jsonl_broken_line.jsonl": /line 2/,
  "txt_zip_renamed.txt": /zip/
};

const rows: Record<string, number> = {
  "sst2_valid.tsv": 4,
  "sst2_blank_lines.tsv": 4,
  "sst2_crlf.tsv": 4,
  "sst2_no_final_newline.tsv": 4,
  "sst2_utf8_bom.tsv": 4,
  "sst2_utf16le.tsv": 4,
  "sst2_lone_quote.tsv": 6,
  "csv_quoted.csv": 3,
  "csv_html.csv": 2
};

describe.skipIf(!root)("malformed data files (skipped: no ALBERT_PARITY_DIR)", () => {
  const read = (name: string) => readText(readFileSync(join(root!, "bad/data", name)), name);

  test.each(Object.entries(refused))("%s is refused: %s", (name, message) => {
    expect(() => read(name)).toThrow(message);
  });

  test.each(Object.entries(rows))("%s gives %i documents", (name, count) => {
    expect(read(name).documents).toHaveLength(count);
  });

  test("every other file is read or refused with one sentence that names it", () => {
    for (const name of readdirSync(join(root!, "bad/data"))) {
      try {
        expect(read(name).documents.flat().length).toBeGreaterThanOrEqual(2);
      } catch (error) {
        expect(error).toMatchObject({name: "InputError"});
        expect((error as Error).message.startsWith(`${name}: `)).toBe(true);
        expect((error as Error).message).not.toContain("\n");
      }
    }
  });
});
