/** JSON texts with one value replaced by what nobody expects there. */

const nested = (depth: number, open: string, close: string, inner = "") =>
  open.repeat(depth) + inner + close.repeat(depth);

/** Values, as JSON texts, that a reader may not expect. */
export const oddValues: readonly string[] = [
  ...["null", "true", "0", "-1", "1.5", "1e999", "9007199254740993", "4294967296"],
  ...['""', '"x"', `"${"x".repeat(20_000)}"`, '"\\u0000\\u202e<img src=x onerror=alert(1)>\\n"'],
  ...["[]", "[null]", "[[]]", '["a"]', "{}", '{"a":1,"a":2}', `[${"0,".repeat(5000)}0]`],
  ...['{"toString":1,"valueOf":1}', '{"__proto__":{"x":1}}', '{"length":1e9}', '{"then":1}'],
  ...[nested(5000, "[", "]"), nested(5000, '{"a":', "}", "1"), nested(200_000, "[", "]")]
];

type Key = string | number;

/**
 * A JSON text over and over: each value in turn replaced by each odd one, and left out.
 *
 * @yields what was done, and the text
 */
export function* changedValues(
  sound: string,
  values: readonly string[] = oddValues
): Generator<[what: string, text: string]> {
  const mark = "@@here@@";
  for (const path of paths(JSON.parse(sound))) {
    const marked = edited(sound, path, (parent, key) => (parent[key] = mark));
    for (const value of values)
      yield [`${path.join(".")} = ${value.slice(0, 40)}`, marked.replace(`"${mark}"`, () => value)];
    if (path.length === 0) continue;
    const without = edited(sound, path, (parent, key) => {
      if (Array.isArray(parent)) parent.splice(Number(key), 1);
      else delete parent[key];
    });
    yield [`without ${path.join(".")}`, without];
  }
}

/** Ways to every value; of a list to its first three members. */
function* paths(value: unknown, path: Key[] = []): Generator<Key[]> {
  yield path;
  if (typeof value !== "object" || value === null) return;
  const keys = Array.isArray(value) ? [...value.keys()].slice(0, 3) : Object.keys(value);
  for (const key of keys) yield* paths((value as Record<Key, unknown>)[key], [...path, key]);
}

function edited(
  sound: string,
  path: readonly Key[],
  edit: (parent: Record<Key, unknown>, key: Key) => void
): string {
  const root: Record<Key, unknown> = {whole: JSON.parse(sound)};
  const way = ["whole", ...path];
  const last = way.pop()!;
  edit(
    way.reduce<Record<Key, unknown>>((at, key) => at[key] as Record<Key, unknown>, root),
    last
  );
  return JSON.stringify(root.whole);
}

/**
 * Bytes over and over: cut at every length, every byte changed in three ways, three bytes put in.
 *
 * @param most bytes at which that is done; of a longer file, evenly spread ones
 */
export function* changedBytes(
  sound: Uint8Array,
  most = 1000
): Generator<[what: string, bytes: Uint8Array]> {
  const step = Math.max(1, Math.floor(sound.length / most));
  for (let at = 0; at < sound.length; at += step) {
    yield [`cut at ${at}`, sound.slice(0, at)];
    for (const bits of [1 << (at & 7), 0x80, 0xff]) {
      const changed = sound.slice();
      changed[at]! ^= bits;
      yield [`byte ${at} ^ ${bits}`, changed];
    }
    const longer = new Uint8Array(sound.length + 3);
    longer.set(sound.subarray(0, at));
    longer.set([0, 0xff, 0x22], at);
    longer.set(sound.subarray(at), at + 3);
    yield [`inserted at ${at}`, longer];
  }
}
