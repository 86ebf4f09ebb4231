/** The paper's own comparisons, for a page to lay beside its own and never to mix with them. */
import {columnOf, type Table} from "../glue/table.js";

/** A row of one of the paper's tables, with the columns that it prints. */
export type PaperRow = Record<string, string | number | null>;

const scores = [
  ["squad1_f1", "SQuAD 1.1 F1"],
  ["squad2_f1", "SQuAD 2.0 F1"],
  ["mnli_acc", "MNLI"],
  ["sst2_acc", "SST-2"],
  ["race_acc", "RACE"],
  ["avg_published", "average"]
] as const;

/** What tells the rows of a table apart. */
const keys: Record<number, readonly (readonly [string, string])[]> = {
  3: [
    ["sharing", "shared"],
    ["embedding_size", "E"]
  ],
  4: [
    ["embedding_size", "E"],
    ["sharing", "shared"]
  ],
  11: [["num_hidden_layers", "L"]],
  12: [["hidden_size", "H"]],
  13: [["num_hidden_layers", "L"]]
};

/** Table 5 scores the pretraining tasks too. */
const pretrainingScores = [
  ["mlm_acc", "masked words"],
  ["nsp_acc", "next sentence"],
  ["sop_acc", "sentence order"]
] as const;

const scored: ReadonlySet<string> = new Set(
  [...scores, ...pretrainingScores].map(([name]) => name)
);

/** A score as the paper prints it, with one digit after the point. */
const asPrinted = (value: string | number | null) =>
  typeof value === "number" ? value.toFixed(1) : value;

/**
 * Rows of a table of the paper under the names that readers know, scores as it prints them.
 *
 * @param ablations the table `ablations` of the published results
 * @param paperTable 3, 4, 5, 11, 12 or 13
 */
export function paperTable(ablations: Table, paperTable: number): PaperRow[] {
  const columns = [
    ...(keys[paperTable] ?? [["label", "trained with"]]),
    ...(paperTable === 5
      ? pretrainingScores
      : [["params_published_millions", "parameters (M)"] as const]),
    ...scores
  ];
  const numbers = columnOf(ablations, "paper_table");
  const rows: PaperRow[] = [];
  numbers.forEach((number, i) => {
    if (number === paperTable)
      rows.push(
        Object.fromEntries(
          columns.map(([column, title]) => {
            const value = columnOf(ablations, column)[i]!;
            return [title, scored.has(column) ? asPrinted(value) : value];
          })
        )
      );
  });
  return rows;
}
