/** What values of a Parquet file become, beyond plain numbers. */
import type {ParquetParsers} from "hyparquet";

const msPerDay = 86_400_000;

/** The whole part of a quotient, rounded down also below 0. */
const floorDivide = (a: bigint, b: bigint) => (a - (((a % b) + b) % b)) / b;

/** A date as people write it. @param ms since 1970, UTC */
export function dateText(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? `${ms / msPerDay} days` : date.toISOString().slice(0, 10);
}

/** A time as people write it, to the microsecond where it has some. @param us since 1970, UTC */
export function timeText(us: bigint): string {
  const date = new Date(Number(floorDivide(us, 1000n)));
  if (Number.isNaN(date.getTime())) return `${us} µs`;
  const rest = Number(((us % 1000n) + 1000n) % 1000n);
  const digits = rest === 0 ? "" : String(rest).padStart(3, "0");
  return date.toISOString().replace("Z", `${digits}Z`);
}

const times = (as: (us: bigint) => unknown): Partial<ParquetParsers> => ({
  timestampFromMilliseconds: (ms) => as(ms * 1000n),
  timestampFromMicroseconds: as,
  timestampFromNanoseconds: (ns) => as(floorDivide(ns, 1000n))
});

const asBytes = (bytes: Uint8Array) => bytes;

/**
 * For columns of plain values. Texts stay bytes: decoding a million of them to encode them again takes a
 * second.
 */
export const flatParsers: Partial<ParquetParsers> = {
  ...times((us) => us),
  dateFromDays: (days) => days * msPerDay,
  stringFromBytes: asBytes,
  jsonFromBytes: asBytes
};

const decoder = new TextDecoder();
const asText = (bytes: Uint8Array) => decoder.decode(bytes);

/** For lists, maps and structures, which become JSON: dates and times in words. */
export const nestedParsers: Partial<ParquetParsers> = {
  ...times(timeText),
  dateFromDays: (days) => dateText(days * msPerDay),
  stringFromBytes: asText,
  jsonFromBytes: asText
};

/** A value that is neither text nor number as text: JSON, with bytes as hexadecimal. */
export function valueText(value: unknown): string | null {
  if (value == null) return null;
  if (typeof value === "string") return value;
  if (typeof value === "bigint" || typeof value === "number" || typeof value === "boolean")
    return String(value);
  if (value instanceof Uint8Array) return hex(value);
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "bigint" ? jsonInteger(part) : part instanceof Uint8Array ? hex(part) : part
  );
}

/** A number where JSON's readers keep all of its digits, else text. */
const jsonInteger = (value: bigint) =>
  Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();

const hex = (bytes: Uint8Array) =>
  `\\x${Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("")}`;
