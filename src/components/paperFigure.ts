import {paperTable} from "../lib/experiments/published.js";
import type {Table} from "../lib/glue/table.js";
import {tableFigure, type Figure} from "./figure.js";

/**
 * A table of the paper as a figure that says whose numbers they are.
 *
 * @param ablations the table `ablations` of the published results
 * @param number 3, 4, 5, 11, 12 or 13
 */
export function paperFigure(ablations: Table, number: number): Figure {
  return tableFigure(paperTable(ablations, number), `The paper's Table ${number}`, {
    facts: [
      "Lan et al. 2020, arXiv 1909.11942",
      "development sets, F1 on SQuAD, else accuracy, in %",
      "published without intervals"
    ]
  });
}
