/** The malformed and unusual files of ALBERT_PARITY_DIR/bad/data, read as their tasks. */
import {readFileSync} from "node:fs";
import {basename, join} from "node:path";
import {describe, expect, test} from "vitest";
import {isTextDataset} from "../../../src/lib/finetune/dataset.js";
import {readTask} from "../../../src/lib/finetune/readTask.js";
import {fineTuneTask} from "../../../src/lib/finetune/tasks.js";
import {InputError} from "../../../src/lib/errors.js";

const root = process.env.ALBERT_PARITY_DIR;

interface Entry {
  path: string;
  expect: string;
  message_should_say?: string;
  rows?: number;
  sentences?: number;
  values?: [string, number][];
}

const prefixes: [RegExp, string][] = [
  [/^conll/, "ner"],
  [/^squad/, "squad"],
  [/^stsb/, "stsb"],
  [/^mrpc/, "mrpc"],
  [/^mnli/, "mnli"]
];
const taskOf = (name: string) => prefixes.find(([prefix]) => prefix.test(name))?.[1] ?? "sst2";

/** Said when the rows are cut into pieces, not when they are read. */
const later = new Set(["enormous_field.tsv", "enormous_word.tsv"]);

const entries = (): Entry[] => {
  const text = readFileSync(join(root!, "bad/expect.json"), "utf8");
  return (JSON.parse(text) as {entries: Entry[]}).entries.filter(({path}) =>
    path.startsWith("data/")
  );
};

describe.skipIf(!root)("malformed task files (skipped: no ALBERT_PARITY_DIR)", () => {
  test.each(root ? entries().map((entry) => [basename(entry.path), entry] as const) : [])(
    "%s",
    (name, {path, expect: wanted, rows, sentences, values, message_should_say: say}) => {
      const read = () =>
        readTask(
          new Uint8Array(readFileSync(join(root!, "bad", path))),
          name,
          fineTuneTask(taskOf(name))
        );
      let data;
      try {
        data = read();
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
        expect((error as Error).message).toMatch(new RegExp(`^${name}: \\S[^\\n]*$`));
        expect(wanted).not.toMatch(/^accept(?:_with_warning)?$/);
        const line = /line \d+/.exec(say ?? "")?.[0];
        if (line) expect((error as Error).message).toContain(line);
        return;
      }
      expect(wanted).not.toMatch(/^refuse(?:_or_ask)?$/);
      const count = rows ?? sentences;
      if (typeof count === "number") expect(data.examples.length).toBe(count);
      if (/warn/.test(wanted) && !later.has(name)) expect(data.notes).not.toEqual([]);
      if (values && isTextDataset(data))
        expect(data.examples.map(({text, label}) => [text, label])).toEqual(values);
    }
  );
});
