/** The worker's half of the protocol over any port: each command gets exactly one answer. */
import {errorMessage, InputError} from "../errors.js";
import type {EnginePort} from "./calls.js";
import type {EngineCallName, EngineCalls, EngineCommand, EngineEvent} from "./protocol.js";

/** What a call is given besides its input. */
export interface CallContext<Name extends EngineCallName> {
  report(value: EngineCalls[Name]["progress"], transfer?: Transferable[]): void;
  /** Aborted when the page cancels the call. */
  signal: AbortSignal;
}

/** One method per call. */
export type EngineHandlers = {
  [Name in EngineCallName]: (
    input: EngineCalls[Name]["input"],
    context: CallContext<Name>
  ) => Promise<EngineCalls[Name]["output"]>;
};

/**
 * Answers the commands of a port with the methods of a host, several at a time.
 *
 * @param before done before each call; where it rejects, the call does
 */
export function listen(
  port: EnginePort,
  handlers: EngineHandlers,
  before: (type: EngineCallName) => Promise<void> = async () => {}
): void {
  const running = new Map<number, AbortController>();
  const post = (event: EngineEvent, transfer: Transferable[] = []) =>
    port.postMessage(event, transfer);
  port.onmessage = async ({data}: MessageEvent<EngineCommand>) => {
    if (data.type === "cancel") {
      running.get(data.id)?.abort();
      return;
    }
    const {id, type, input} = data;
    const controller = new AbortController();
    running.set(id, controller);
    const context: CallContext<EngineCallName> = {
      report: (value, transfer) => post({type: "progress", id, value}, transfer),
      signal: controller.signal
    };
    try {
      const handler = handlers[type] as (i: unknown, c: unknown) => Promise<unknown>;
      if (typeof handler !== "function") throw new Error(`unknown call ${String(type)}`);
      await before(type);
      const value = await handler.call(handlers, input, context);
      post({type: "result", id, value}, buffersOf(value));
    } catch (error) {
      const message = errorMessage(error);
      const {name} = error instanceof InputError ? error : new Error();
      post({type: "error", id, message, name});
    } finally {
      running.delete(id);
    }
  };
}

/** The buffers of a result's arrays, to hand over instead of copying. */
function buffersOf(value: unknown): Transferable[] {
  const buffers = new Set<ArrayBuffer>();
  const visit = (item: unknown, depth: number) => {
    if (ArrayBuffer.isView(item)) {
      if (item.buffer instanceof ArrayBuffer) buffers.add(item.buffer);
    } else if (item instanceof Map) for (const member of item.values()) visit(member, depth + 1);
    else if (item !== null && typeof item === "object" && depth < 3 && !Array.isArray(item))
      for (const member of Object.values(item)) visit(member, depth + 1);
  };
  visit(value, 0);
  return [...buffers];
}
