/**
 * Reads a built site as a browser would and names what could not work offline under its policy:
 * scripts that do not parse, bare specifiers, missing files, dead links, addresses off the site.
 */
import {existsSync, readdirSync, readFileSync, statSync} from "node:fs";
import {dirname, join, resolve} from "node:path";
import {parse, type Node, type Program} from "acorn";
import {full} from "acorn-walk";
import {inlineScripts} from "./harden.js";
import {isMain} from "./process.js";

/** Reports a fault of the file being read. */
type Report = (fault: string) => void;

const offSite = /^(?:[a-z][\w+.-]*:)?\/\//i;
const inlineScheme = /^(?:data|blob|mailto|javascript|about):/i;

/** Framework's own table of implicit libraries names files that no page of ours asks for. */
const isImplicitTable = (file: string, target: string) =>
  /^_observablehq[\\/]/.test(file) && /(^|\/)_npm\/|^\.\/stdlib\//.test(target);

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

/** Where a relative or root-relative address points to in the site's folder. */
function locate(dist: string, file: string, address: string): string {
  const path = decodeURI(address.replace(/[?#].*$/s, ""));
  return path.startsWith("/") ? join(dist, path) : join(dist, dirname(file), path);
}

function isPage(path: string): boolean {
  return isFile(path) || isFile(`${path}.html`) || isFile(join(path, "index.html"));
}

/** The text of a literal or of a template without holes; null for anything computed. */
function literal(node: Node | null | undefined): string | null {
  if (!node) return null;
  if (node.type === "Literal") {
    const {value} = node as Node & {value: unknown};
    return typeof value === "string" ? value : null;
  }
  if (node.type !== "TemplateLiteral") return null;
  const {quasis} = node as Node & {quasis: {value: {cooked?: string | null}}[]};
  return quasis.length === 1 ? (quasis[0]!.value.cooked ?? null) : null;
}

type Call = Node & {callee: Node & {name?: string}; arguments: Node[]};

const isResolve = ({callee}: Call) => {
  const member = callee as Node & {object?: Node; property?: Node & {name?: string}};
  return (
    callee.type === "MemberExpression" &&
    member.object?.type === "MetaProperty" &&
    member.property?.name === "resolve"
  );
};

/** Addresses that running a script would load: `module` ones must be relative. */
function addresses(program: Program): {address: string; module: boolean}[] {
  const found: {address: string; module: boolean}[] = [];
  const loads = new Set(["fetch", "importScripts", "Worker", "SharedWorker", "EventSource"]);
  full(program, (node) => {
    const {source} = node as Node & {source?: Node | null};
    const add = (from: Node | null | undefined, module: boolean) => {
      const address = literal(from);
      if (address !== null) found.push({address, module});
    };
    if (/^(Import|Export)(Declaration|Expression|AllDeclaration|NamedDeclaration)$/.test(node.type))
      add(source, true);
    else if (node.type === "CallExpression" || node.type === "NewExpression") {
      const call = node as Call;
      if (isResolve(call)) add(call.arguments[0], true);
      else if (loads.has(call.callee.name ?? "")) add(call.arguments[0], false);
    }
  });
  return found;
}

function parseScript(code: string, module: boolean): Program | string {
  try {
    return parse(code, {ecmaVersion: "latest", sourceType: module ? "module" : "script"});
  } catch (error) {
    return (error as Error).message;
  }
}

function checkScript(
  dist: string,
  file: string,
  code: string,
  module: boolean,
  report: Report
): void {
  const program = parseScript(code, module);
  if (typeof program === "string") {
    const kind = file.endsWith(".html") ? "inline script" : "script";
    return report(`${kind} does not parse: ${program}`);
  }
  for (const {address, module} of addresses(program)) {
    if (inlineScheme.test(address)) continue;
    if (offSite.test(address)) report(`off-site address: ${address}`);
    else if (!module) continue;
    else if (!/^\.{0,2}\//.test(address)) report(`bare specifier: ${address}`);
    else if (!isFile(locate(dist, file, address)) && !isImplicitTable(file, address))
      report(`missing import: ${address}`);
  }
}

function checkStyle(dist: string, file: string, css: string, report: Report): void {
  const bare = css.replace(/\/\*[\s\S]*?\*\//g, "");
  const urls = /url\(\s*(?:"([^"]*)"|'([^']*)'|([^)"']*))\s*\)|@import\s+["']([^"']+)["']/g;
  for (const [, a, b, c, d] of bare.matchAll(urls)) {
    const address = (a ?? b ?? c ?? d ?? "").trim();
    if (offSite.test(address)) report(`off-site address in a style: ${address}`);
    else if (address && !address.startsWith("#") && !inlineScheme.test(address))
      if (!isFile(locate(dist, file, address))) report(`missing file in a style: ${address}`);
  }
}

function attribute(tag: string, name: string): string | null {
  const match = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, "i").exec(tag);
  return match ? (match[1] ?? match[2] ?? match[3]!).replace(/&amp;/g, "&") : null;
}

function checkPage(dist: string, file: string, html: string, report: Report): void {
  if (!/<html\s[^>]*lang="[a-z]/i.test(html)) report("no lang on <html>");
  if (!/<meta http-equiv="Content-Security-Policy"/i.test(html))
    report("no Content-Security-Policy");
  for (const {code, module} of inlineScripts(html)) checkScript(dist, file, code, module, report);
  for (const [, css] of html.matchAll(/<style[^>]*>([\s\S]*?)<\/style>/gi))
    checkStyle(dist, file, css!, report);
  const markup = html.replace(/<(script|style)\b([^>]*)>[\s\S]*?<\/\1>/gi, "<$1$2>");
  const root = file === "404.html" ? "" : file;
  for (const [tag, name] of markup.matchAll(/<([a-z][\w-]*)\b(?:"[^"]*"|'[^']*'|[^>"'])*>/gi)) {
    const element = name!.toLowerCase();
    const loaded = ["src", "poster", "data", ...(element === "a" ? [] : ["href", "xlink:href"])];
    for (const key of loaded) {
      const address = attribute(tag, key);
      if (address === null || address.startsWith("#") || inlineScheme.test(address)) continue;
      if (element === "base" || element === "area") continue;
      if (offSite.test(address)) report(`off-site address in <${element}>: ${address}`);
      else if (!isFile(locate(dist, root, address)) && !isPage(locate(dist, root, address)))
        report(`missing file in <${element}>: ${address}`);
    }
    const link = element === "a" ? attribute(tag, "href") : null;
    if (link && !link.startsWith("#") && !/^[a-z][\w+.-]*:|^\/\//i.test(link))
      if (!isPage(locate(dist, root, link))) report(`dead link: ${link}`);
  }
}

/**
 * Checks every page, script and style of a built site.
 *
 * @param folder the site
 * @returns one line per fault, `file: what`, in the order of file names; empty where all is well
 */
export function checkSite(folder: string): string[] {
  const dist = resolve(folder);
  const faults = new Set<string>();
  const files = readdirSync(dist, {recursive: true, encoding: "utf8"}).sort();
  for (const file of files) {
    const report: Report = (fault) => faults.add(`${file}: ${fault}`);
    const read = () => readFileSync(join(dist, file), "utf8");
    if (file.endsWith(".html")) checkPage(dist, file, read(), report);
    else if (file.endsWith(".css")) checkStyle(dist, file, read(), report);
    else if (/\.m?js$/.test(file)) {
      // attached files (_file) may be classic scripts; everything else is imported as a module
      const classic = /^_file[\\/]/.test(file);
      checkScript(dist, file, read(), !classic, report);
    }
  }
  if (!files.some((file) => file.endsWith(".html"))) faults.add(`${folder}: no page`);
  return [...faults];
}

if (isMain(import.meta.url)) {
  const faults = checkSite(process.argv[2] ?? "dist");
  for (const fault of faults) console.error(fault);
  console.log(faults.length ? `${faults.length} faults` : "no fault");
  process.exitCode = faults.length ? 1 : 0;
}
