/** Objects of a JSON file as rows: one a line, or a list of them. */
import {listColumns} from "../corpus/table.js";
import {InputError} from "../errors.js";
import {readJson} from "../json.js";

/** An object with its place in the file. */
export interface JsonRow {
  members: Map<string, unknown>;
  /** The line, or the number of the item in a list. */
  line: number;
  /** How messages name the place. */
  where: string;
}

/**
 * The objects of a file: a list where it begins with `[`, else one a line, as data sets are often saved
 * under either ending.
 *
 * @throws InputError naming the line or item, for what is no object, and for a file without any
 */
export function jsonRows(text: string, file: string): JsonRow[] {
  const rows = text.trimStart().startsWith("[") ? listed(text, file) : oneALine(text, file);
  if (rows.length === 0) throw new InputError(`${file}: no rows (expected JSON objects)`);
  return rows;
}

function oneALine(text: string, file: string): JsonRow[] {
  return text.split("\n").flatMap((line, i) => {
    if (line.trim() === "") return [];
    const where = `${file}: line ${i + 1}`;
    try {
      return [row(JSON.parse(line), i + 1, where)];
    } catch (error) {
      if (error instanceof InputError) throw error;
      const hint = /\b(?:NaN|Infinity)\b/.test(line) ? "; JSON has no NaN or Infinity" : "";
      throw new InputError(`${where} is not valid JSON (expected one object a line${hint})`);
    }
  });
}

function listed(text: string, file: string): JsonRow[] {
  return (readJson(text, file) as unknown[]).map((item, i) =>
    row(item, i + 1, `${file}: item ${i + 1}`)
  );
}

function row(value: unknown, line: number, where: string): JsonRow {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new InputError(`${where}: expected an object`);
  return {members: new Map(Object.entries(value)), line, where};
}

/** A member as the text of a cell. @throws InputError where it is missing, or a list or object */
export function jsonCell({members, where}: JsonRow, key: string): string {
  const value = members.get(key);
  if (value === undefined)
    throw new InputError(
      `${where}: key '${key}' is missing (keys: ${listColumns([...members.keys()])})`
    );
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  if (typeof value === "boolean") return value ? "1" : "0";
  if (value === null) return "";
  throw new InputError(`${where}, ${key}: expected a text or a number`);
}
