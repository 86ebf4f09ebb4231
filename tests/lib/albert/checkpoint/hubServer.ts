import type {IncomingMessage, ServerResponse} from "node:http";
import {createServer} from "node:http";
import type {AddressInfo} from "node:net";
import type {CacheLike} from "../../../../src/lib/albert/checkpoint/hub.js";

/** What the server does wrong with one path. */
export interface Fault {
  /** Cuts the connection after so many bytes of the body, so many times. */
  cutAfter?: number;
  times?: number;
  /** Stops sending after so many bytes and keeps the connection, so many times. */
  stallAfter?: number;
  noRanges?: boolean;
  /** Sends this in place of Content-Length. */
  contentLength?: number;
  etag?: string | null;
  status?: number;
  redirect?: string;
  html?: boolean;
}

export interface HubServer {
  origin: string;
  /** Path → content. */
  files: Map<string, Uint8Array>;
  faults: Map<string, Fault>;
  /** `METHOD path range` of every request. */
  log: string[];
  close(): Promise<void>;
}

/** A server with a Hub's layout: `/owner/name/resolve/main/FILE`, ETags and Range requests. */
export async function startHub(
  folder: ReadonlyMap<string, Uint8Array>,
  prefix = "/me/tiny/resolve/main/"
): Promise<HubServer> {
  const files = new Map([...folder].map(([name, bytes]) => [prefix + name, bytes]));
  const faults = new Map<string, Fault>();
  const log: string[] = [];
  const server = createServer((request, response) => answer(request, response, files, faults, log));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const {port} = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    files,
    faults,
    log,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      })
  };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  files: Map<string, Uint8Array>,
  faults: Map<string, Fault>,
  log: string[]
): void {
  const path = decodeURIComponent(request.url!);
  const {range} = request.headers;
  log.push([request.method, path, range].filter(Boolean).join(" "));
  const fault = faults.get(path) ?? {};
  // as the Hub does, for pages of other sites
  response.setHeader("access-control-allow-origin", "*");
  response.setHeader("access-control-expose-headers", "ETag, Content-Range, Content-Length");
  if (request.method === "OPTIONS")
    return void response.writeHead(204, {"access-control-allow-headers": "range"}).end();
  const send = (status: number, headers: Record<string, string | number>, body: string): void =>
    void response.writeHead(status, headers).end(body);
  if (fault.redirect !== undefined) return send(302, {location: fault.redirect}, "");
  if (fault.status !== undefined && (fault.times ?? 1) > 0) {
    fault.times = (fault.times ?? Infinity) - 1;
    return send(fault.status, {}, "no");
  }
  if (fault.html)
    return send(200, {"content-type": "text/plain"}, "<!DOCTYPE html><html>404</html>");
  const bytes = files.get(path);
  if (bytes === undefined)
    return send(404, {"content-type": "text/html"}, "<html>not found</html>");
  const etag = fault.etag === undefined ? `"${bytes.length}"` : fault.etag;
  const from = range && !fault.noRanges ? Number(/bytes=(\d+)-/.exec(range)![1]) : 0;
  if (from > 0 && from >= bytes.length)
    return send(416, {"content-range": `bytes */${bytes.length}`}, "");
  const body = bytes.subarray(from);
  response.writeHead(from > 0 ? 206 : 200, {
    "content-type": "application/octet-stream",
    "content-length": fault.contentLength ?? body.length,
    ...(etag !== null && {etag}),
    ...(from > 0 && {"content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}`})
  });
  const stop = fault.cutAfter ?? fault.stallAfter;
  if (stop === undefined || (fault.times ?? 1) <= 0) return void response.end(body);
  fault.times = (fault.times ?? 1) - 1;
  response.write(body.subarray(0, stop));
  if (fault.cutAfter !== undefined) setTimeout(() => response.destroy(), 20);
}

/** A cache in memory; `failAfter` puts it refuses more, as a full disk does. */
export function memoryCache(failAfter = Infinity): CacheLike & {stored: Map<string, Blob>} {
  const stored = new Map<string, Blob>();
  let puts = 0;
  return {
    stored,
    async match(url) {
      const blob = stored.get(url);
      return blob && new Response(blob);
    },
    async put(url, response) {
      if (++puts > failAfter) throw new Error("quota exceeded");
      stored.set(url, await response.blob());
    },
    delete: async (url) => stored.delete(url)
  };
}
