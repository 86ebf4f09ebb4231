import {InputError} from "../../errors.js";
import {shownJson} from "../../json.js";

/** A JSON object, as its fields are not yet known. */
export type Fields = Record<string, unknown>;

/** The field as an object, or an error that names it. */
export function asObject(value: unknown, where: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new InputError(`${where}: ${show(value)}, expected an object`);
  return value as Fields;
}

/** The field as an array, or an error that names it. */
export function asArray(value: unknown, where: string): unknown[] {
  if (!Array.isArray(value)) throw new InputError(`${where}: ${show(value)}, expected an array`);
  return value;
}

/** The field as a string, or an error that names it. */
export function asString(value: unknown, where: string): string {
  if (typeof value !== "string")
    throw new InputError(`${where}: ${show(value)}, expected a string`);
  return value;
}

/** The field as true or false, or `absent` where there is none. */
export function asBoolean(value: unknown, absent: boolean, where: string): boolean {
  if (value === undefined || value === null) return absent;
  if (typeof value !== "boolean")
    throw new InputError(`${where}: ${show(value)}, expected true or false`);
  return value;
}

/** The field as a whole number of [least, most], or an error that names it. */
export function asIndex(value: unknown, most: number, where: string): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > most)
    throw new InputError(`${where}: ${show(value)}, expected a whole number from 0 to ${most}`);
  return value;
}

/** Most characters of a piece: text is compared with pieces at every place, up to this many units. */
const mostPieceCharacters = 1000;

/** @throws InputError for a piece that is so long that looking for it would take for ever */
export function refuseLong(piece: string, where: string): void {
  if (piece.length > mostPieceCharacters)
    throw new InputError(
      `${where}: ${piece.length} characters, expected at most ${mostPieceCharacters}`
    );
}

/** Most steps of one kind: each goes over every text. */
const mostSteps = 100;

/** The steps of a sequence. @throws InputError for none that is a list, or more than 100 */
export function asSteps(value: unknown, where: string): unknown[] {
  const steps = asArray(value, where);
  if (steps.length > mostSteps)
    throw new InputError(`${where}: ${steps.length} steps, expected at most ${mostSteps}`);
  return steps;
}

/** A value as it may be shown in an error. */
export function show(value: unknown): string {
  return value === undefined ? "missing" : shownJson(value, 40);
}
