import {InputError} from "../errors.js";
import {readJson, shownJson} from "../json.js";
import {backendNames} from "../engine/deviceCalls.js";
import {embedKey} from "../site.js";
import type {LinkCodec} from "./codec.js";

/** The version of the addresses that this site writes; addresses without `v` are of version 1. */
export const linkVersion = 1;

/** The longest query an address may carry, in characters; more travels as a file. */
export const maxLinkLength = 8192;

/** Parameters that every page understands besides its own state. */
const common = ["v", "backend", "locked", "hide", "run", embedKey] as const;
/** Those of them that stay when the state changes. */
const lasting: readonly string[] = ["backend", "locked", "hide", embedKey];

/** The state of a page as its address gives it. */
export interface PageState<T> {
  value: T;
  /** What was ignored or refused, one sentence each. */
  problems: string[];
  /** Whether the address sets anything of the page's state. */
  isSet: boolean;
}

/** Names for a sentence: at most five, none long. */
function list(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => JSON.stringify(name.slice(0, 40)));
  return shown.join(", ") + (names.length > 5 ? ` and ${names.length - 5} more` : "");
}

/** What is wrong with the backend that an address asks for, or null. */
export function backendProblem(search: string): string | null {
  const name = new URLSearchParams(search).get("backend");
  if (name === null || (backendNames as readonly string[]).includes(name)) return null;
  return `link: unknown backend ${list([name])} (expected ${backendNames.slice(0, -1).join(", ")} or ${backendNames.at(-1)}); the page chooses one itself`;
}

/**
 * Reads the state of a page from its query. Anything may stand there: what means nothing is said and
 * left out, and what is refused has its usual value. Nothing is fetched, run or thrown.
 *
 * @param search with or without its question mark
 */
export function readLink<T extends object>(search: string, codec: LinkCodec<T>): PageState<T> {
  const nothing = codec.read(new URLSearchParams());
  if (search.length > maxLinkLength + 1)
    return {
      value: nothing.value,
      problems: [
        `link: ${search.length.toLocaleString("en")} characters are more than the ${maxLinkLength.toLocaleString("en")} that a link may have; nothing of it is used`
      ],
      isSet: false
    };
  const parameters = new URLSearchParams(search);
  const wrong = backendProblem(search);
  const version = parameters.get("v");
  const problems = wrong === null ? [] : [wrong];
  if (version !== null && version !== String(linkVersion))
    problems.push(
      `link: of version ${list([version])}, this page reads version ${linkVersion}; what it knows of it is used`
    );
  for (const name of common) parameters.delete(name);
  return readParameters(parameters, codec, problems);
}

function readParameters<T extends object>(
  parameters: URLSearchParams,
  codec: LinkCodec<T>,
  problems: string[]
): PageState<T> {
  const read = codec.read(parameters);
  if (read.unknown.length > 0)
    problems.push(`link: this page does not know ${list(read.unknown)}; that is ignored`);
  problems.push(...read.problems.map((problem) => `link: ${problem}`));
  return {value: read.value, problems, isSet: codec.write(read.value).length > 0};
}

/** Parameters as text; commas, colons and slashes stay legible. */
function queryText(parameters: URLSearchParams): string {
  const text = parameters.toString().replace(/%(2C|3A|2F)/g, decodeURIComponent);
  return text === "" ? "" : `?${text}`;
}

/**
 * Writes the query of an address: the state as far as it differs from the usual one, and what the
 * address says besides.
 *
 * @param search the page's query so far, whose backend, lock and frame stay
 * @returns with its question mark, or "" where nothing differs; null where it would be too long
 */
export function writeLink<T extends object>(
  value: T,
  codec: LinkCodec<T>,
  search: string
): string | null {
  const parameters = new URLSearchParams(codec.write(value));
  for (const [name, text] of new URLSearchParams(search))
    if (lasting.includes(name)) parameters.set(name, text);
  const query = queryText(parameters);
  return query.length > maxLinkLength + 1 ? null : query;
}

/** What a state file holds: a link that may be as long as it likes. */
interface LinkFile {
  "albert-observatory": "link";
  version: number;
  /** The page's path below the site's root, for example "tokenizer". */
  page: string;
  state: Record<string, string>;
}

/** A state too long for an address as the text of a file. */
export function writeLinkFile<T extends object>(
  value: T,
  codec: LinkCodec<T>,
  page: string
): string {
  const file: LinkFile = {
    "albert-observatory": "link",
    version: linkVersion,
    page,
    state: Object.fromEntries(codec.write(value))
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/**
 * Reads such a file as {@link readLink} reads an address.
 *
 * @throws InputError that says what is wrong: no JSON, no state, another page's, another version's
 */
export function readLinkFile<T extends object>(
  text: string,
  codec: LinkCodec<T>,
  page: string,
  name = "file"
): PageState<T> {
  const file = readJson(text, name) as Partial<LinkFile> | null;
  if (typeof file !== "object" || file === null || file["albert-observatory"] !== "link")
    throw new InputError(`${name}: not the state of a page (expected a file that a page saved)`);
  if (file.version !== linkVersion)
    throw new InputError(
      `${name}: of version ${shownJson(file.version)} (expected ${linkVersion})`
    );
  if (file.page !== page)
    throw new InputError(`${name}: of the page ${shownJson(file.page)} (this is "${page}")`);
  const state: unknown = file.state;
  if (
    typeof state !== "object" ||
    state === null ||
    Array.isArray(state) ||
    !Object.values(state).every((each) => typeof each === "string")
  )
    throw new InputError(`${name}: invalid state (expected texts by name)`);
  return readParameters(new URLSearchParams(state as Record<string, string>), codec, []);
}
