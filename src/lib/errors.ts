/** Most characters of a message: a file's own words in it may be of any length. */
const mostCharacters = 1000;

/**
 * An error a reader can act on: its message is one sentence that says what is wrong, where (file,
 * line, field) and what was expected. The terminal prints it as its one line on stderr, a page
 * shows it as it stands. Anything else that is thrown is a fault of ours.
 */
export class InputError extends Error {
  override name = "InputError";

  /**
   * @param message may hold an engine's or a file's own words: its line ends and tabs become spaces, what
   * would be invisible or turn the writing around is shown by its code, and it is cut after 1,000 characters
   */
  constructor(message: string, options?: ErrorOptions) {
    super(oneLine(message), options);
  }
}

function oneLine(message: string): string {
  const cut =
    message.length > mostCharacters ? `${message.slice(0, mostCharacters - 1)}…` : message;
  return escapeControls(cut.replace(/\s*[\n\r\u2028\u2029]\s*|\t/g, " "));
}

/** A text with its control and format characters, and lone surrogates, as `\u202e`. */
export function escapeControls(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`
  );
}

/** The message of anything that was thrown, for showing to a person. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Why a library could not read a file. What it stumbled over in its own code, as over a part that is
 * missing, says nothing to a person: then it is that the file is damaged.
 */
export function readingFault(error: unknown): string {
  const message = errorMessage(error);
  const isStumble =
    error instanceof TypeError || error instanceof ReferenceError || /\bundefined\b/.test(message);
  return isStumble ? "it is damaged: parts of it do not fit together" : message;
}
