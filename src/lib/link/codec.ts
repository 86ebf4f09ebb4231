/** How the state of a page is written into its address, and what it is read back as. */

/** What a page made of the parameters of an address. */
export interface LinkReading<T> {
  value: T;
  /** What was refused and what stands in its place, one sentence each. */
  problems: string[];
  /** Names of parameters that mean nothing here. */
  unknown: string[];
}

/** Turns parameters into a value and back; neither ever throws. */
export interface LinkCodec<T extends object> {
  read(parameters: URLSearchParams): LinkReading<T>;
  /** Only what differs from the value of an address without parameters. */
  write(value: T): [name: string, text: string][];
}

/** One parameter of its own. */
export interface LinkField<T> {
  /** What it is where the address does not name it. */
  initial: T;
  /** The value of a text, or null where it is refused. */
  read(text: string): T | null;
  write(value: T): string;
  /** What is expected, in words. */
  expected: string;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type LinkFields = Record<string, LinkField<any>>;
type FieldValues<F extends LinkFields> = {[K in keyof F]: F[K]["initial"]};

/** The reader's own words, at most `maxLength` UTF-16 units. */
export function textField(initial: string, maxLength = 4000): LinkField<string> {
  return {
    initial,
    read: (text) => (text.length <= maxLength ? text : null),
    write: (value) => value,
    expected: `at most ${maxLength.toLocaleString("en")} characters`
  };
}

/** One of several words. */
export function choiceField<const T extends string>(
  options: readonly T[],
  initial: NoInfer<T> = options[0]!
): LinkField<T> {
  return {
    initial,
    read: (text) => options.find((option) => option === text) ?? null,
    write: (value) => value,
    expected: options.length > 12 ? "one of the page's choices" : options.join(", ")
  };
}

/** A whole number from `min` to `max`, a multiple of `step`. */
export function countField(
  initial: number,
  {min = 1, max, step = 1}: {min?: number; max: number; step?: number}
): LinkField<number> {
  return {
    initial,
    read(text) {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
      return value >= min && value <= max && value % step === 0 ? value : null;
    },
    write: String,
    expected: `a ${step === 1 ? "whole number" : `multiple of ${step}`} from ${min.toLocaleString("en")} to ${max.toLocaleString("en")}`
  };
}

/** Yes or no, as 1 or 0. */
export function switchField(initial: boolean): LinkField<boolean> {
  return {
    initial,
    read: (text) => (text === "1" ? true : text === "0" ? false : null),
    write: (value) => (value ? "1" : "0"),
    expected: "1 or 0"
  };
}

/** Several of a list of words, at least one, in the list's order. */
export function subsetField<const T extends string>(
  options: readonly T[],
  initial: readonly NoInfer<T>[]
): LinkField<readonly T[]> {
  return {
    initial,
    read(text) {
      const asked = text.split(",");
      const found = options.filter((option) => asked.includes(option));
      return found.length > 0 &&
        asked.every((each) => (options as readonly string[]).includes(each))
        ? found
        : null;
    },
    write: (value) => options.filter((option) => value.includes(option)).join(","),
    expected: `some of ${options.join(", ")}`
  };
}

const shorten = (text: string, most: number) =>
  text.length > most ? `${text.slice(0, most - 1)}…` : text;

/** A value whose members are parameters of their own. */
export function fields<F extends LinkFields>(all: F): LinkCodec<FieldValues<F>> {
  const names = Object.keys(all);
  return {
    read(parameters) {
      const problems: string[] = [];
      const entries = names.map((name) => {
        const {initial, read, expected} = all[name]!;
        const text = parameters.get(name);
        const value: unknown = text === null ? initial : read(text);
        if (value === null)
          problems.push(
            `${name} is ${JSON.stringify(shorten(text!, 40))} (expected ${expected}); the usual value is used`
          );
        return [name, value ?? initial];
      });
      const unknown = [...new Set(parameters.keys())].filter((name) => !names.includes(name));
      return {value: Object.fromEntries(entries) as FieldValues<F>, problems, unknown};
    },
    write: (value) =>
      names
        .map((name): [string, string] => [name, all[name]!.write(value[name])])
        .filter(([name, text]) => text !== all[name]!.write(all[name]!.initial))
  };
}

/** Two codecs side by side; their parameters have different names. */
export function joined<A extends object, B extends object>(
  one: LinkCodec<A>,
  other: LinkCodec<B>
): LinkCodec<A & B> {
  return {
    read(parameters) {
      const [a, b] = [one.read(parameters), other.read(parameters)];
      return {
        value: {...a.value, ...b.value},
        problems: [...a.problems, ...b.problems],
        unknown: a.unknown.filter((name) => b.unknown.includes(name))
      };
    },
    write: (value) => [...one.write(value), ...other.write(value)]
  };
}
