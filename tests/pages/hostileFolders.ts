/** Model folders of somebody who means harm, made of the stored model, and what the page says of each. */
import {readSafetensors, writeSafetensors} from "../../src/lib/albert/checkpoint/safetensors.js";
import type {StoredTensor} from "../../src/lib/albert/checkpoint/safetensors.js";
import {readSpiece} from "../../src/lib/tokenizer/spiece.js";
import {modelFiles, type TestFile} from "./modelFiles.js";

/** Would ask for something, and open a dialogue, if it were markup. */
export const markup = '<img src="/never" onerror="alert(1)"><script>alert(2)</script>';

const sound = new Map(modelFiles().map((file) => [file.name, file.buffer]));

function folder(changes: Record<string, Buffer | string | null>): TestFile[] {
  const files = new Map<string, Buffer | null>(sound);
  for (const [name, content] of Object.entries(changes))
    files.set(name, typeof content === "string" ? Buffer.from(content) : content);
  return [...files].flatMap(([name, buffer]) =>
    buffer ? [{name, mimeType: "application/octet-stream", buffer}] : []
  );
}

const config = (changes: object) =>
  folder({
    "config.json": JSON.stringify({
      ...(JSON.parse(sound.get("config.json")!.toString()) as object),
      ...changes
    })
  });

/** The checkpoint with another header, as it is written. */
function header(edit: (json: string) => string, length?: bigint): TestFile[] {
  const bytes = sound.get("model.safetensors")!;
  const end = 8 + Number(bytes.readBigUInt64LE(0));
  const json = Buffer.from(edit(bytes.subarray(8, end).toString()));
  const head = Buffer.alloc(8);
  head.writeBigUInt64LE(length ?? BigInt(json.length));
  return folder({"model.safetensors": Buffer.concat([head, json, bytes.subarray(end)])});
}

const tokenizer = (edit: (json: {normalizer: unknown; model: {vocab: unknown[]}}) => void) => {
  const text = readSpiece(sound.get("spiece.model")!, "spiece.model").toTokenizerJson();
  const json = JSON.parse(text) as Parameters<typeof edit>[0];
  edit(json);
  return folder({"spiece.model": null, "tokenizer.json": JSON.stringify(json)});
};

const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;

/** What each folder is, its files, and what must be said. */
export const refusedFolders: readonly [what: string, files: TestFile[], says: RegExp][] = [
  ["sizes of terabytes", config({hidden_size: 1e9, intermediate_size: 4e9}), /config\.json|tensor/],
  ["a billion layers", config({num_hidden_layers: 1e9}), /num_hidden_layers|layer/],
  [
    "a billion labels",
    config({architectures: ["AlbertForSequenceClassification"], id2label: null, num_labels: 1e9}),
    /num_labels/
  ],
  ["a size that is an object", config({vocab_size: {toString: 1}}), /vocab_size/],
  ["nesting without end", folder({"config.json": `{"a":${deep}}`}), /config\.json.*nesting/],
  ["a family that is markup", config({model_type: markup}), /model_type/],
  ["a class that is markup", config({architectures: [markup]}), /architecture|class/i],
  ["a header of 2⁶⁴ bytes", header((json) => json, 2n ** 64n - 1n), /header length/],
  [
    "offsets behind the end",
    header((json) => json.replace(/,(\d+)\]\}\}?\s*$/, ",99999999]}}")),
    /model\.safetensors/
  ],
  [
    "tensors that overlap",
    header((json) => json.replace(/"data_offsets":\[\d+/, '"data_offsets":[4')),
    /model\.safetensors/
  ],
  [
    "a type that is markup",
    header((json) => json.replace('"dtype":"F32"', `"dtype":${JSON.stringify(markup)}`)),
    /unknown dtype/
  ],
  ["a web page", folder({"model.safetensors": `<!doctype html>${markup}`}), /web page/],
  [
    "a pickle",
    folder({"model.safetensors": null, "pytorch_model.bin": "\u0080\u0002}q\u0000."}),
    /pickle.*never opened/
  ],
  [
    "shards elsewhere",
    folder({
      "model.safetensors": null,
      "model.safetensors.index.json": '{"weight_map":{"a":"../../etc/passwd.safetensors"}}'
    }),
    /same folder/
  ],
  ["a vocabulary that is none", folder({"spiece.model": markup}), /not a SentencePiece model/],
  [
    "a pattern that backtracks for ever",
    tokenizer(
      (json) => (json.normalizer = {type: "Replace", pattern: {Regex: "(a+)+$"}, content: ""})
    ),
    /regular expression "\(a\+\)\+\$" not supported/
  ],
  [
    "a tokenizer without end",
    folder({"spiece.model": null, "tokenizer.json": `{"model":${deep}}`}),
    /nested more than 100 deep/
  ]
];

/** Loads, and breaks on the first text: one e becomes a million. */
export const explodingFolder = tokenizer((json) => {
  const tenfold = {type: "Replace", pattern: {String: "e"}, content: "e".repeat(10)};
  json.normalizer = {type: "Sequence", normalizers: Array.from({length: 12}, () => tenfold)};
});

/** Loads, with markup wherever a sound folder may have words of its own. */
export const markedFolder = ((): TestFile[] => {
  const tensors = new Map<string, StoredTensor>(
    readSafetensors(sound.get("model.safetensors")!, "model.safetensors")
  );
  for (const name of [markup, "__proto__", "constructor"])
    tensors.set(name, {dtype: "F32", shape: [1], data: Float32Array.of(1)});
  const [plain] = config({id2label: {0: markup, 1: "__proto__"}, _name_or_path: markup});
  const bytes = writeSafetensors(tensors, {format: "pt", [markup]: markup});
  return folder({"config.json": plain!.buffer, "model.safetensors": Buffer.from(bytes)});
})();
