/** A static file server for the built site: clean URLs, right MIME types, this machine only. */
import {createReadStream, existsSync, statSync} from "node:fs";
import {createServer, type Server, type ServerResponse} from "node:http";
import type {AddressInfo} from "node:net";
import {extname, join, normalize, resolve, sep} from "node:path";
import {parseArgs} from "node:util";
import {isMain} from "./process.js";

const types: Record<string, string> = {
  ".bin": "application/octet-stream",
  ".css": "text/css; charset=utf-8",
  ".csv": "text/csv; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".jsonl": "application/jsonl; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".md": "text/markdown; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".parquet": "application/vnd.apache.parquet",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".tsv": "text/tab-separated-values; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
  ".zip": "application/zip"
};

/** Options of {@link serve}. */
export interface ServeOptions {
  /** Send the two headers that make pages cross-origin isolated; false by default. */
  isolated?: boolean;
}

/** A running server. */
export interface Site {
  server: Server;
  /** Address with a slash at the end, such as `http://127.0.0.1:3000/`. */
  url: string;
  /** Stops listening and drops open connections. */
  close(): Promise<void>;
}

/**
 * The file that answers a path: the file itself, `path.html`, or `path/index.html`.
 *
 * @param root absolute folder
 * @param pathname path of the URL, still percent-encoded
 * @returns the file; a path with a slash to go to instead; or null where there is none
 */
export function findFile(root: string, pathname: string): {file: string} | {moved: string} | null {
  let path: string;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  if (path.includes("\0")) return null;
  const target = join(root, normalize(path));
  if (target !== root && !target.startsWith(root + sep)) return null;
  const isFile = (name: string) => existsSync(name) && statSync(name).isFile();
  if (path.endsWith("/")) {
    const file = join(target, "index.html");
    return isFile(file) ? {file} : null;
  }
  if (isFile(target)) return {file: target};
  if (isFile(`${target}.html`)) return {file: `${target}.html`};
  if (isFile(join(target, "index.html"))) return {moved: `${pathname}/`};
  return null;
}

/**
 * Serves a folder on 127.0.0.1.
 *
 * @param dir folder to serve
 * @param port port to listen on; 0 (the default) takes any free one
 * @returns the server once it listens
 */
export function serve(dir: string, port = 0, {isolated = false}: ServeOptions = {}): Promise<Site> {
  const root = resolve(dir);
  const common: Record<string, string> = {
    // what is served is public: other sites may import embed.js
    "access-control-allow-origin": "*",
    "cache-control": "no-cache",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    ...(isolated && {
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
      "cross-origin-resource-policy": "same-origin"
    })
  };
  const server = createServer((request, response) => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.writeHead(405, {...common, allow: "GET, HEAD"}).end();
      return;
    }
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const found = findFile(root, url.pathname);
    if (found && "moved" in found) {
      response.writeHead(308, {...common, location: found.moved + url.search}).end();
      return;
    }
    const missing = found === null;
    const page = join(root, "404.html");
    if (missing && !existsSync(page)) {
      response.writeHead(404, {...common, "content-type": types[".txt"]!}).end("not found\n");
      return;
    }
    send(response, missing ? page : found.file, missing ? 404 : 200, request.method, common);
  });
  return new Promise((ready, failed) => {
    server.once("error", failed);
    server.listen(port, "127.0.0.1", () => {
      const {port: taken} = server.address() as AddressInfo;
      const close = () =>
        new Promise<void>((closed) => {
          server.close(() => closed());
          server.closeAllConnections();
        });
      ready({server, url: `http://127.0.0.1:${taken}/`, close});
    });
  });
}

function send(
  response: ServerResponse,
  file: string,
  status: number,
  method: string,
  headers: Record<string, string>
): void {
  response.writeHead(status, {
    ...headers,
    "content-type": types[extname(file)] ?? "application/octet-stream",
    "content-length": statSync(file).size
  });
  if (method === "HEAD") response.end();
  else
    createReadStream(file)
      .on("error", () => response.destroy())
      .pipe(response);
}

if (isMain(import.meta.url)) {
  const {values, positionals} = parseArgs({
    allowPositionals: true,
    options: {port: {type: "string", default: "3000"}, coi: {type: "boolean", default: false}}
  });
  const port = Number(values.port);
  const dir = positionals[0] ?? "dist";
  try {
    if (!Number.isInteger(port) || port < 0 || port > 65535)
      throw new Error(`invalid port: ${values.port} (must be 0 to 65535; 0 takes any free one)`);
    if (!existsSync(join(dir, "index.html")))
      throw new Error(`no site in ${dir}: run npm run build first`);
    const site = await serve(dir, port, {isolated: values.coi}).catch((error) => {
      if (error.code !== "EADDRINUSE" || values.port !== "3000") throw error;
      return serve(dir, 0, {isolated: values.coi});
    });
    console.log(`${site.url}`);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
