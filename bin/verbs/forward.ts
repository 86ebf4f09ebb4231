import {readModelFolder} from "../../src/lib/albert/checkpoint/folder.js";
import {
  readSafetensors,
  writeSafetensors,
  type StoredTensor
} from "../../src/lib/albert/checkpoint/safetensors.js";
import {architectures} from "../../src/lib/albert/config.js";
import {
  modelInputs,
  namedInputsFromJson,
  type NamedInputs
} from "../../src/lib/albert/namedInputs.js";
import {namedOutputs} from "../../src/lib/albert/namedOutputs.js";
import {disposeParameters, uploadParameters} from "../../src/lib/albert/params.js";
import {readArguments} from "../arguments.js";
import {readBytes, readJson, writeBytes} from "../files.js";
import {folderSource} from "../folderSource.js";
import {nodeBackends, useNodeBackend} from "../nodeBackends.js";

export const usage =
  "forward --model DIR --input in.json|in.safetensors --output out.safetensors [--head NAME] " +
  `[--gradients] [--backend ${nodeBackends.join("|")}]`;
export const does =
  "runs a Hugging Face folder: hidden_states.i, attentions.i, pooler_output, logits, loss, grad.NAME";

/** Runs a model on inputs under Hugging Face's names and writes what it says. */
export async function run(argv: string[]): Promise<void> {
  const args = readArguments(argv, {
    model: "value",
    input: "value",
    output: "value",
    head: "value",
    gradients: "flag",
    backend: "value"
  });
  const folder = args.required("model");
  const inputPath = args.required("input");
  const outputPath = args.required("output");
  const architecture = args.oneOf("head", architectures);
  const backend = args.oneOf("backend", nodeBackends);
  const {config, parameters, notes} = await readModelFolder(await folderSource(folder), folder, {
    config: architecture && {architecture}
  });
  for (const note of notes) process.stderr.write(`note: ${note}\n`);
  const {inputs, labels} = modelInputs(await readInputs(inputPath), inputPath);
  await useNodeBackend(backend);
  const params = uploadParameters(parameters);
  const outputs = await namedOutputs(params, inputs, labels, config, {
    gradients: args.flag("gradients")
  });
  disposeParameters(params);
  const tensors = new Map(
    Array.from(outputs, ([name, {shape, data}]): [string, StoredTensor] => [
      name,
      {dtype: "F32", shape, data}
    ])
  );
  await writeBytes(outputPath, writeSafetensors(tensors, null));
}

/** Inputs by name; of a safetensors file that also holds outputs, those whose names begin with `in.`. */
async function readInputs(path: string): Promise<NamedInputs> {
  if (!path.endsWith(".safetensors")) return namedInputsFromJson(await readJson(path), path);
  const tensors = [...readSafetensors(await readBytes(path), path)];
  const marked = tensors.filter(([name]) => name.startsWith("in."));
  return new Map(
    (marked.length ? marked : tensors).map(([name, {shape, data}]) => [
      name.replace(/^in\./, ""),
      {shape, data: Array.from(data as ArrayLike<number | bigint>, Number)}
    ])
  );
}
