/** Results of a command's runs, one JSON line each, in a file that a later call goes on with. */
import {appendFile, readFile} from "node:fs/promises";
import {InputError} from "../src/lib/errors.js";
import {replaceFile, withPath, writeBytes} from "./files.js";

export interface ResultLines<T> {
  /** What is known so far, in the order in which it was found. */
  results: T[];
  add(result: T): Promise<void>;
}

/**
 * Opens such a file, or makes it. A last line that a killed process left unfinished is dropped.
 *
 * @throws InputError that names the file and the line which is no JSON
 */
export async function resultLines<T>(path: string): Promise<ResultLines<T>> {
  const text = await readFile(path, "utf8").catch(() => null);
  if (text === null) await writeBytes(path, "");
  const whole = (text ?? "").slice(0, (text ?? "").lastIndexOf("\n") + 1);
  const results = whole
    .split("\n")
    .slice(0, -1)
    .map((line, i) => {
      try {
        return JSON.parse(line) as T;
      } catch {
        throw new InputError(
          `${path}: line ${i + 1} is not valid JSON (expected one result a line)`
        );
      }
    });
  if (text !== null && whole !== text) await replaceFile(path, whole);
  return {
    results,
    async add(result) {
      results.push(result);
      await withPath(path, () => appendFile(path, `${JSON.stringify(result)}\n`));
    }
  };
}
