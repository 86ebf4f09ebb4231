import {InputError} from "../errors.js";

/** A kept run has no checkpoint left that can be read: it can only begin again. */
export class NoCheckpointError extends InputError {
  override name = "NoCheckpointError";

  /** @param notes what is wrong with each of its checkpoints */
  static of(id: string, notes: readonly string[]): NoCheckpointError {
    const why = notes.length > 0 ? notes.join("; ") : "it names none";
    return new NoCheckpointError(`no checkpoint of run ${id} can be read: ${why}`);
  }
}
