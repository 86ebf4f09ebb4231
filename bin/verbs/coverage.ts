import {readText} from "../../src/lib/corpus/readText.js";
import {coverageOf, coverageRow} from "../../src/lib/tokenizer/coverage.js";
import type {Tokenizer} from "../../src/lib/tokenizer/tokenizer.js";
import {trainUnigramAsync} from "../../src/lib/tokenizer/train.js";
import {readArguments, UsageError} from "../arguments.js";
import {fileName, readBytes, writeBytes} from "../files.js";
import {loadTokenizer} from "../loadTokenizer.js";

export const usage =
  "coverage FILE… (--tokenizer DIR|FILE | --vocabulary N [--case] [--seed N]) [--output FILE.json]";
export const does =
  "prints how far a vocabulary reaches in texts of any kind, one row a file: pieces per word, unknown characters; --vocabulary trains one on all of them";

/** Reads every file, with a vocabulary that is given or trained on them together. */
export async function run(argv: string[]): Promise<void> {
  const args = readArguments(
    argv,
    {tokenizer: "value", vocabulary: "value", case: "flag", seed: "value", output: "value"},
    {positionals: Infinity}
  );
  if (args.positionals.length === 0) throw new UsageError("missing FILE (see --help)");
  const given = args.value("tokenizer");
  const size = args.integer("vocabulary", 30);
  if ((given === undefined) === (size === undefined))
    throw new UsageError("expected either --tokenizer or --vocabulary");
  const files: {name: string; texts: string[]}[] = [];
  for (const path of args.positionals) {
    const name = fileName(path);
    files.push({name, texts: readText(await readBytes(path), name).documents.flat()});
  }
  const tokenizer =
    given === undefined
      ? await trained(files, size!, !args.flag("case"), args.integer("seed", 0) ?? 1)
      : await loadTokenizer(given);
  const rows = [];
  for (const {name, texts} of files)
    rows.push(coverageRow(await coverageOf(tokenizer, name, texts)));
  console.log(`${tokenizer.vocabSize.toLocaleString("en")} pieces`);
  console.log(table(rows));
  const output = args.value("output");
  if (output !== undefined) await writeBytes(output, `${JSON.stringify(rows, null, 1)}\n`);
}

function trained(
  files: readonly {texts: string[]}[],
  vocabSize: number,
  lowerCase: boolean,
  seed: number
): Promise<Tokenizer> {
  const texts = files.flatMap((file) => file.texts);
  return trainUnigramAsync(texts, {vocabSize, lowerCase, seed});
}

/** Rows under their names, columns flush. */
function table(rows: readonly Record<string, string | number | null>[]): string {
  const lines = [
    Object.keys(rows[0]!),
    ...rows.map((row) => Object.values(row).map((value) => String(value ?? "–")))
  ];
  const widths = lines[0]!.map((_, c) => Math.max(...lines.map((line) => line[c]!.length)));
  const cell = (text: string, c: number) =>
    c === 0 ? text.padEnd(widths[c]!) : text.padStart(widths[c]!);
  return lines.map((line) => line.map(cell).join("  ")).join("\n");
}
