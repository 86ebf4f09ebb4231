/** Counts what was tried and what survived; `npm run test:faults` prints the counts as one table. */
import {appendFileSync, mkdirSync} from "node:fs";
import {dirname} from "node:path";

/** Where the rows of the table are gathered, one JSON object a line. */
export const tallyFile = process.env.ALBERT_FAULTS_FILE ?? "test-results/faults.jsonl";

/** One row of the table. */
export interface TallyRow {
  /** Name of the requirement, such as `R1`. */
  requirement: string;
  /** What was done to it. */
  what: string;
  tried: number;
  survived: number;
  /** What was lost at most, in words; numbers measured on the way, which gate nothing. */
  lost: string;
}

/** Attempts at one requirement. */
export class Tally {
  readonly #requirement: string;
  readonly #what: string;
  readonly #failures: string[] = [];
  readonly #measured = new Map<string, {unit: string; values: number[]}>();
  #tried = 0;

  constructor(requirement: string, what: string) {
    this.#requirement = requirement;
    this.#what = what;
  }

  /** One try: it survived where `work` does not throw. */
  async attempt(name: string, work: () => Promise<void> | void): Promise<void> {
    this.#tried += 1;
    try {
      await work();
    } catch (error) {
      this.#failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Many tries counted by somebody else. */
  count(tried: number, failures: readonly string[] = []): void {
    this.#tried += tried;
    this.#failures.push(...failures);
  }

  /** A time, in seconds, that the table reports. */
  took(what: string, seconds: number): void {
    this.measured(what, seconds, "s");
  }

  /** A number that the table reports. */
  measured(what: string, value: number, unit: string): void {
    const {values} = this.#measured.get(what) ?? {values: []};
    this.#measured.set(what, {unit, values: [...values, value]});
  }

  /**
   * Writes the row.
   *
   * @param lost what a survivor lost at most, in words
   * @throws Error that lists what did not survive, or says that nothing was tried
   */
  finish(lost: string): void {
    const numbers = [...this.#measured].map(
      ([what, {unit, values}]) => `${what} ${range(values)} ${unit}`
    );
    const row: TallyRow = {
      requirement: this.#requirement,
      what: this.#what,
      tried: this.#tried,
      survived: this.#tried - this.#failures.length,
      lost: [this.#failures.length ? this.#failures[0]!.slice(0, 80) : lost, ...numbers].join("; ")
    };
    mkdirSync(dirname(tallyFile), {recursive: true});
    appendFileSync(tallyFile, `${JSON.stringify(row)}\n`);
    if (this.#tried === 0) throw new Error(`${this.#requirement}: nothing was tried`);
    if (this.#failures.length) throw new Error(this.#failures.slice(0, 60).join("\n"));
  }
}

/** Least and largest, of five and more with their median. */
function range(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high, median] = [sorted[0]!, sorted.at(-1)!, sorted[sorted.length >> 1]!].map((v) =>
    v.toFixed(1)
  );
  const span = low === high ? low! : `${low}–${high}`;
  return values.length < 5 ? span : `${span} (median ${median})`;
}
