/** A word table as a map: two directions to draw it in, and who is close to whom. */
import {svd, type Matrix} from "./svd.js";

/** A piece on the map. */
export interface MappedPiece {
  piece: string;
  /** Coordinates along the two directions of largest variance, in units of the table. */
  x: number;
  y: number;
  /** Nearest pieces by cosine, nearest first. */
  neighbours: {piece: string; cosine: number}[];
}

export interface WordMap {
  pieces: MappedPiece[];
  /** Share of the variance that the two directions hold, in [0, 1]. */
  explained: number;
}

/**
 * Principal components of a table's rows, and each row's nearest rows. The mean row is taken away
 * first, since one direction that all rows share would make every cosine large.
 *
 * @param names one for each row
 * @param neighbours how many to name, at most rows − 1
 */
export function wordMap(names: readonly string[], table: Matrix, neighbours = 5): WordMap {
  const {rows, columns, data} = table;
  const centred = Float64Array.from(data);
  for (let j = 0; j < columns; ++j) {
    let mean = 0;
    for (let i = 0; i < rows; ++i) mean += centred[i * columns + j]! / rows;
    for (let i = 0; i < rows; ++i) centred[i * columns + j]! -= mean;
  }
  const {u, s, rank} = svd({rows, columns, data: centred});
  const total = s.reduce((sum, value) => sum + value * value, 0);
  const row = (i: number) => centred.subarray(i * columns, (i + 1) * columns);
  const lengths = names.map((_, i) => Math.hypot(...row(i)) || 1);
  const pieces = names.map((piece, i) => {
    const others = names
      .map((other, j) => {
        const a = row(i);
        const b = row(j);
        let dot = 0;
        for (let k = 0; k < columns; ++k) dot += a[k]! * b[k]!;
        return {piece: other, cosine: dot / (lengths[i]! * lengths[j]!), j};
      })
      .filter(({j}) => j !== i)
      .sort((p, q) => q.cosine - p.cosine)
      .slice(0, neighbours)
      .map(({piece: other, cosine}) => ({piece: other, cosine}));
    return {piece, x: u[i * rank]! * s[0]!, y: u[i * rank + 1]! * s[1]!, neighbours: others};
  });
  return {pieces, explained: (s[0]! ** 2 + s[1]! ** 2) / total};
}
