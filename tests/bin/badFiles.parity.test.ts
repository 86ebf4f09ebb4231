/** The malformed and unusual files of ALBERT_PARITY_DIR/bad/data, given to the terminal's `finetune`. */
import {execFile} from "node:child_process";
import {readFileSync} from "node:fs";
import {mkdir, mkdtemp, readFile, rm, stat, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import {basename, join} from "node:path";
import {promisify} from "node:util";
import {afterAll, beforeAll, describe, expect, test, vi} from "vitest";
import {projectRoot} from "../../bin/process.js";
import {run} from "../../bin/verbs/finetune.js";
import {writeModelFolder} from "../../src/lib/albert/checkpoint/write.js";
import {makeConfig} from "../../src/lib/albert/config.js";
import {initParameters} from "../../src/lib/albert/specs.js";
import {InputError} from "../../src/lib/errors.js";
import {tokenizer} from "../lib/finetune/tokenizer.js";

const root = process.env.ALBERT_PARITY_DIR;
const tasks: [RegExp, string][] = [
  [/^conll/, "ner"],
  [/^squad/, "squad"],
  [/^stsb/, "stsb"],
  [/^mrpc/, "mrpc"],
  [/^mnli/, "mnli"]
];

interface Entry {
  path: string;
  expect: string;
  rows?: number;
}
const entries = (): Entry[] =>
  (
    JSON.parse(readFileSync(join(root!, "bad/expect.json"), "utf8")) as {entries: Entry[]}
  ).entries.filter(({path}) => path.startsWith("data/"));

describe.skipIf(!root)("bad files in the terminal (skipped: no ALBERT_PARITY_DIR)", () => {
  let folder = "";
  const words = (path: string, output: string) => {
    const task = tasks.find(([name]) => name.test(basename(path)))?.[1] ?? "sst2";
    return [
      ...[join(folder, "recipe.json"), "--model", join(folder, "model"), "--task", task],
      ...["--train", path, "--dev", path, "--output", join(folder, output)]
    ];
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "albert-bad-"));
    const config = makeConfig({
      vocabSize: tokenizer.vocabSize,
      embeddingSize: 4,
      hiddenSize: 6,
      numHiddenLayers: 1,
      numAttentionHeads: 2,
      intermediateSize: 11,
      maxPositionEmbeddings: 24
    });
    await mkdir(join(folder, "model"));
    const model = writeModelFolder({config, parameters: initParameters(config, 2), tokenizer});
    for (const [name, bytes] of model) await writeFile(join(folder, "model", name), bytes);
    await writeFile(join(folder, "recipe.json"), '{"steps": 1, "batch": {"size": 2}}');
  });
  afterAll(() => rm(folder, {recursive: true, force: true}));

  test.each(root ? entries().map((entry) => [basename(entry.path), entry] as const) : [])(
    "%s",
    async (name, {path, expect: wanted, rows}) => {
      const said = vi.spyOn(console, "log").mockImplementation(() => undefined);
      const output = `run-${name}`;
      try {
        await run(words(join(root!, "bad", path), output));
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
        expect((error as Error).message).toMatch(new RegExp(`^${name}: \\S`));
        expect(wanted).not.toMatch(/^accept(?:_with_warning)?$/);
        // Nothing is left half done: the same --output can be used again.
        await expect(stat(join(folder, output))).rejects.toThrow(/ENOENT/);
        return;
      } finally {
        said.mockRestore();
      }
      expect(wanted).not.toMatch(/^refuse(?:_or_ask)?$/);
      const report = JSON.parse(await readFile(join(folder, output, "report.json"), "utf8")) as {
        summary: {notes: string[]; train: {examples: number}};
      };
      if (rows !== undefined) expect(report.summary.train.examples).toBe(rows);
      const notes = report.summary.notes.filter((note) => !note.startsWith("newly initialised"));
      if (/warn/.test(wanted)) expect(notes).not.toEqual([]);
    }
  );

  test("a refusal is one line on stderr and exit code 1", async () => {
    const path = join(root!, "bad/data/sst2_ragged.tsv");
    const command = ["--import", "tsx", "bin/albert.ts", "finetune", ...words(path, "said")];
    const ended = promisify(execFile)(process.execPath, command, {cwd: projectRoot});
    await expect(ended).rejects.toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(
        /^sst2_ragged\.tsv: line 3: 1 field, expected 2[^\n]*\n$/
      ) as string
    });
  });
});
