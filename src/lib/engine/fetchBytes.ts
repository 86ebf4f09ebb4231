import {errorMessage, InputError} from "../errors.js";
import type {PhaseProgress} from "./trainingCalls.js";

/** Bytes that a fetched file may have; the readers of files have the same limit. */
const mostBytes = 64 * 2 ** 20;

/**
 * The bytes at an address, fetched without the reader's cookies.
 *
 * @throws InputError when it cannot be read, saying why, or is too large
 */
export async function fetchBytes(
  url: string,
  onProgress: (progress: PhaseProgress) => void,
  signal?: AbortSignal
): Promise<Uint8Array> {
  let response: Response;
  try {
    response = await fetch(url, {signal, credentials: "omit"});
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new InputError(
      `${url}: could not be fetched (${errorMessage(error)}): the address may be wrong, or its server lets no other site read it (CORS); a file saved from there can be given instead`
    );
  }
  if (!response.ok) throw new InputError(`${url}: the server answered ${response.status}`);
  const length = Number(response.headers.get("content-length")) || null;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (const reader = response.body!.getReader(); ;) {
    const {done, value} = await reader.read();
    if (done) break;
    size += value.length;
    if (size > mostBytes) {
      await reader.cancel();
      throw new InputError(`${url}: over ${mostBytes / 2 ** 20} MiB, the most this page reads`);
    }
    chunks.push(value);
    onProgress({phase: `fetching ${url}`, fraction: length && size / length});
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
