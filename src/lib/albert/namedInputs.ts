import {InputError} from "../errors.js";
import type {HeadInputs} from "./heads.js";
import type {Labels} from "./loss.js";

/** Numbers with a shape, in row-major order. */
export interface NumberArray {
  shape: readonly number[];
  data: ArrayLike<number>;
}

/** Model inputs by their Hugging Face name. */
export type NamedInputs = Map<string, NumberArray>;

const integerNames = [
  "input_ids",
  "attention_mask",
  "token_type_ids",
  "position_ids",
  "sentence_order_label",
  "start_positions",
  "end_positions"
];
const otherNames = ["labels", "cotangent_last_hidden_state", "cotangent_pooler_output"];

/**
 * Named inputs from JSON: an object whose values are numbers nested to any depth.
 *
 * @throws InputError naming the file and the field
 */
export function namedInputsFromJson(json: unknown, file: string): NamedInputs {
  if (json === null || typeof json !== "object" || Array.isArray(json))
    throw new InputError(`${file}: expected an object of arrays such as {"input_ids": [[2, 3]]}`);
  const named: NamedInputs = new Map();
  for (const [name, value] of Object.entries(json))
    if (value !== null) named.set(name, numberArray(value, `${file}: ${name}`));
  return named;
}

function numberArray(value: unknown, where: string): NumberArray {
  const shape: number[] = [];
  for (let level = value; Array.isArray(level); level = level[0]) shape.push(level.length);
  const data: number[] = [];
  const walk = (item: unknown, depth: number): void => {
    if (depth === shape.length) {
      const number = typeof item === "boolean" ? Number(item) : item;
      if (typeof number !== "number")
        throw new InputError(
          `${where}: found ${JSON.stringify(item) ?? "nothing"}, expected a number`
        );
      data.push(number);
    } else if (!Array.isArray(item) || item.length !== shape[depth])
      throw new InputError(`${where}: rows differ in length, expected shape [${shape.join(", ")}]`);
    else for (const part of item) walk(part, depth + 1);
  };
  walk(value, 0);
  return {shape, data};
}

/**
 * Model inputs and labels from named numbers. `input_ids` is `[batch, seq]`, or
 * `[batch, choices, seq]` for multiple choice; a single row may leave its batch axis out.
 *
 * @param file what errors name first
 * @throws InputError if `input_ids` is missing, a name is unknown or a shape does not fit
 */
export function modelInputs(
  named: NamedInputs,
  file: string
): {inputs: HeadInputs; labels: Labels} {
  for (const [name, {data}] of named) {
    if (!integerNames.includes(name) && !otherNames.includes(name))
      throw new InputError(
        `${file}: unknown input ${name}, expected ${[...integerNames, ...otherNames].join(", ")}`
      );
    if (integerNames.includes(name) && !Array.prototype.every.call(data, Number.isInteger))
      throw new InputError(`${file}: ${name} holds a number that is not an integer`);
  }
  const ids = named.get("input_ids");
  if (!ids) throw new InputError(`${file}: input_ids is missing`);
  if (ids.data.length === 0 || ids.shape.length < 1 || ids.shape.length > 3)
    throw new InputError(
      `${file}: input_ids has shape [${ids.shape.join(", ")}], expected [batch, seq] or [batch, choices, seq]`
    );
  const sequence = ids.shape.at(-1)!;
  const data = (name: string) => named.get(name)?.data;
  const labels = named.get("labels");
  return {
    inputs: {
      inputIds: ids.data,
      attentionMask: data("attention_mask"),
      tokenTypeIds: data("token_type_ids"),
      positionIds: data("position_ids"),
      batch: ids.data.length / sequence,
      sequence,
      choices: ids.shape.length === 3 ? ids.shape[1] : undefined
    },
    labels: {
      labels: labels && nestedLabels(labels),
      sentenceOrderLabel: data("sentence_order_label"),
      startPositions: data("start_positions"),
      endPositions: data("end_positions"),
      cotangents: {
        sequenceOutput: data("cotangent_last_hidden_state"),
        pooledOutput: data("cotangent_pooler_output")
      }
    }
  };
}

/** Labels keep their rows, since a row of labels and one label mean different losses. */
function nestedLabels({shape, data}: NumberArray): ArrayLike<number> | number[][] {
  if (shape.length < 2) return data;
  const width = shape.at(-1)!;
  const numbers = Array.from(data);
  return Array.from({length: numbers.length / width}, (_, row) =>
    numbers.slice(row * width, (row + 1) * width)
  );
}
