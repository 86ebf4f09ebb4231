import * as tf from "@tensorflow/tfjs-core";
import {operation} from "../tensor.js";
import {scatterRows, takeRows} from "./rows.js";

/** One embedding table and the row that every piece takes from it. */
export interface Lookup {
  /** `[rows, embedding]` */
  table: tf.Tensor;
  /** `[batch · seq]` int32 */
  indices: tf.Tensor1D;
}

/**
 * Sum of the embeddings of every piece, over the tables of words, positions and token types:
 * `y[t] = Σ_k table_k[indices_k[t]]`.
 *
 * Gradient: rows of `dy` added to the rows they came from, in each table.
 *
 * @param lookups at least one
 * @returns `[batch · seq, embedding]`
 */
export function embed(lookups: Lookup[]): tf.Tensor {
  return operation(
    lookups.map(({table}) => table),
    () => ({
      value: lookups
        .map(({table, indices}) => takeRows(table, indices))
        .reduce((sum, rows) => tf.add(sum, rows)),
      saved: lookups.map(({indices}) => indices)
    }),
    (dy, saved) =>
      lookups.map(({table}, i) => scatterRows(saved[i] as tf.Tensor1D, dy, table.shape[0]!))
  ).value;
}
