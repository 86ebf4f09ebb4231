/** Rows that are made to sum to 1 again, and the way back. */
import {makeRowKernels, rowGrid, type Dispatch, type Sharing} from "./kernel.js";

const each = "for (var j = begin; j < width; j += stride)";

const scaleKernels = makeRowKernels({
  name: "rows to a sum of 1",
  integers: ["x", "chosen", "y", "sums", "rows", "width"],
  body: `  let at = row * width;
  var part = 0.0;
  ${each} { part += a[x + at + j]; }
  let sum = total(lane, part);
  if (begin == 0u) { a[sums + row] = sum; }
  let isScaled = a[chosen + row] != 0.0;
  let by = select(1.0, select(sum, 1.0, sum == 0.0), isScaled);
  let kept = select(1.0, 0.0, isScaled && sum == 0.0);
  ${each} { a[y + at + j] = a[x + at + j] / by * kept; }`
});

/** Divides the rows with a 1 in `chosen` by their sum; those of sum 0 become 0. */
export function scaleRows(
  places: Record<"x" | "chosen" | "y" | "sums", number>,
  rows: number,
  width: number,
  sharing: Sharing
): Dispatch {
  return {
    kernel: scaleKernels[sharing],
    words: {...places, rows, width},
    groups: rowGrid(rows, sharing)
  };
}

const scaleBackwardKernels = makeRowKernels({
  name: "rows to a sum of 1 backward",
  integers: ["y", "chosen", "sums", "dy", "dx", "rows", "width"],
  body: `  let at = row * width;
  var part = 0.0;
  ${each} { part += a[dy + at + j] * a[y + at + j]; }
  let isScaled = a[chosen + row] != 0.0;
  let along = select(0.0, total(lane, part), isScaled);
  let sum = a[sums + row];
  let by = select(1.0, select(sum, 1.0, sum == 0.0), isScaled);
  let kept = select(1.0, 0.0, isScaled && sum == 0.0);
  ${each} { a[dx + at + j] = (a[dy + at + j] - along) / by * kept; }`
});

/** `dx = (dy − Σ dy·y)/Σx` in chosen rows, `dy` in the others. */
export function scaleRowsBackward(
  places: Record<"y" | "chosen" | "sums" | "dy" | "dx", number>,
  rows: number,
  width: number,
  sharing: Sharing
): Dispatch {
  return {
    kernel: scaleBackwardKernels[sharing],
    words: {...places, rows, width},
    groups: rowGrid(rows, sharing)
  };
}
