import {readFile} from "node:fs/promises";
import {loadModelFiles} from "../../src/lib/engine/loadedModel.js";
import {probeDepths} from "../../src/lib/engine/probing/probeDepths.js";
import type {ProbeSource} from "../../src/lib/engine/probing/protocol.js";
import {bootstrapMean} from "../../src/lib/experiments/statistics.js";
import {probeTasks} from "../../src/lib/probe/tasks.js";
import {readArguments} from "../arguments.js";
import {writeBytes} from "../files.js";
import {folderSource} from "../folderSource.js";
import {nodeBackends, useNodeBackend} from "../nodeBackends.js";
import {modelFolder} from "../taskFile.js";

const ids = probeTasks.map(({id}) => id);

export const usage =
  `probe --model DIR [--data FILE.conllu | --seed N] [--tasks ${ids.join(",")}] ` +
  `[--rows N --seeds N --output FILE.json] [--backend ${nodeBackends.join("|")}]`;
export const does =
  "trains linear probes at every depth, with control tasks and code lengths, on the generated language or a treebank";

/** Probes a Hugging Face folder and prints a line a task and depth. */
export async function run(argv: string[]): Promise<void> {
  const args = readArguments(argv, {
    model: "value",
    data: "value",
    seed: "value",
    tasks: "value",
    rows: "value",
    seeds: "value",
    output: "value",
    backend: "value"
  });
  const folder = await modelFolder(args.required("model"));
  const path = args.value("data");
  const source: ProbeSource =
    path === undefined
      ? {kind: "generated", seed: args.integer("seed", 0) ?? 1001}
      : {kind: "file", name: path, bytes: await readFile(path)};
  const settings = {
    tasks: args.value("tasks")?.split(",") ?? ids,
    rows: args.integer("rows", 1) ?? 2000,
    seeds: args.integer("seeds", 1) ?? 5
  };
  const output = args.value("output");
  await useNodeBackend(args.oneOf("backend", nodeBackends));
  const files = await folderSource(folder);
  const wanted = files.names.filter((name) => /\.(json|safetensors|model)$/.test(name));
  const read = await Promise.all(
    wanted.map(async (name): Promise<[string, Uint8Array]> => [name, await files.read(name)])
  );
  const model = await loadModelFiles(folder, new Map(read), () => {});
  const result = await probeDepths(model, source, settings, {
    report: ({phase, secondsLeft}) => {
      const left = secondsLeft === null ? "" : `, ${Math.ceil(secondsLeft)} s left`;
      process.stderr.write(`\r\u001b[K${phase}${left}`);
    }
  });
  process.stderr.write("\r\u001b[K");
  for (const note of [...model.notes, ...result.notes]) process.stderr.write(`note: ${note}\n`);
  for (const {id, why} of result.skipped) process.stderr.write(`note: ${id} left out: ${why}\n`);
  const shown = (values: readonly number[]) => {
    const {mean, low, high} = bootstrapMean(values);
    const range = Number.isFinite(low) ? ` [${low.toFixed(3)}, ${high.toFixed(3)}]` : "";
    return `${mean.toFixed(3)}${range}`;
  };
  for (const {id, depths, majority, form} of result.tasks)
    for (const [depth, {accuracy, control, online, uniform}] of depths.entries())
      console.log(
        [
          `${id} depth ${depth}: accuracy ${shown(accuracy)}`,
          `selectivity ${shown(accuracy.map((a, s) => a - control[s]!))}`,
          `code ${shown(online.map((bits, s) => uniform[s]! / bits))} times shorter than uniform`,
          `majority ${shown(majority)}`,
          `by word form ${shown(form)}`
        ].join(" · ")
      );
  if (output !== undefined)
    await writeBytes(output, `${JSON.stringify({...result, model: folder}, null, 1)}\n`);
}
