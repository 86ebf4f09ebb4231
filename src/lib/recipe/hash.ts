import type {Recipe} from "./recipe.js";

/**
 * Canonical JSON: keys sorted, no spaces, numbers as JavaScript writes them, so that equal values
 * give equal text. Undefined members are left out.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
    return `{${members.join(",")}}`;
  }
  return JSON.stringify(value);
}

/** SHA-256 of bytes or text as 64 hexadecimal digits. */
export async function sha256(data: string | Uint8Array): Promise<string> {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The name of a recipe: the first 12 hexadecimal digits of the SHA-256 of its canonical JSON. */
export async function recipeHash(recipe: Recipe): Promise<string> {
  return (await sha256(canonicalJson(recipe))).slice(0, 12);
}
