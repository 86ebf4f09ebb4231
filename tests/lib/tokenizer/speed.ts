/**
 * Encodes 1 MB of English on one core, with this tokenizer and with `@huggingface/tokenizers` on the
 * same vocabulary, each several times by turns: `npx tsx tests/lib/tokenizer/speed.ts [FILE]`.
 * Without a file the text is generated.
 */
import {readFileSync} from "node:fs";
import {Tokenizer as HuggingFaceTokenizer} from "@huggingface/tokenizers";
import {generateCorpus} from "../../../src/lib/corpus/generate.js";
import {corpusText} from "../../../src/lib/corpus/text.js";
import {readTokenizerJson} from "../../../src/lib/tokenizer/tokenizerJson.js";
import {trainUnigram} from "../../../src/lib/tokenizer/train.js";

const file = process.argv[2];
const text = file
  ? readFileSync(file, "utf8")
  : corpusText(generateCorpus({documents: 2000, seed: 1}));
const lines = text.slice(0, 1e6).split("\n").filter(Boolean);
const bytes = Buffer.byteLength(lines.join("\n"));

const trained = trainUnigram(lines, {vocabSize: 8000});
const json = trained.toTokenizerJson();
const other = new HuggingFaceTokenizer(
  JSON.parse(json) as object,
  JSON.parse(trained.toTokenizerConfig()) as object
);
const fast = readTokenizerJson(json, "tokenizer.json");

/** Name and how often a run over all lines makes pieces. */
const contenders: [string, () => number][] = [
  ["spiece.model, ids", () => lines.reduce((n, line) => n + trained.ids(line).length, 0)],
  ["spiece.model, encode", () => lines.reduce((n, line) => n + trained.encode(line).ids.length, 0)],
  ["tokenizer.json, ids", () => lines.reduce((n, line) => n + fast.ids(line).length, 0)],
  ["tokenizer.json, encode", () => lines.reduce((n, line) => n + fast.encode(line).ids.length, 0)],
  ["@huggingface/tokenizers", () => lines.reduce((n, line) => n + other.encode(line).ids.length, 0)]
];

const times = new Map(contenders.map(([name]) => [name, [] as number[]]));
let pieces = 0;
for (let round = 0; round < 6; ++round)
  for (const [name, run] of contenders) {
    const begun = performance.now();
    pieces = run();
    if (round > 0) times.get(name)!.push(performance.now() - begun);
  }
console.log(`${bytes} bytes, ${lines.length} lines, ${trained.vocabSize} pieces, ${pieces} ids`);
const reference = Math.min(...times.get("@huggingface/tokenizers")!);
for (const [name, all] of times) {
  const best = Math.min(...all);
  const median = all.toSorted((a, b) => a - b)[all.length >> 1]!;
  console.log(
    `${name.padEnd(24)} best ${best.toFixed(0).padStart(5)} ms, median ${median.toFixed(0).padStart(5)} ms, ` +
      `${(bytes / 1e3 / best).toFixed(1)} MB/s, ${(reference / best).toFixed(1)} times as fast`
  );
}
const differ = lines.filter(
  (line) => trained.encode(line).ids.join() !== Array.from(other.encode(line).ids).join()
);
console.log(`${differ.length} lines have other ids there${differ[0] ? `: ${differ[0]}` : ""}`);
