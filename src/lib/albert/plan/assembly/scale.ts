// Rows made to sum to 1, chosen ones alone; sums in doubles.

// @ts-ignore: decorator
@inline
function isChosen(chosen: usize, row: i32): bool {
  return f32.load(chosen + (<usize>row << 2)) != 0;
}

/** y = x / Σx in the rows with a 1 in `chosen`, 0 there where Σx is 0; x in the others. Keeps Σx in `sums`. */
export function scaleRows(
  x: usize, chosen: usize, y: usize, sums: usize, from: i32, to: i32, cols: i32
): void {
  const bytes = <usize>cols << 2;
  for (let r = from; r < to; r++) {
    const a = x + <usize>r * bytes, out = y + <usize>r * bytes;
    let sum: f64 = 0;
    for (let at: usize = 0; at < bytes; at += 4) sum += <f64>f32.load(a + at);
    f32.store(sums + (<usize>r << 2), <f32>sum);
    if (!isChosen(chosen, r)) memory.copy(out, a, bytes);
    else if (sum == 0) memory.fill(out, 0, bytes);
    else
      for (let at: usize = 0; at < bytes; at += 4)
        f32.store(out + at, <f32>(<f64>f32.load(a + at) / sum));
  }
}

/** dx = (dy − Σ dy·y) / Σx in chosen rows, 0 there where Σx is 0; dy in the others. */
export function scaleRowsBackward(
  y: usize, chosen: usize, sums: usize, dy: usize, dx: usize, from: i32, to: i32, cols: i32
): void {
  const bytes = <usize>cols << 2;
  for (let r = from; r < to; r++) {
    const value = y + <usize>r * bytes, d = dy + <usize>r * bytes, out = dx + <usize>r * bytes;
    const sum = <f64>f32.load(sums + (<usize>r << 2));
    if (!isChosen(chosen, r)) memory.copy(out, d, bytes);
    else if (sum == 0) memory.fill(out, 0, bytes);
    else {
      let along: f64 = 0;
      for (let at: usize = 0; at < bytes; at += 4)
        along += <f64>f32.load(d + at) * <f64>f32.load(value + at);
      for (let at: usize = 0; at < bytes; at += 4)
        f32.store(out + at, <f32>((<f64>f32.load(d + at) - along) / sum));
    }
  }
}
