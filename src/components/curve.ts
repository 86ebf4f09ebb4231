/** One row of a run's metrics: its step and any numbers known at that step. */
export interface MetricRow {
  step: number;
  [metric: string]: number | null | undefined;
}

/**
 * One metric against step, growing as a run streams: the raw values, and their exponential mean
 * `m ← βm + (1 − β)v`, divided by `1 − βⁿ` so that the first steps are not pulled to zero.
 * Appending costs O(1); drawing reads at most four points a pixel column.
 */
export class Curve {
  readonly steps: number[] = [];
  readonly values: number[] = [];
  readonly smooth: number[] = [];
  #beta: number;
  #mean = 0;
  #weight = 1;
  /** Least and greatest value so far. */
  low = Infinity;
  high = -Infinity;

  /** @param beta memory of the mean, in [0, 1); 0 follows every value */
  constructor(beta: number) {
    this.#beta = beta;
  }

  /** Memory of the mean; setting it smooths the whole curve again. */
  get beta(): number {
    return this.#beta;
  }

  set beta(beta: number) {
    this.#beta = beta;
    this.#mean = 0;
    this.#weight = 1;
    this.smooth.length = 0;
    for (const value of this.values) this.#follow(value);
  }

  #follow(value: number): void {
    this.#mean = this.#beta * this.#mean + (1 - this.#beta) * value;
    this.#weight *= this.#beta;
    this.smooth.push(this.#mean / (1 - this.#weight));
  }

  /** Adds a value; NaN and infinities are kept out, so that one bad step does not end the line. */
  append(step: number, value: number): void {
    if (!Number.isFinite(value)) return;
    const last = this.steps.at(-1);
    if (last != null && step <= last) this.truncate(step);
    this.steps.push(step);
    this.values.push(value);
    if (value < this.low) this.low = value;
    if (value > this.high) this.high = value;
    this.#follow(value);
  }

  /** Drops everything from `step` on: a run that was resumed from an earlier checkpoint. */
  truncate(step: number): void {
    const keep = this.before(step);
    this.steps.length = keep;
    this.values.length = keep;
    this.low = this.values.reduce((a, b) => Math.min(a, b), Infinity);
    this.high = this.values.reduce((a, b) => Math.max(a, b), -Infinity);
    this.beta = this.#beta;
  }

  /** Number of points before `step`. */
  before(step: number): number {
    let low = 0;
    let high = this.steps.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.steps[middle]! < step) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Index of the point nearest to `step`, or -1 when there is none. */
  nearest(step: number): number {
    const i = this.before(step);
    if (i === this.steps.length) return i - 1;
    if (i === 0) return 0;
    return step - this.steps[i - 1]! <= this.steps[i]! - step ? i - 1 : i;
  }

  /**
   * The points to draw: all of them, or, where there are more than four a column, each column's
   * first, lowest, highest and last, which paint the same pixels.
   *
   * @param values {@link values} or {@link smooth}
   * @param columns width of the plot in pixels
   */
  thin(values: readonly number[], columns: number): [step: number, value: number][] {
    const {steps} = this;
    const n = values.length;
    const point = (i: number): [number, number] => [steps[i]!, values[i]!];
    if (n <= 4 * columns || n < 2) return Array.from(values, (_, i) => point(i));
    const first = steps[0]!;
    const scale = columns / (steps[n - 1]! - first || 1);
    const result: [number, number][] = [];
    for (let i = 0; i < n;) {
      const column = Math.floor((steps[i]! - first) * scale);
      const start = i;
      let low = i;
      let high = i;
      for (; i < n && Math.floor((steps[i]! - first) * scale) === column; ++i) {
        if (values[i]! < values[low]!) low = i;
        if (values[i]! > values[high]!) high = i;
      }
      const [inner, outer] = low < high ? [low, high] : [high, low];
      result.push(point(start));
      if (inner > start) result.push(point(inner));
      if (outer > inner && outer < i - 1) result.push(point(outer));
      if (i - 1 > start && i - 1 > inner) result.push(point(i - 1));
    }
    return result;
  }
}
