/** Whether a text is nearest to its translation: retrieval between two sets of vectors. */
import {lowerWords} from "../finetune/words.js";

/**
 * Share of the rows of either set whose row of the same number in the other set is the nearest by
 * cosine, after the mean of each set is taken off: what a language's texts have in common says nothing
 * about which is which. Of several that are as near, each counts its part.
 *
 * @param a `[n, width]`, row after row
 * @param b `[n, width]`
 * @returns accuracy at one, the mean of both directions, in [0, 1]; chance is 1/n
 */
export function retrievalAccuracy(a: Float32Array, b: Float32Array, width: number): number {
  const n = a.length / width;
  const [rowsOfA, rowsOfB] = [unitRows(a, width), unitRows(b, width)];
  return nearestShare(n, (i, j) => {
    let sum = 0;
    for (let k = 0; k < width; ++k) sum += rowsOfA[i * width + k]! * rowsOfB[j * width + k]!;
    return sum;
  });
}

/** The same by the share of words that two texts have in common (Jaccard): a guess without a network. */
export function retrievalByWords(a: readonly string[], b: readonly string[]): number {
  const [first, second] = [a, b].map((texts) => texts.map((text) => new Set(lowerWords(text))));
  return nearestShare(a.length, (i, j) => {
    const shared = [...first![i]!].filter((word) => second![j]!.has(word)).length;
    return shared / (first![i]!.size + second![j]!.size - shared || 1);
  });
}

/** Share of rows and of columns whose largest entry is on the diagonal; ties count their part. */
function nearestShare(n: number, similarity: (i: number, j: number) => number): number {
  const table = Array.from({length: n}, (_, i) =>
    Float64Array.from({length: n}, (_, j) => similarity(i, j))
  );
  let sum = 0;
  for (const at of [
    (i: number, j: number) => table[i]![j]!,
    (i: number, j: number) => table[j]![i]!
  ])
    for (let i = 0; i < n; ++i) {
      const own = at(i, i);
      let ties = 0;
      let isBeaten = false;
      for (let j = 0; j < n; ++j) {
        if (at(i, j) > own) isBeaten = true;
        else if (at(i, j) === own) ties += 1;
      }
      if (!isBeaten) sum += 1 / ties;
    }
  return sum / (2 * n);
}

function unitRows(values: Float32Array, width: number): Float64Array {
  const n = values.length / width;
  const mean = new Float64Array(width);
  values.forEach((value, i) => (mean[i % width]! += value / n));
  const rows = Float64Array.from(values, (value, i) => value - mean[i % width]!);
  for (let i = 0; i < n; ++i) {
    const row = rows.subarray(i * width, (i + 1) * width);
    const length = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0)) || 1;
    row.forEach((x, k) => (row[k] = x / length));
  }
  return rows;
}
