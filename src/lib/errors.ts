/**
 * An error a reader can act on: its message is one sentence that says what is wrong, where (file,
 * line, field) and what was expected. The terminal prints it as its one line on stderr, a page
 * shows it as it stands. Anything else that is thrown is a fault of ours.
 */
export class InputError extends Error {
  override name = "InputError";

  /** @param message its line ends become spaces: an engine's own words, or a file's, may hold some */
  constructor(message: string, options?: ErrorOptions) {
    super(message.replace(/\s*[\n\r\u2028\u2029]\s*/g, " "), options);
  }
}

/** The message of anything that was thrown, for showing to a person. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
