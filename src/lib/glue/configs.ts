import {InputError} from "../errors.js";
import {parseTable} from "./table.js";
import type {Cell, CheckedRow, ColumnSpec, Table, TableSpec} from "./table.js";

const count = (name: string, min: number, max: number, description: string): ColumnSpec => ({
  name,
  type: "integer",
  min,
  max,
  description
});

/** Released models with their exact sizes. */
export const configsSpec: TableSpec = {
  name: "configs",
  description: "Released models: their shape, exact parameter counts and compute.",
  columns: [
    {name: "model", type: "text", description: "name of the release"},
    {name: "family", type: "text", description: "model family"},
    count("num_hidden_layers", 1, 48, "L, depth"),
    count("hidden_size", 64, 8192, "H, width"),
    count("num_attention_heads", 1, 128, "attention heads"),
    count("intermediate_size", 64, 32768, "F, width of the feed-forward part"),
    count("embedding_size", 64, 8192, "E, size of a word embedding"),
    count("vocab_size", 1000, 300000, "V, pieces in the vocabulary"),
    count("max_position_embeddings", 64, 4096, "P, positions"),
    count("type_vocab_size", 0, 4, "T, token types"),
    {name: "sharing", type: "text", values: ["none", "all"], description: "what the layers share"},
    {
      name: "hidden_act",
      type: "text",
      values: ["gelu", "gelu_new", "relu"],
      description: "activation"
    },
    {name: "dropout", type: "number", min: 0, max: 0.9, description: "dropout in pretraining"},
    {
      name: "layer_norm_eps",
      type: "number",
      min: 1e-13,
      max: 1e-3,
      description: "epsilon of layer norm"
    },
    count("embeddings", 1, 1e9, "parameters: embeddings and their layer norm"),
    count("factorisation", 0, 1e9, "parameters: E × H projection"),
    count("encoder", 1, 1e9, "parameters: layers as stored"),
    count("pooler", 0, 1e9, "parameters: pooler"),
    count("total", 1, 1e9, "parameters in all"),
    {
      name: "params_published_millions",
      type: "number",
      min: 1,
      max: 1000,
      optional: true,
      description: "parameters as published, in millions"
    },
    {
      name: "mflops_per_token_128",
      type: "number",
      min: 0.1,
      max: 1e5,
      description: "forward compute per token at 128 tokens, in MFLOP (encoder only)"
    },
    {
      name: "mflops_per_token_512",
      type: "number",
      min: 0.1,
      max: 1e5,
      description: "forward compute per token at 512 tokens, in MFLOP (encoder only)"
    }
  ]
};

/** Parameters by part, from a row's shape alone. @see config columns of {@link configsSpec} */
export function parametersOf(cells: Readonly<Record<string, Cell>>): {
  embeddings: number;
  factorisation: number;
  encoder: number;
  pooler: number;
} {
  const n = (name: string) => Number(cells[name]);
  const [e, h, f] = [n("embedding_size"), n("hidden_size"), n("intermediate_size")];
  const layer = 4 * (h * h + h) + 2 * h + (h * f + f) + (f * h + h) + 2 * h;
  const hasPooler = cells.family !== "DistilBERT" && cells.family !== "ELECTRA";
  return {
    embeddings: e * (n("vocab_size") + n("max_position_embeddings") + n("type_vocab_size")) + 2 * e,
    factorisation: e === h ? 0 : e * h + h,
    encoder: layer * (cells.sharing === "all" ? 1 : n("num_hidden_layers")),
    pooler: hasPooler ? h * h + h : 0
  };
}

/**
 * Forward compute per token in MFLOP, a multiply and an add counted as two:
 * `L·(2(4H² + 2HF) + 4nH) + 2EH` at sequence length n. Depth counts in full, shared or not.
 */
export function mflopsPerToken(cells: Readonly<Record<string, Cell>>, length: number): number {
  const n = (name: string) => Number(cells[name]);
  const [e, h, f] = [n("embedding_size"), n("hidden_size"), n("intermediate_size")];
  const layer = 2 * (4 * h * h + 2 * h * f) + 4 * length * h;
  return (n("num_hidden_layers") * layer + (e === h ? 0 : 2 * e * h)) / 1e6;
}

function checkConfig({cells, where}: CheckedRow): void {
  if (Number(cells.hidden_size) % Number(cells.num_attention_heads))
    throw new InputError(
      `${where}, num_attention_heads: ${cells.num_attention_heads} does not divide hidden_size ${cells.hidden_size}`
    );
  const parts = parametersOf(cells);
  for (const [name, value] of Object.entries(parts))
    if (cells[name] !== value)
      throw new InputError(`${where}, ${name}: ${cells[name]}, but the shape gives ${value}`);
  const total = parts.embeddings + parts.factorisation + parts.encoder + parts.pooler;
  if (cells.total !== total)
    throw new InputError(`${where}, total: ${cells.total}, but its parts add up to ${total}`);
  for (const length of [128, 512]) {
    const name = `mflops_per_token_${length}`;
    const value = mflopsPerToken(cells, length);
    if (Math.abs(Number(cells[name]) - value) > 0.0051)
      throw new InputError(
        `${where}, ${name}: ${cells[name]}, but the shape gives ${value.toFixed(2)}`
      );
  }
}

/**
 * Reads data/glue/configs.csv, checking every cell and that every count follows from the shape.
 *
 * @throws InputError with file and line
 */
export function parseConfigs(text: string, file: string): Table {
  return parseTable(configsSpec, new Map([[file, text]]), checkConfig);
}
