import {errorMessage} from "../errors.js";
import {leaves, type Leaf} from "../recipe/leaves.js";
import type {LinkCodec, LinkReading} from "./codec.js";

const unsafe = new Set(["__proto__", "constructor", "prototype"]);

function leaf(text: string): Leaf {
  if (text === "true" || text === "false") return text === "true";
  const number = Number(text);
  return text.trim() !== "" && Number.isFinite(number) ? number : text;
}

/** What parameters say of a nested value, and the names that no member has at its top. */
function nested(
  parameters: URLSearchParams,
  sections: ReadonlySet<string>,
  scalars: ReadonlySet<string>
): {input: Record<string, unknown>; unknown: string[]} {
  const input: Record<string, unknown> = {};
  const unknown = new Set<string>();
  for (const [name, text] of parameters) {
    const path = name.split(".");
    const isKnown = path.length === 1 ? scalars.has(name) : sections.has(path[0]!);
    if (!isKnown || path.some((key) => unsafe.has(key))) {
      unknown.add(name);
      continue;
    }
    let at = input;
    for (const key of path.slice(0, -1)) {
      const next = at[key];
      at = (typeof next === "object" && next !== null ? next : (at[key] = {})) as typeof at;
    }
    at[path.at(-1)!] = leaf(text);
  }
  return {input, unknown: [...unknown]};
}

/** Options of {@link recipeCodec}. */
export interface RecipeCodecOptions<T> {
  /** The value of an address without parameters. */
  initial: T;
  /** Checks a value and fills it up; throws what is wrong, "link: unknown field …" among it. */
  parse: (input: object) => T;
  /** Members that are objects, whose members have dotted names. */
  sections: readonly string[];
  /** Members that are single values. */
  scalars: readonly string[];
  /** Leaves that follow from others and are left out. */
  implied?: (value: T) => readonly string[];
}

/**
 * A recipe whose members are parameters under their dotted paths. Fields that it does not have are
 * ignored; where a value is refused the whole recipe is the usual one, since its numbers hang together.
 */
export function recipeCodec<T extends object>({
  initial,
  parse,
  sections,
  scalars,
  implied = () => []
}: RecipeCodecOptions<T>): LinkCodec<{recipe: T}> {
  const usual = leaves(initial);
  const [sectionNames, scalarNames] = [new Set(sections), new Set(scalars)];
  return {
    read(parameters): LinkReading<{recipe: T}> {
      const rest = new URLSearchParams(parameters);
      const unknown: string[] = [];
      for (;;) {
        const {input, unknown: strange} = nested(rest, sectionNames, scalarNames);
        try {
          const recipe = parse(input);
          return {value: {recipe}, problems: [], unknown: [...unknown, ...strange]};
        } catch (error) {
          const message = errorMessage(error).replace(/^link: /, "");
          const field = /^unknown field (.+)$/s.exec(message)?.[1];
          const names = [...new Set(rest.keys())].filter(
            (name) => field !== undefined && (name === field || name.startsWith(`${field}.`))
          );
          if (names.length === 0)
            return {
              value: {recipe: initial},
              problems: [`${message}; the usual recipe is used`],
              unknown: [...unknown, ...strange]
            };
          for (const name of names) rest.delete(name);
          unknown.push(...names);
        }
      }
    },
    write({recipe}) {
      const left = new Set(implied(recipe));
      return [...leaves(recipe)]
        .filter(([name, value]) => usual.get(name) !== value && !left.has(name))
        .map(([name, value]) => [name, String(value)]);
    }
  };
}
