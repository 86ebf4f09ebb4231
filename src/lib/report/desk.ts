import {Turns} from "../turns.js";
import {errorMessage} from "../errors.js";
import {emptyReport, type Report} from "./report.js";
import {onReportChange, ReportStore} from "./store.js";

/** What the page of the report shows. */
export interface ReportState {
  report: Report;
  /** What can be undone, in a few words; null where nothing was done yet. */
  undo: string | null;
  /** What went wrong, as a sentence, or null. */
  problem: string | null;
}

/** An edit that can be taken back. */
interface Done {
  words: string;
  before: Report;
  after: Report;
}

/** What was typed and is not yet being kept. */
interface Typed {
  change: (report: Report) => Report;
  kept: Promise<void>;
}

/** The kept report with its undo, for one page. */
export class ReportDesk {
  readonly #store: ReportStore;
  readonly #listeners = new Set<(state: ReportState) => void>();
  readonly #undo: Done[] = [];
  readonly #turns = new Turns();
  #typed: Typed | null = null;
  #state: ReportState = {report: emptyReport, undo: null, problem: null};
  #stop = () => {};

  constructor(store = new ReportStore()) {
    this.#store = store;
  }

  get state(): ReportState {
    return this.#state;
  }

  /** Loads what is kept, and again whenever another tab adds to it. */
  async open(): Promise<void> {
    await this.#load();
    this.#stop = onReportChange(() => void this.#load());
  }

  close(): void {
    this.#stop();
    this.#listeners.clear();
  }

  /** Calls back now and at every change. @returns a function that ends it */
  subscribe(listener: (state: ReportState) => void): () => void {
    this.#listeners.add(listener);
    listener(this.#state);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Changes the report and keeps it.
   *
   * @param words what is done, as the undo button says it; null for what needs no undo of its own,
   * as a letter typed: those typed while what came before is being kept are kept in one go
   */
  async edit(words: string | null, change: (report: Report) => Report): Promise<void> {
    if (words === null) return this.#type(change);
    await this.#keep(async () => {
      let before = emptyReport;
      const after = await this.#store.change((report) => change((before = report)));
      this.#undo.push({words, before, after});
      return after;
    });
  }

  #type(change: (report: Report) => Report): Promise<void> {
    const waiting = this.#typed;
    if (waiting) {
      const {change: first} = waiting;
      waiting.change = (report) => change(first(report));
      return waiting.kept;
    }
    const typed: Typed = {change, kept: Promise.resolve()};
    typed.kept = this.#keep(async () => {
      if (this.#typed === typed) this.#typed = null;
      const after = await this.#store.change(typed.change);
      // what is typed after an edit stays when the edit is taken back
      for (const done of this.#undo) done.before = typed.change(done.before);
      return after;
    });
    this.#typed = typed;
    return typed.kept;
  }

  /** Puts another report in the place of this one; works even where the kept one cannot be read. */
  async replace(words: string, report: Report): Promise<void> {
    await this.#keep(async () => {
      const before = this.#state.report;
      await this.#store.replace(report);
      this.#undo.push({words, before, after: report});
      return report;
    });
  }

  /** Shows a sentence about something that went wrong outside. */
  fail(problem: string): void {
    this.#tell({problem});
  }

  /** Takes the last edit back; parts that came from elsewhere since then stay. */
  async undo(): Promise<void> {
    await this.#keep(async () => {
      const last = this.#undo.pop();
      if (!last) return this.#state.report;
      const known = new Set([...last.before.parts, ...last.after.parts].map(({id}) => id));
      return this.#store.change(({parts}) => ({
        ...last.before,
        parts: [...last.before.parts, ...parts.filter(({id}) => !known.has(id))]
      }));
    });
  }

  /** The report with all that was done to it so far, when that is kept. */
  settled(): Promise<Report> {
    return this.#turns.take(() => this.#state.report);
  }

  #load(): Promise<void> {
    return this.#keep(() => this.#store.load());
  }

  /** One thing after the other: what is pressed before an edit is kept comes after it. */
  #keep(work: () => Promise<Report>): Promise<void> {
    this.#typed = null; // what is typed from now on comes after this
    return this.#turns.take(async () => {
      try {
        this.#tell({report: await work(), problem: null});
      } catch (error) {
        this.#tell({problem: errorMessage(error)});
      }
    });
  }

  #tell(change: Partial<ReportState>): void {
    this.#state = {...this.#state, ...change, undo: this.#undo.at(-1)?.words ?? null};
    for (const listener of this.#listeners) listener(this.#state);
  }
}
