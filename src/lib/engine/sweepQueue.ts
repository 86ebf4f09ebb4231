/** A sweep in a page: its runs one after the other in one worker, each kept as soon as it is done. */
import {errorMessage} from "../errors.js";
import {joinRecords, readRecord, recordText, type TimedRecord} from "../experiments/record.js";
import {parseSweep} from "../experiments/parseSweep.js";
import {cellName, runsOf, type Sweep, type SweepRun} from "../experiments/sweep.js";
import type {FileStore} from "../store/files.js";
import {EngineLostError, type EngineHandle} from "./calls.js";
import type {DeviceReport} from "./deviceCalls.js";
import {HeldEngine, type MakeEngine} from "./heldEngine.js";
import {Watched} from "../watched.js";

/** What the page shows of a sweep. */
export interface SweepState {
  phase: "idle" | "preparing" | "running" | "pausing" | "paused" | "done" | "failed";
  /** Runs of the sweep, and those that have their record. */
  total: number;
  records: readonly TimedRecord[];
  /** The run under way in words, with its step, or null. */
  current: {name: string; step: number; steps: number} | null;
  secondsLeft: number | null;
  /** What went wrong or should be known, in a sentence. */
  message: string | null;
  /** The backend that computes, once one is chosen. */
  backend: string | null;
}

export interface SweepQueueOptions {
  makeEngine: MakeEngine;
  /** Where records outlive the page. */
  openStore(): Promise<FileStore>;
}

/** Before a sweep is taken up. */
const blank: SweepState = {
  phase: "idle",
  total: 0,
  records: [],
  current: null,
  secondsLeft: null,
  message: null,
  backend: null
};

/**
 * Runs what has no record yet; pausing stops the run under way, which is begun anew on going on. So is one
 * whose worker or device is lost, at once and with a new worker.
 */
export class SweepQueue extends Watched<SweepState> {
  readonly #options: SweepQueueOptions;
  readonly #found = new Map<string, TimedRecord>();
  /** Hashes of those of them that there was no room for yet. */
  readonly #unkept = new Set<string>();
  #sweep: Sweep | null = null;
  #runs: SweepRun[] = [];
  readonly #engine: HeldEngine<EngineHandle>;
  #store: Promise<FileStore> | null = null;
  #stop: AbortController | null = null;
  /** How often something was stopped: a start from before that still waits then is not made. */
  #stops = 0;
  #work: Promise<void> = Promise.resolve();

  constructor(options: SweepQueueOptions) {
    super(blank);
    this.#options = options;
    this.#engine = new HeldEngine(options.makeEngine, "the run under way is begun again");
  }

  /**
   * Takes up a sweep, with the records of it that this browser keeps. One under way is stopped.
   *
   * @param json a sweep as `parseSweep` reads it
   */
  configure(json: unknown): Promise<void> {
    this.pause();
    return this.#enqueue(async () => {
      const sweep = parseSweep(json);
      this.#runs = await runsOf(sweep);
      this.#sweep = sweep;
      this.#found.clear();
      this.#unkept.clear();
      const store = await this.#openStore();
      for (const run of this.#runs) {
        const bytes = await store.read(fileOf(run));
        const record = bytes && readRecord(new TextDecoder().decode(bytes), run, sweep.name);
        if (record) this.#found.set(run.hash, record);
      }
      const done = this.#found.size;
      const phase = done === this.#runs.length ? "done" : done > 0 ? "paused" : "idle";
      const kept = store.kind === "memory" ? "this browser keeps nothing past a reload" : null;
      this.set({phase, message: kept, current: null, secondsLeft: null, ...this.#joined()});
    });
  }

