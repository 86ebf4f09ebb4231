/** A server of our own for tests that need another origin, another path, headers, or a dead network. */
import {readFileSync} from "node:fs";
import {createServer} from "node:http";
import type {AddressInfo} from "node:net";
import {extname} from "node:path";
import {findFile} from "../../bin/serve.js";

const types: Record<string, string> = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm"
};

/** What a {@link Host} serves; may change while it runs. */
export interface Served {
  /** Absolute folder of the site. */
  folder: string;
  /** Path under which it lies, with slashes at both ends; default "/". */
  base?: string;
  /** Pages of the test's own, by path. */
  pages?: Record<string, string>;
  /** Headers of every answer. */
  headers?: Record<string, string>;
  /** A path from the site's root whose file comes with a byte too many. */
  spoiled?: string | null;
  /** A path from the site's root that is never answered. */
  silent?: string;
}

/** A running server. */
export interface Host {
  origin: string;
  served: Served;
  /** Bodies of all that was posted. */
  posted: string[];
  /** Paths that were asked for. */
  asked: string[];
  close(): Promise<void>;
}

/** Starts a server on a free port of 127.0.0.1. */
export async function startHost(served: Served): Promise<Host> {
  const posted: string[] = [];
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const headers = {
      "cache-control": "no-cache",
      "access-control-allow-origin": "*",
      ...served.headers
    };
    if (request.method === "POST") {
      let body = "";
      request.on("data", (part: Buffer) => (body += part.toString()));
      request.on("end", () => {
        posted.push(body);
        response.writeHead(204).end();
      });
      return;
    }
    const {pathname} = new URL(request.url ?? "/", "http://127.0.0.1");
    asked.push(pathname);
    if (served.silent && pathname.endsWith(served.silent)) return;
    const own = served.pages?.[pathname];
    if (own !== undefined)
      return void response.writeHead(200, {...headers, "content-type": "text/html"}).end(own);
    const base = served.base ?? "/";
    const found = pathname.startsWith(base)
      ? findFile(served.folder, `/${pathname.slice(base.length)}`)
      : null;
    if (!found || !("file" in found)) return void response.writeHead(404, headers).end("missing");
    const bytes = readFileSync(found.file);
    const spoiled = served.spoiled && found.file.endsWith(served.spoiled);
    const type = types[extname(found.file)] ?? "application/octet-stream";
    response
      .writeHead(200, {...headers, "content-type": type})
      .end(spoiled ? Buffer.concat([bytes, Buffer.from(" ")]) : bytes);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const {port} = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    served,
    posted,
    asked,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      })
  };
}
