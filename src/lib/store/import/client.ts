import {InputError} from "../../errors.js";
import {loadLimitMs} from "../duckdb/limits.js";
import type {ResultTable} from "../duckdb/result.js";
import type {TableCommand, TableEvent} from "./protocol.js";
import type {ReadTable} from "./readTable.js";
import type {TableFormat} from "./writeTable.js";

/** The side of a worker that a client needs. */
export interface TablePort {
  postMessage(message: TableCommand): void;
  addEventListener(type: "message", listener: (event: MessageEvent<TableEvent>) => void): void;
  addEventListener(type: "error", listener: (event: Event) => void): void;
  terminate(): void;
}

type Answer = Exclude<TableEvent, {type: "error"}>;

/**
 * Reads and writes table files in a worker, which starts at the first one. A file that kills the
 * worker, or takes too long, as one that was made to unpack for ever, fails alone: the next gets a new
 * worker.
 */
export class TableFiles {
  readonly #start: () => TablePort;
  #port: TablePort | null = null;
  #id = 0;
  #waiting = new Map<number, {resolve: (event: Answer) => void; reject: (error: Error) => void}>();

  constructor(start: () => TablePort) {
    this.#start = start;
  }

  /**
   * A file as an Arrow stream.
   *
   * @param signal ends the worker with what it reads
   * @throws InputError naming the file and what was expected
   */
  async read(name: string, bytes: Uint8Array, signal?: AbortSignal): Promise<ReadTable> {
    const event = await this.#ask(name, (id) => ({type: "read", id, name, bytes}), signal);
    if (event.type !== "read") throw new Error("the worker answered another question");
    return event.table;
  }

  /** A result as the bytes of a file. */
  async write(table: ResultTable, format: TableFormat): Promise<Uint8Array> {
    const event = await this.#ask("the result", (id) => ({type: "write", id, table, format}));
    if (event.type !== "written") throw new Error("the worker answered another question");
    return event.bytes;
  }

  #ask(name: string, command: (id: number) => TableCommand, signal?: AbortSignal): Promise<Answer> {
    const id = ++this.#id;
    this.#port ??= this.#open();
    const port = this.#port;
    return new Promise<Answer>((resolve, reject) => {
      const clock = setTimeout(() => {
        this.#fail(port, new InputError(`${name}: given up after ${loadLimitMs / 1000} s`));
      }, loadLimitMs);
      const stop = () => this.#fail(port, new InputError(`${name}: cancelled`));
      const settled = () => {
        clearTimeout(clock);
        signal?.removeEventListener("abort", stop);
      };
      this.#waiting.set(id, {
        resolve: (event) => (settled(), resolve(event)),
        reject: (error) => (settled(), reject(error))
      });
      signal?.addEventListener("abort", stop);
      if (signal?.aborted) return stop();
      port.postMessage(command(id));
    });
  }

  #open(): TablePort {
    const port = this.#start();
    port.addEventListener("message", ({data}) => {
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if (data.type === "error") waiting?.reject(new InputError(data.message));
      else waiting?.resolve(data);
    });
    port.addEventListener("error", () =>
      this.#fail(port, new InputError("the worker that reads tables ended: too large a file?"))
    );
    return port;
  }

  #fail(port: TablePort, error: Error): void {
    if (this.#port === port) this.#port = null;
    port.terminate();
    for (const {reject} of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
