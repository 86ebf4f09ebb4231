import {readFile, writeFile} from "node:fs/promises";
import {growthMarkdown} from "../../src/lib/albert/bench/growth.js";
import {profileStep} from "../../src/lib/albert/bench/profile.js";
import {
  benchBatch,
  benchConfig,
  benchShapeNames,
  benchShapes,
  type BenchShapeName
} from "../../src/lib/albert/bench/shapes.js";
import {benchMarkdown} from "../../src/lib/albert/bench/table.js";
import {printPlan} from "../../src/lib/albert/plan/check.js";
import {lowerPretraining} from "../../src/lib/albert/plan/lower.js";
import {generateCorpus} from "../../src/lib/corpus/generate.js";
import {corpusText} from "../../src/lib/corpus/text.js";
import {readArguments} from "../arguments.js";
import {timeOnCard} from "../bench/card.js";
import {clocks, oneThread, type Asked, type Clock} from "../bench/common.js";
import {encodingMarkdown, timeEncoding} from "../bench/encoding.js";
import {growthPicture, timeGrowth} from "../bench/growth.js";
import {loadTokenizers} from "../bench/peers.js";
import {timeOnProcessor} from "../bench/processor.js";
import {withPath} from "../files.js";
import {processorTime} from "../processorTime.js";

const backends = ["wasm", "webgpu"] as const;

export const usage = `bench [--backend ${backends.join("|")}] [--shape ${benchShapeNames.join("|")}] [--rounds N] [--clock ${clocks.join("|")}] [--python PYTHON] [--profile] [--output FILE.json] | bench --growth [--rounds N] [--clock ${clocks.join("|")}] [--output FILE.json] [--svg FILE.svg] | bench --encode [--input TEXT] [--rounds N] [--clock ${clocks.join("|")}] [--output FILE.json] | bench --plan --shape SHAPE`;
export const does =
  "times a training step and a forward by turns: the compiled plan, TensorFlow.js as its users write it, peers of bench/ and PyTorch; how a step's cost grows with each size; how fast text is encoded; or prints the plan";

/** Prints a Markdown table of medians; `--output` writes the same as JSON. */
export async function run(argv: string[]): Promise<void> {
  const args = readArguments(argv, {
    backend: "value",
    shape: "value",
    rounds: "value",
    clock: "value",
    python: "value",
    output: "value",
    svg: "value",
    input: "value",
    growth: "flag",
    encode: "flag",
    plan: "flag",
    profile: "flag"
  });
  const only = args.oneOf("shape", benchShapeNames);
  if (args.flag("plan")) return console.log(planText(only ?? "standard"));
  if (args.flag("growth"))
    return growth({
      rounds: args.integer("rounds", 2) ?? 15,
      clock: args.oneOf("clock", clocks) ?? "wall",
      output: args.value("output"),
      svg: args.value("svg")
    });
  if (args.flag("encode"))
    return encode({
      rounds: args.integer("rounds", 1) ?? 7,
      clock: args.oneOf("clock", clocks) ?? "wall",
      input: args.value("input"),
      output: args.value("output")
    });
  const asked: Asked = {
    shapes: only ? [only] : benchShapeNames,
    rounds: args.integer("rounds", 1) ?? 7,
    clock: args.oneOf("clock", clocks) ?? "wall",
    python: args.value("python")
  };
  const record =
    args.oneOf("backend", backends) === "webgpu"
      ? await timeOnCard(asked)
      : await timeOnProcessor(asked);
  if (args.flag("profile")) {
    const profile = await profileStep(only ?? "standard", {rounds: 40, clock: processorTime});
    record.profile = profile!;
  }
  console.log(benchMarkdown(record));
  await writeRecord(args.value("output"), record);
}

async function writeRecord(path: string | undefined, record: object): Promise<void> {
  const json = `${JSON.stringify(record, null, 1)}\n`;
  if (path !== undefined) await withPath(path, () => writeFile(path, json));
}

/** Times the encoding of a megabyte of text, generated where no file is named. */
async function encode({
  rounds,
  clock,
  input,
  output
}: {
  rounds: number;
  clock: Clock;
  input: string | undefined;
  output: string | undefined;
}): Promise<void> {
  const text = input
    ? await withPath(input, () => readFile(input, "utf8"))
    : corpusText(generateCorpus({documents: 2000, seed: 1}));
  const lines = text.slice(0, 1e6).split("\n").filter(Boolean);
  const timed = await timeEncoding(lines, await loadTokenizers(), {
    rounds,
    clock: clock === "cpu" ? processorTime : undefined
  });
  const record = {date: new Date().toISOString(), machine: oneThread(), clock, ...timed};
  console.log(`${oneThread()}; ${encodingMarkdown(record)}`);
  await writeRecord(output, record);
}

/** Prints the fitted powers of each size, and writes and draws what was measured. */
async function growth({
  rounds,
  clock,
  output,
  svg
}: {
  rounds: number;
  clock: Clock;
  output: string | undefined;
  svg: string | undefined;
}): Promise<void> {
  const record = timeGrowth(rounds, clock);
  console.log(growthMarkdown(record));
  await writeRecord(output, record);
  if (svg !== undefined) {
    const picture = await growthPicture(record.series);
    await withPath(svg, () => writeFile(svg, picture));
  }
}

/** The instructions of a shape's step, one a line. */
function planText(name: BenchShapeName): string {
  const shape = benchShapes[name];
  const {batch, sequence, maskedLabels} = benchBatch(shape);
  const slots = maskedLabels.length;
  return printPlan(lowerPretraining(benchConfig(shape), {batch, sequence, slots}));
}
