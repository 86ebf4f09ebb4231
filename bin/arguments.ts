import {parseArgs, type ParseArgsConfig} from "node:util";
import {InputError} from "../src/lib/errors.js";

/** The words of a command are off. */
export class UsageError extends InputError {}

/** Options of a verb: name → whether it takes a value. */
export type OptionKinds = Record<string, "value" | "flag">;

/** The words of a verb, checked. */
export interface Arguments {
  positionals: string[];
  /** A value that may be left out. */
  value(name: string): string | undefined;
  /** A value that must be there. */
  required(name: string): string;
  flag(name: string): boolean;
  /** A whole number of at least `least`. */
  integer(name: string, least: number): number | undefined;
  /** One of several words. */
  oneOf<const T extends readonly string[]>(name: string, options: T): T[number] | undefined;
}

/**
 * Reads the words after a verb.
 *
 * @throws UsageError for an unknown option, a missing value, a value given twice or too many words
 */
export function readArguments(
  argv: string[],
  kinds: OptionKinds,
  {positionals: most = 0}: {positionals?: number} = {}
): Arguments {
  const options: ParseArgsConfig["options"] = {};
  for (const [name, kind] of Object.entries(kinds))
    options[name] = {type: kind === "value" ? "string" : "boolean"};
  let parsed;
  try {
    parsed = parseArgs({args: argv, options, allowPositionals: true, strict: true, tokens: true});
  } catch (error) {
    throw new UsageError((error as Error).message.split(". ")[0]!);
  }
  const {values, positionals, tokens} = parsed;
  refuseTwice(tokens);
  if (positionals.length > most)
    throw new UsageError(`unexpected word ${positionals[most]} (see --help)`);
  const value = (name: string) => values[name] as string | undefined;
  return {
    positionals,
    value,
    required(name) {
      const given = value(name);
      if (given === undefined) throw new UsageError(`missing option --${name} (see --help)`);
      return given;
    },
    flag: (name) => values[name] === true,
    integer(name, least) {
      const given = value(name);
      if (given === undefined) return undefined;
      const number = Number(given);
      if (!/^\d+$/.test(given) || !Number.isSafeInteger(number) || number < least)
        throw new UsageError(`invalid --${name}: ${given} (expected a whole number ≥ ${least})`);
      return number;
    },
    oneOf(name, choices) {
      const given = value(name);
      if (given === undefined || choices.includes(given)) return given;
      throw new UsageError(`invalid --${name}: ${given} (expected one of ${choices.join(", ")})`);
    }
  };
}

type Tokens = NonNullable<ReturnType<typeof parseArgs>["tokens"]>;

/** A second value would take the place of the first without a word. */
function refuseTwice(tokens: Tokens): void {
  const first = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind !== "option" || token.value === undefined) continue;
    const {name, value} = token;
    const before = first.get(name);
    if (before !== undefined)
      throw new UsageError(`--${name} is given twice, ${before} and ${value} (expected once)`);
    first.set(name, value);
  }
}
