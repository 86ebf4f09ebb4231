/**
 * Keeps a built site for use without a network. One cache holds one version: it is filled before it
 * is used, every file checked against the hash that the build wrote, so that no half-deployed site
 * is kept. Pages come from the network while there is one, and name their files by content; a file
 * is therefore the same wherever it comes from, and no page is ever put together from two versions.
 */

/** A file of the site, as the build lists it. */
export interface SiteFile {
  path: string;
  /** `sha256-…`, as for subresource integrity. */
  integrity: string;
  /** In bytes. */
  size: number;
  /** Kept when it is first used, not before. */
  isLarge: boolean;
}

/** What the worker tells its pages. */
export type OfflineMessage =
  | {type: "progress"; version: string; done: number; total: number}
  | {type: "kept"; version: string; bytes: number};

declare const BUILD: {version: string; files: SiteFile[]};

interface WorkerScope {
  location: Location;
  skipWaiting(): Promise<void>;
  clients: {
    claim(): Promise<void>;
    matchAll(options: object): Promise<{postMessage(message: OfflineMessage): void}[]>;
  };
  addEventListener(type: "install" | "activate", listener: (event: Lasting) => void): void;
  addEventListener(type: "fetch", listener: (event: Fetching) => void): void;
  addEventListener(type: "message", listener: (event: Lasting & MessageEvent) => void): void;
}

interface Lasting {
  waitUntil(work: Promise<unknown>): void;
}

interface Fetching extends Lasting {
  request: Request;
  respondWith(response: Promise<Response>): void;
}

const worker = self as unknown as WorkerScope;
const root = new URL("./", worker.location.href);
const prefix = `albert-site ${root.pathname} `;
const cacheName = prefix + BUILD.version;
const missingPage = new URL("404.html", root).href;
const listName = new URL("files.of.this.cache", root).href;
const known = new Map(BUILD.files.map((file) => [new URL(file.path, root).href, file]));
const kept = BUILD.files.filter(({isLarge}) => !isLarge);

/** How long a page waits for a slow network before the kept one is shown, in ms. */
const patience = 5000;

const ownCaches = async () =>
  (await caches.keys()).filter((name) => name.startsWith(prefix)).reverse();

async function tell(message: OfflineMessage): Promise<void> {
  const all = await worker.clients.matchAll({type: "window", includeUncontrolled: true});
  for (const client of all) client.postMessage(message);
}

/** A file of an older cache with the same bytes, or null. */
async function fromOlder(address: string, integrity: string): Promise<Response | null> {
  for (const name of await ownCaches()) {
    if (name === cacheName) continue;
    const cache = await caches.open(name);
    const list = await (await cache.match(listName))?.json();
    if (list?.[address] !== integrity) continue;
    const response = await cache.match(address);
    if (response) return response;
  }
  return null;
}

/** The bytes that the build listed, from the network, free of redirects. */
async function fetched(address: string, integrity: string): Promise<Response> {
  const response = await fetch(address, {integrity, cache: "no-cache"});
  if (!response.ok) throw new Error(`${address}: the server answers ${response.status}`);
  const type = response.headers.get("content-type") ?? "application/octet-stream";
  return new Response(await response.blob(), {headers: {"content-type": type}});
}

/** Keeps all files but the large ones; goes on where it was interrupted. */
async function fill(): Promise<void> {
  const cache = await caches.open(cacheName);
  const queue = kept.values();
  let done = 0;
  const work = async () => {
    for (const {path, integrity} of queue) {
      const address = new URL(path, root).href;
      if (!(await cache.match(address)))
        await cache.put(
          address,
          (await fromOlder(address, integrity)) ?? (await fetched(address, integrity))
        );
      if (++done % 20 === 0)
        await tell({type: "progress", version: BUILD.version, done, total: kept.length});
    }
  };
  await Promise.all([work(), work(), work(), work()]);
  const list = Object.fromEntries([...known].map(([address, file]) => [address, file.integrity]));
  await cache.put(listName, new Response(JSON.stringify(list)));
}