  /** Runs up to `most` more runs, by default all that are left; none where a stop came while it waited. */
  start(most = Infinity): Promise<void> {
    const asked = this.#stops;
    return this.#enqueue(async () => {
      if (asked === this.#stops) await this.#runAll(most);
    });
  }

  /** Stops the run under way, and drops what waits; the phase is `pausing` until it has. */
  pause(): void {
    const {phase} = this.state;
    if (phase === "preparing" || phase === "running") this.set({phase: "pausing"});
    ++this.#stops;
    this.#stop?.abort();
  }

  /** Forgets every record of this sweep. */
  clear(): Promise<void> {
    this.pause();
    return this.#enqueue(async () => {
      const store = await this.#openStore();
      for (const run of this.#runs) await store.remove(fileOf(run));
      this.#found.clear();
      this.#unkept.clear();
      this.set({
        phase: "idle",
        current: null,
        secondsLeft: null,
        message: null,
        ...this.#joined()
      });
    });
  }

  /** Ends the worker. */
  close(): void {
    this.unsubscribeAll();
    this.#stop?.abort();
    this.#engine.drop();
  }

  async #runAll(most: number): Promise<void> {
    await this.#keep();
    const {missing} = joinRecords(this.#runs, this.#found);
    if (missing.length === 0) return this.set({phase: "done", message: null});
    this.#stop = new AbortController();
    const {signal} = this.#stop;
    this.set({phase: "preparing", message: null});
    this.#engine.forgetLosses();
    const began = performance.now();
    const todo = missing.slice(0, most);
    for (const [i, run] of todo.entries()) {
      const name = `${cellName(run.cell)}, seed ${run.seed}`;
      const {steps} = run.recipe;
      const show = (step: number) => {
        const seconds = (performance.now() - began) / 1000;
        const share = (i + step / steps) / missing.length;
        const secondsLeft = share > 0 ? seconds / share - seconds : null;
        this.set({current: {name, step, steps}, secondsLeft});
      };
      const record = await this.#runOne(run, signal, show);
      if (!record) break;
      this.#engine.forgetLosses();
      this.#found.set(run.hash, record);
      this.#unkept.add(run.hash);
      try {
        await this.#keep();
      } finally {
        // said to be done only once it outlives the page, or was refused room
        this.set({current: null, ...this.#joined()});
      }
    }
    const phase = this.#found.size === this.#runs.length ? "done" : "paused";
    this.set({phase, current: null, secondsLeft: null});
  }

  /** One run, as often as its worker is lost; null where it was stopped. */
  async #runOne(
    {cell, seed, recipe, hash}: SweepRun,
    signal: AbortSignal,
    show: (step: number) => void
  ): Promise<TimedRecord | null> {
    const {name, measures, downstream, resharing} = this.#sweep!;
    const input = {sweep: {name, measures, downstream, resharing}, run: {cell, seed, recipe, hash}};
    while (!signal.aborted) {
      const {engine} = this.#engine;
      let device: DeviceReport | null = null;
      show(0);
      try {
        device = await engine.start();
        const {backend} = device;
        this.set(signal.aborted ? {backend} : {phase: "running", backend});
        return await engine.call("sweepRun", input, {
          signal,
          onProgress: ({step}) => show(step)
        });
      } catch (error) {
        if (!(error instanceof EngineLostError)) throw error;
        if (signal.aborted) this.#engine.drop();
        else this.set({phase: "preparing", message: this.#engine.lose(error, device)});
      }
    }
    return null;
  }

  /** Writes the records that are not kept yet. @throws QuotaError when the browser has no room */
  async #keep(): Promise<void> {
    const store = await this.#openStore();
    for (const run of this.#runs) {
      if (!this.#unkept.has(run.hash)) continue;
      const text = recordText(this.#found.get(run.hash)!);
      await store.write(fileOf(run), new TextEncoder().encode(text));
      this.#unkept.delete(run.hash);
    }
  }

  #joined(): Pick<SweepState, "records" | "total"> {
    return {records: joinRecords(this.#runs, this.#found).records, total: this.#runs.length};
  }

  #openStore(): Promise<FileStore> {
    return (this.#store ??= this.#options.openStore());
  }

  #enqueue(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(work).catch((error: unknown) => {
      // a worker that failed may be gone: the next start makes another
      this.#engine.drop();
      this.set({phase: "failed", message: errorMessage(error), current: null, secondsLeft: null});
    });
    return this.#work;
  }
}

const fileOf = ({hash}: SweepRun) => `${hash}.json`;
