import {InputError} from "../../errors.js";
import type {ResultTable} from "../duckdb/result.js";
import type {PivotSpec, ReshapeCommand, ReshapeEvent} from "./protocol.js";

/** The side of a worker that a client needs; a MessagePort has it too. */
export interface ReshapePort {
  postMessage(message: ReshapeCommand): void;
  addEventListener(type: "message", listener: (event: MessageEvent<ReshapeEvent>) => void): void;
  addEventListener(type: "error", listener: (event: Event) => void): void;
}

/** Asks the reshaping worker; answers come back in any order and find their question by id. */
export class Reshaper {
  readonly #port: ReshapePort;
  readonly #waiting = new Map<
    number,
    {resolve: (table: ResultTable) => void; reject: (error: Error) => void}
  >();
  #id = 0;

  constructor(port: ReshapePort) {
    this.#port = port;
    port.addEventListener("message", ({data}) => {
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if (data.type === "result") waiting?.resolve(data.table);
      else waiting?.reject(new InputError(data.message));
    });
    port.addEventListener("error", () => {
      for (const {reject} of this.#waiting.values())
        reject(new Error("the worker that reshapes tables failed to start or to answer"));
      this.#waiting.clear();
    });
  }

  /**
   * A long table made wide.
   *
   * @throws InputError when the columns chosen do not allow it
   */
  pivot(table: ResultTable, spec: PivotSpec): Promise<ResultTable> {
    const id = ++this.#id;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, {resolve, reject});
      this.#port.postMessage({type: "pivot", id, table, spec});
    });
  }
}
