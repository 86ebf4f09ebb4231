/** The worker's half: only it imports the readers and writers. */
import {errorMessage} from "../../errors.js";
import type {TableCommand, TableEvent} from "./protocol.js";
import {readTable} from "./readTable.js";
import {writeTable} from "./writeTable.js";

/** Answers one request; never throws. */
export async function answerTable(command: TableCommand): Promise<TableEvent> {
  const {id} = command;
  try {
    if (command.type === "read")
      return {type: "read", id, table: await readTable(command.bytes, command.name)};
    return {type: "written", id, bytes: writeTable(command.table, command.format)};
  } catch (error) {
    return {type: "error", id, message: errorMessage(error)};
  }
}
