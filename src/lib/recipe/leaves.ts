/** What stands at the end of a path into a recipe. */
export type Leaf = string | number | boolean;

/** The members of a nested value by their dotted paths, for example `model.embedding_size` → 32. */
export function leaves(value: object, path: string[] = []): Map<string, Leaf> {
  const found = new Map<string, Leaf>();
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    if (typeof member === "object" && member !== null)
      for (const [name, leaf] of leaves(member, [...path, key])) found.set(name, leaf);
    else found.set([...path, key].join("."), member);
  }
  return found;
}
