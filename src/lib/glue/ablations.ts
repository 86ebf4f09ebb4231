import {InputError} from "../errors.js";
import {parseTable} from "./table.js";
import type {Cell, CheckedRow, ColumnSpec, Table, TableSpec} from "./table.js";

const score = (name: string, description: string, optional = false): ColumnSpec => ({
  name,
  type: "number",
  min: 0,
  max: 100,
  optional,
  description
});
const count = (name: string, min: number, max: number, description: string): ColumnSpec => ({
  name,
  type: "integer",
  min,
  max,
  description
});

/** The ALBERT paper's own comparisons, Tables 2 to 8 and 11 to 13. */
export const ablationsSpec: TableSpec = {
  name: "ablations",
  description:
    "The ALBERT paper's Tables 2–8 and 11–13: what each choice costs and brings (dev sets).",
  columns: [
    count("paper_table", 2, 13, "table of the paper (arXiv 1909.11942v6)"),
    {name: "label", type: "text", description: "the row's name"},
    count("embedding_size", 64, 1024, "E, size of a word embedding"),
    {
      name: "sharing",
      type: "text",
      values: ["none", "all", "attention", "ffn"],
      description: "what the layers share: none, all, attention or ffn"
    },
    count("num_hidden_layers", 1, 48, "L, depth"),
    count("hidden_size", 768, 6144, "H, width"),
    {
      name: "params_published_millions",
      type: "number",
      min: 1,
      max: 1000,
      description: "parameters as printed, in millions"
    },
    count(
      "params_exact",
      1e6,
      1e9,
      "parameters by the formula, vocabulary 30,000, pooler included"
    ),
    score("squad1_f1", "SQuAD 1.1, F1"),
    score("squad1_em", "SQuAD 1.1, exact match"),
    score("squad2_f1", "SQuAD 2.0, F1"),
    score("squad2_em", "SQuAD 2.0, exact match"),
    score("mnli_acc", "MNLI matched, accuracy"),
    score("sst2_acc", "SST-2, accuracy"),
    score("race_acc", "RACE, accuracy"),
    score("avg_published", "average as printed: five tasks, F1 and EM of a SQuAD averaged first"),
    score("mlm_acc", "masked-word accuracy (Table 5)", true),
    score("nsp_acc", "next-sentence accuracy (Table 5)", true),
    score("sop_acc", "sentence-order accuracy (Table 5)", true),
    {
      name: "throughput",
      type: "number",
      min: 0,
      max: 100,
      optional: true,
      description: "training throughput relative to BERT-large (Table 2)"
    },
    count("steps", 1000, 1e7, "pretraining steps"),
    {name: "note", type: "text", optional: true, description: "what to know before using the row"}
  ]
};

/**
 * The paper's average of a row: SQuAD 1.1, SQuAD 2.0, MNLI, SST-2, RACE, each SQuAD the mean of its
 * F1 and EM.
 */
export function averageOfFive(cells: Readonly<Record<string, Cell>>): number {
  const value = (name: string) => Number(cells[name]);
  return (
    ((value("squad1_f1") + value("squad1_em")) / 2 +
      (value("squad2_f1") + value("squad2_em")) / 2 +
      value("mnli_acc") +
      value("sst2_acc") +
      value("race_acc")) /
    5
  );
}

/**
 * Parameters of an encoder of the paper with vocabulary 30,000, 512 positions, two token types and
 * the pooler. `E(V+P+T)+2E`, `EH+H` where E ≠ H, the stored part of L layers, `H²+H`.
 *
 * @param sharing what the layers share
 */
export function paperParameters(
  sharing: string,
  embeddingSize: number,
  hiddenSize: number,
  layers: number
): number {
  const [e, h, f] = [embeddingSize, hiddenSize, 4 * hiddenSize];
  const attention = 4 * (h * h + h) + 2 * h;
  const ffn = 2 * h * f + f + h + 2 * h;
  const copies = (shared: boolean) => (shared ? 1 : layers);
  return (
    e * (30000 + 512 + 2) +
    2 * e +
    (e === h ? 0 : e * h + h) +
    attention * copies(sharing === "all" || sharing === "attention") +
    ffn * copies(sharing === "all" || sharing === "ffn") +
    h * h +
    h
  );
}

function checkAblation({cells, where}: CheckedRow): void {
  const average = averageOfFive(cells);
  if (Math.abs(average - Number(cells.avg_published)) > 0.0501)
    throw new InputError(
      `${where}, avg_published: ${cells.avg_published}, but its five tasks average ${average.toFixed(2)}`
    );
  const parameters = paperParameters(
    String(cells.sharing),
    Number(cells.embedding_size),
    Number(cells.hidden_size),
    Number(cells.num_hidden_layers)
  );
  if (parameters !== cells.params_exact)
    throw new InputError(
      `${where}, params_exact: ${cells.params_exact}, but the formula gives ${parameters}`
    );
}

/**
 * Reads data/glue/ablations.csv, checking every cell, the averages and the parameter counts.
 *
 * @throws InputError with file and line
 */
export function parseAblations(text: string, file: string): Table {
  return parseTable(ablationsSpec, new Map([[file, text]]), checkAblation);
}