/** Drops what no tab can still use: all but this version and the one before. */
async function tidy(): Promise<void> {
  const others = (await ownCaches()).filter((name) => name !== cacheName);
  await Promise.all(others.slice(1).map((name) => caches.delete(name)));
}

/** Fills the cache where the reader had it forgotten while this worker went on. */
async function keepAgain(): Promise<void> {
  const cache = await caches.open(cacheName);
  if (!(await cache.match(listName))) await fill();
}

function keptMessage(): OfflineMessage {
  const bytes = kept.reduce((sum, {size}) => sum + size, 0);
  return {type: "kept", version: BUILD.version, bytes};
}

async function fromCaches(address: string): Promise<Response | null> {
  for (const name of await ownCaches()) {
    const response = await (await caches.open(name)).match(address);
    if (response) return response;
  }
  return null;
}

/** The page that answers an address, as a static host would find it. */
async function keptPage(url: URL): Promise<Response> {
  const path = url.origin + url.pathname;
  const cache = await caches.open(cacheName);
  const names = path.endsWith("/") ? [`${path}index.html`] : [path, `${path}.html`];
  for (const name of names) {
    const page = await cache.match(name);
    if (page && name !== missingPage) return page;
  }
  if (await cache.match(`${path}/index.html`)) return Response.redirect(`${path}/${url.search}`);
  const missing = await cache.match(missingPage);
  // the build knows no folder: that page names the server's root as its base
  const text = (await missing?.text())?.replace(
    '<base href="/">',
    `<base href="${root.pathname}">`
  );
  return new Response(text ?? "not found", {status: 404, headers: missing?.headers});
}

/**
 * The answer with its bytes read. Chromium (150) now and then breaks off the reading of an answer that
 * comes straight from a cache while the processor is busy (in 1 page of 60 to 200, all modules that were
 * on their way); a page would then stand without its figures.
 */
async function inOnePiece(found: Response): Promise<Response> {
  return new Response(await found.arrayBuffer(), {headers: found.headers});
}

/** A page from the network; the kept one where that fails, or takes too long. */
async function page(request: Request): Promise<Response> {
  const kept = () => keptPage(new URL(request.url));
  const network = fetch(request).then(
    (response) => (response.status >= 500 ? kept() : response),
    kept
  );
  const slow = new Promise<null>((done) => setTimeout(() => done(null), patience));
  const first = await Promise.race([network, slow]);
  if (first) return first;
  const found = await kept();
  return found.ok ? found : network;
}

async function file(event: Fetching): Promise<Response> {
  const address = event.request.url.replace(/#.*/, "");
  const large = known.get(address);
  const found = await fromCaches(address);
  if (found) return large?.isLarge ? found : inOnePiece(found);
  const response = await fetch(event.request);
  if (large?.isLarge && response.ok) event.waitUntil(keepLarge(address, large, response.clone()));
  return response;
}

/** Keeps a large file that was just used, if its bytes are those of this build. */
async function keepLarge(address: string, {integrity}: SiteFile, copy: Response): Promise<void> {
  const bytes = await copy.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  if (`sha256-${btoa(String.fromCharCode(...digest))}` !== integrity) return;
  const type = copy.headers.get("content-type") ?? "application/octet-stream";
  const cache = await caches.open(cacheName);
  await cache.put(address, new Response(bytes, {headers: {"content-type": type}}));
}

worker.addEventListener("install", (event) => {
  event.waitUntil(fill().then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(
    tidy()
      .then(() => worker.clients.claim())
      .then(() => tell(keptMessage()))
  );
});

worker.addEventListener("message", (event) => {
  // only who asked is told: of two versions that are there, a page asks the newer one
  if (event.data === "state")
    event.waitUntil(keepAgain().then(() => event.source?.postMessage(keptMessage())));
});

worker.addEventListener("fetch", (event) => {
  const {request} = event;
  if (request.method !== "GET" || !request.url.startsWith(root.href)) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else event.respondWith(file(event));
});
