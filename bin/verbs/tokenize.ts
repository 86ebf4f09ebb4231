import {InputError} from "../../src/lib/errors.js";
import {readArguments} from "../arguments.js";
import {readJson, writeBytes} from "../files.js";
import {loadTokenizer} from "../loadTokenizer.js";

export const usage =
  "tokenize --tokenizer DIR|FILE --input texts.json --output out.json [--max-length N " +
  "--truncation longest_first|only_first|only_second --padding N]";
export const does = "encodes strings or [a, b] pairs into ids, tokens, offsets, types and masks";

/** Encodes a JSON list of texts with a tokenizer's special tokens in place. */
export async function run(argv: string[]): Promise<void> {
  const args = readArguments(argv, {
    tokenizer: "value",
    input: "value",
    output: "value",
    "max-length": "value",
    truncation: "value",
    padding: "value"
  });
  const inputPath = args.required("input");
  const outputPath = args.required("output");
  const options = {
    maxLength: args.integer("max-length", 2),
    truncation: args.oneOf("truncation", ["longest_first", "only_first", "only_second"]),
    padding: args.integer("padding", 1)
  };
  const tokenizer = await loadTokenizer(args.required("tokenizer"));
  const texts = readTexts(await readJson(inputPath), inputPath);
  const encoded = texts.map(([text, pair]) => {
    const {ids, tokens, offsets, typeIds, attentionMask} = tokenizer.encode(text, {
      ...options,
      pair
    });
    return {ids, tokens, offsets, type_ids: typeIds, attention_mask: attentionMask};
  });
  await writeBytes(outputPath, JSON.stringify(encoded));
}

function readTexts(json: unknown, file: string): [string, string | undefined][] {
  if (!Array.isArray(json))
    throw new InputError(`${file}: expected a list of strings or [a, b] pairs`);
  return json.map((item: unknown, i) => {
    if (typeof item === "string") return [item, undefined];
    if (Array.isArray(item) && item.length === 2 && item.every((x) => typeof x === "string"))
      return [item[0] as string, item[1] as string];
    throw new InputError(`${file}: item ${i}: expected a string or an [a, b] pair of strings`);
  });
}
