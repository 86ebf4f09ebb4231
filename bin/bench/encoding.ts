/** How fast text becomes pieces, against `@huggingface/tokenizers` on the same vocabulary. */
import {byTurns, median} from "../../src/lib/albert/bench/byTurns.js";
import {readTokenizerJson} from "../../src/lib/tokenizer/tokenizerJson.js";
import {trainUnigram} from "../../src/lib/tokenizer/train.js";

/** What `@huggingface/tokenizers` exports. */
export interface TokenizersPackage {
  Tokenizer: new (json: object, config: object) => {encode(text: string): {ids: ArrayLike<number>}};
}

export interface EncodingRow {
  contender: string;
  /** Milliseconds for all lines. */
  min: number;
  median: number;
  max: number;
  megabytesPerSecond: number;
  /** The other package's median over this one's; null without it. */
  timesAsFast: number | null;
}

export interface EncodingRecord {
  bytes: number;
  lines: number;
  vocabSize: number;
  /** Pieces of all lines. */
  pieces: number;
  rounds: number;
  /** Lines that have other ids in the other package; null without it. */
  otherIds: number | null;
  rows: EncodingRow[];
}

/** Turns before any counts. */
const warmUp = {turns: 1, ms: 0};

/**
 * Times the encoding of lines on one core, from a `spiece.model` and from a `tokenizer.json` whose
 * vocabulary was trained on them: ids alone, and ids with pieces and offsets.
 *
 * @param other null where it is not installed
 */
export async function timeEncoding(
  lines: readonly string[],
  other: TokenizersPackage | null,
  {rounds, clock, vocabSize = 8000}: {rounds: number; clock?: () => number; vocabSize?: number}
): Promise<EncodingRecord> {
  const trained = trainUnigram(lines, {vocabSize});
  const json = trained.toTokenizerJson();
  const fast = readTokenizerJson(json, "tokenizer.json");
  const theirs =
    other &&
    new other.Tokenizer(
      JSON.parse(json) as object,
      JSON.parse(trained.toTokenizerConfig()) as object
    );
  const contender = (name: string, encode: (line: string) => unknown) => ({
    name,
    run: async () => {
      for (const line of lines) encode(line);
      return {};
    }
  });
  const timings = await byTurns(
    [
      contender("spiece.model, ids", (line) => trained.ids(line)),
      contender("spiece.model, encode", (line) => trained.encode(line)),
      contender("tokenizer.json, ids", (line) => fast.ids(line)),
      contender("tokenizer.json, encode", (line) => fast.encode(line)),
      ...(theirs ? [contender("@huggingface/tokenizers", (line) => theirs.encode(line))] : [])
    ],
    {rounds, warmUp, clock}
  );
  const bytes = Buffer.byteLength(lines.join("\n"));
  const reference = theirs && median(timings!.at(-1)!.times);
  const differs = (line: string) =>
    fast.encode(line).ids.join() !== Array.from(theirs!.encode(line).ids).join();
  return {
    bytes,
    lines: lines.length,
    vocabSize: trained.vocabSize,
    pieces: lines.reduce((sum, line) => sum + trained.ids(line).length, 0),
    rounds,
    otherIds: theirs && lines.filter(differs).length,
    rows: timings!.map(({name, times}) => ({
      contender: name,
      min: times[0]!,
      median: median(times),
      max: times.at(-1)!,
      megabytesPerSecond: bytes / 1000 / median(times),
      timesAsFast: reference && reference / median(times)
    }))
  };
}

/** The record as a Markdown table. */
export function encodingMarkdown(record: EncodingRecord): string {
  const {bytes, lines, vocabSize, pieces, rounds, otherIds, rows} = record;
  return [
    `${bytes} bytes, ${lines} lines, ${vocabSize} pieces in the vocabulary, ${pieces} in the text; ${rounds} rounds by turns.`,
    "",
    "| from, giving | min ms | median ms | max ms | MB/s | against the last |",
    "|---|--:|--:|--:|--:|--:|",
    ...rows.map(
      ({contender, min, median: middle, max, megabytesPerSecond, timesAsFast}) =>
        `| ${contender} | ${min.toFixed(0)} | ${middle.toFixed(0)} | ${max.toFixed(0)} | ` +
        `${megabytesPerSecond.toFixed(1)} | ${timesAsFast ? `${timesAsFast.toFixed(1)} ×` : "–"} |`
    ),
    "",
    otherIds === null
      ? "skipped: @huggingface/tokenizers (npm ci --prefix bench --ignore-scripts installs it)"
      : `${otherIds} of ${lines} lines have other ids there.`
  ].join("\n");
}
