/** A choice of a select field; the value may be any JSON. */
export interface Choice {
  label: string;
  value: unknown;
}

/** One knob of {@link configForm}. */
export interface Field {
  /** Where its value is, as a dotted path, for example "model.embedding_size". */
  key: string;
  label: string;
  /** Heading it stands under. */
  group: string;
  /** One line on what it does. */
  help: string;
  kind: "integer" | "number" | "choice";
  /** Shown after the number, for example "steps". */
  unit?: string;
  /** Least and greatest number taken. */
  min?: number;
  max?: number;
  /** Numbers the slider stops at; the box takes any number between min and max. */
  stops?: readonly number[];
  /** Choices of a `choice` field. */
  choices?: readonly Choice[];
  /** The value that stands for none: it is shown where the path leads nowhere, and left out. */
  absent?: number;
  /** Stands above the groups, always in sight. */
  prominent?: boolean;
  /** Whether the field applies to a value; others are not shown. */
  when?: (value: unknown) => boolean;
}

/** The member of a nested value at a dotted path; undefined where there is none. */
export function readPath(value: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | null | undefined)?.[key], value);
}

/** A copy of a nested value with one member replaced, or left out if undefined; the rest is shared. */
export function writePath<T>(value: T, path: string, member: unknown): T {
  const [key, ...rest] = path.split(".");
  const at = value as Record<string, unknown> | undefined;
  if (rest.length === 0 && member === undefined)
    return Object.fromEntries(Object.entries(at ?? {}).filter(([name]) => name !== key)) as T;
  return {...at, [key!]: rest.length ? writePath(at?.[key!], rest.join("."), member) : member} as T;
}
