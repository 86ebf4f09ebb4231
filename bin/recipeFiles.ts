/** The files that a recipe names, looked up as the terminal does. */
import {readFile} from "node:fs/promises";
import {dirname, isAbsolute, join} from "node:path";
import type {TextSource} from "../src/lib/engine/trainingCalls.js";
import type {Recipe} from "../src/lib/recipe/recipe.js";
import type {Tokenizer} from "../src/lib/tokenizer/tokenizer.js";
import {fileName, readBytes} from "./files.js";
import {loadTokenizer} from "./loadTokenizer.js";

/** The text of a recipe. A path is looked up from here, then from beside the recipe. */
export async function textSource({corpus}: Recipe, recipePath: string): Promise<TextSource> {
  if (!("path" in corpus)) return {kind: "recipe"};
  const here = await readFile(corpus.path).catch(() => null);
  const path = here ? corpus.path : near(corpus.path, recipePath);
  const bytes = here ? new Uint8Array(here) : await readBytes(path);
  return {kind: "file", name: fileName(path), bytes};
}

/** The vocabulary that a recipe names, beside the recipe; undefined where it trains its own. */
export async function givenTokenizer(
  {tokenizer: {path}}: Recipe,
  recipePath: string
): Promise<Tokenizer | undefined> {
  return path === undefined ? undefined : loadTokenizer(near(path, recipePath));
}

const near = (path: string, recipePath: string) =>
  isAbsolute(path) ? path : join(dirname(recipePath), path);
