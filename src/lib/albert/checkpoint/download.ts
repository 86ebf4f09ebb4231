import {errorMessage, InputError} from "../../errors.js";
import type {FileParts} from "./hubCache.js";
import {isWebPage} from "./sniff.js";

/** The part of `fetch` that is used. */
export type Fetch = (
  url: string,
  init: {
    headers: Record<string, string>;
    signal: AbortSignal;
    cache: "no-store";
    credentials: "omit";
    referrerPolicy: "no-referrer";
  }
) => Promise<Response>;

export interface DownloadOptions {
  fetch: Fetch;
  signal?: AbortSignal;
  /** Called as bytes arrive; `total` is null until the server says it. */
  onProgress?: (received: number, total: number | null) => void;
  /** Attempts without a new byte before giving up; default 5. */
  attempts?: number;
  /** Milliseconds before the k-th repetition; default `500 · 2^k`. */
  delayMs?: (k: number) => number;
  /** Milliseconds without a byte after which a connection counts as broken; default 60,000. */
  stallMs?: number;
  /** Most bytes that the file may have; default 8 GB. */
  limit?: number;
}

/** The file, or why the server does not have it. */
export type Downloaded = {blob: Blob} | {absent: string};

const partBytes = 8 << 20;

/** The server has no such file. */
class Absent extends Error {}
/** What has been received does not belong to what is being sent now. */
class Restart extends Error {}

/**
 * Downloads one file into `parts`, going on from what is there. A connection that breaks or stalls is
 * resumed by a Range request; where the server cannot, or its file has changed, the download starts
 * again. A web page in place of the file counts as absent, since many servers answer so.
 *
 * @throws InputError if the server cannot be reached, fails for good, or sends too much
 * @throws the signal's reason when cancelled; what has arrived stays in `parts`
 */
export async function downloadFile(
  url: string,
  parts: FileParts,
  options: DownloadOptions
): Promise<Downloaded> {
  const {attempts = 5, delayMs = (k) => 500 * 2 ** k, signal} = options;
  let best = received(parts);
  for (let failures = 0, tries = 0; !parts.record.isComplete;) {
    signal?.throwIfAborted();
    try {
      await attempt(url, parts, options);
      await parts.complete();
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof Absent) return {absent: error.message};
      if (error instanceof InputError) throw error;
      if (error instanceof Restart) await parts.clear();
      failures = received(parts) > best ? 0 : failures + 1;
      best = Math.max(best, received(parts));
      if (failures >= attempts || ++tries >= 100)
        throw new InputError(`${url}: ${broken(parts)}: ${errorMessage(error)}`);
      await pause(delayMs(failures), signal);
    }
  }
  return {blob: new Blob(parts.parts)};
}

function received({record}: FileParts): number {
  return record.sizes.reduce((a, b) => a + b, 0);
}

function broken(parts: FileParts): string {
  const n = received(parts);
  if (n === 0)
    return "cannot be downloaded (offline, no such server, or it does not let other sites read its files)";
  return `the download stopped after ${n} of ${parts.record.total ?? "an unknown number of"} bytes`;
}

/** One request and the reading of its body. */
async function attempt(url: string, parts: FileParts, options: DownloadOptions): Promise<void> {
  const {signal, onProgress, stallMs = 60_000, limit = 8e9} = options;
  const control = new AbortController();
  const cancel = (): void => control.abort(signal?.reason);
  signal?.addEventListener("abort", cancel);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const alive = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => control.abort(new Error(`no data for ${stallMs} ms`)), stallMs);
  };
  const buffer: Uint8Array[] = [];
  let buffered = 0;
  const flush = async (): Promise<void> => {
    if (buffered === 0) return;
    const bytes = buffer.splice(0);
    buffered = 0;
    await parts.append(bytes);
  };
  try {
    alive();
    const from = received(parts);
    const response = await request(url, from, control.signal, options.fetch);
    if (await accept(url, response, parts, from)) return;
    const {record} = parts;
    let at = received(parts);
    onProgress?.(at, record.total);
    for await (const chunk of chunks(response)) {
      alive();
      if (at === 0 && isWebPage(chunk)) throw new Absent("the server sends a web page instead");
      at += chunk.length;
      if (at > limit)
        throw new InputError(`${url}: more than ${limit} bytes, expected a smaller file`);
      buffer.push(chunk);
      buffered += chunk.length;
      if (buffered >= partBytes) await flush();
      onProgress?.(at, record.total);
    }
    if (record.total !== null && at < record.total)
      throw new Error(`the server closed after ${at} of ${record.total} bytes`);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", cancel);
    await flush();
    control.abort(); // ends a body that was not read
  }
}

async function request(
  url: string,
  from: number,
  signal: AbortSignal,
  fetch: Fetch
): Promise<Response> {
  return fetch(url, {
    headers: from > 0 ? {Range: `bytes=${from}-`} : {},
    signal,
    cache: "no-store",
    credentials: "omit",
    referrerPolicy: "no-referrer"
  });
}

/**
 * Settles what a response means, and notes its length and version.
 *
 * @returns whether the file is whole already
 */
async function accept(
  url: string,
  response: Response,
  parts: FileParts,
  from: number
): Promise<boolean> {
  const {status, headers} = response;
  const {record} = parts;
  const etag = headers.get("etag");
  const range = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(headers.get("content-range") ?? "");
  const total = range && range[2] !== "*" ? Number(range[2]) : null;
  if (status === 404 || status === 410) throw new Absent(`the server answers ${status}`);
  if (status === 401 || status === 403)
    throw new Absent(`the server answers ${status}: it is private, gated, or does not exist`);
  if (status === 416 && from > 0) {
    if (total === from && (record.etag === null || etag === null || etag === record.etag))
      return true;
    throw new Restart("the file has changed");
  }
  if (status === 429 || status >= 500) throw new Error(`the server answers ${status}`);
  if (status !== 200 && !(status === 206 && from > 0))
    throw new InputError(`${url}: the server answers ${status}, expected the file`);
  if (headers.get("content-type")?.startsWith("text/html"))
    throw new Absent("the server sends a web page instead");
  if (status === 206) {
    const isSame =
      (range === null || Number(range[1]) === from) &&
      (total === null || record.total === null || total === record.total) &&
      (etag === null || record.etag === null || etag === record.etag);
    if (!isSame) throw new Restart("the file has changed");
    record.total ??= total;
    return false;
  }
  if (from > 0) await parts.clear(); // the server sends all of it again
  record.etag = etag;
  const length = Number(headers.get("content-length") ?? NaN);
  record.total = headers.has("content-encoding") || !(length >= 0) ? null : length;
  return false;
}

async function* chunks(response: Response): AsyncGenerator<Uint8Array> {
  if (response.body === null) {
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (bytes.length > 0) yield bytes;
    return;
  }
  const reader = response.body.getReader();
  for (;;) {
    const {done, value} = await reader.read();
    if (done) return;
    yield value;
  }
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener("abort", end);
  });
}
