/**
 * `npm run bench:browser`: the built site's benchmark in a headless Chromium. Opens /performance, presses
 * its button for each size and prints the same Markdown table as `albert bench`; `--output` writes JSON.
 * Where bench/ is installed, the page's worker is one that measures its libraries by turns with the rest.
 */
import {existsSync} from "node:fs";
import {readFile, writeFile} from "node:fs/promises";
import {cpus} from "node:os";
import {parseArgs} from "node:util";
import {chromium, type Page} from "playwright";
import {benchShapes} from "../src/lib/albert/bench/shapes.js";
import {benchMarkdown, type BenchRecord} from "../src/lib/albert/bench/table.js";
import {backendNames, type BackendName} from "../src/lib/engine/deviceCalls.js";
import {InputError, errorMessage} from "../src/lib/errors.js";
import {siteWithPeers} from "./bench/browserSite.js";
import {browserPeers} from "./bench/peers.js";
import {withPath} from "./files.js";
import {browserArguments, findBrowser} from "./findBrowser.js";
import {isMain} from "./process.js";
import {serve} from "./serve.js";

/** Sizes and rounds that the page offers. */
const shapes = ["phone", "standard", "lab"] as const;
const roundChoices = ["5", "15"] as const;
/** The longest that one size may take. */
const longestMs = 60 * 60_000;

/** What `npm run bench:browser` takes. */
export interface BrowserBenchOptions {
  shapes: readonly (typeof shapes)[number][];
  backend: BackendName;
  rounds: (typeof roundChoices)[number];
  /** Serve with the two headers that allow threads. */
  isolated: boolean;
}

/** @throws InputError for a flag or value that there is not */
export function browserBenchOptions(argv: string[]): BrowserBenchOptions & {output?: string} {
  let values;
  try {
    ({values} = parseArgs({
      args: argv,
      options: {
        shape: {type: "string", multiple: true},
        backend: {type: "string", default: "wasm"},
        rounds: {type: "string", default: "5"},
        isolated: {type: "boolean", default: false},
        output: {type: "string"}
      }
    }));
  } catch (error) {
    throw new InputError(errorMessage(error));
  }
  const oneOf = <T extends string>(flag: string, value: string, known: readonly T[]): T => {
    const found = known.find((name) => name === value);
    if (!found) throw new InputError(`--${flag}: ${value} (expected ${known.join(", ")})`);
    return found;
  };
  return {
    shapes: (values.shape ?? ["phone", "standard"]).map((name) => oneOf("shape", name, shapes)),
    backend: oneOf("backend", values.backend, backendNames),
    rounds: oneOf("rounds", values.rounds, roundChoices),
    isolated: values.isolated,
    output: values.output
  };
}

/** Measures with the site in `dist`. @throws InputError where there is none, or the page fails */
export async function benchInBrowser(options: BrowserBenchOptions): Promise<BenchRecord> {
  if (!existsSync("dist/index.html"))
    throw new InputError("no site in dist: run npm run build first");
  const {there, skipped} = browserPeers(options.backend);
  const copy = there.length ? await siteWithPeers("dist", there) : null;
  try {
    return await measureSite(copy?.folder ?? "dist", options, skipped);
  } finally {
    await copy?.remove();
  }
}

async function measureSite(
  folder: string,
  options: BrowserBenchOptions,
  skipped: readonly string[]
): Promise<BenchRecord> {
  const site = await serve(folder, 0, {isolated: options.isolated});
  const browser = await chromium.launch({
    executablePath: findBrowser(),
    args: [...browserArguments]
  });
  try {
    // nothing beside the measurement: on a first visit the site would keep itself for later
    const page = await browser.newPage({serviceWorkers: "block"});
    await page.goto(`${site.url}performance?backend=${options.backend}`);
    const records: BenchRecord[] = [];
    for (const shape of options.shapes) records.push(await measure(page, shape, options.rounds));
    const [first] = records;
    return {
      ...first!,
      machine: `${cpus()[0]!.model.trim()}, ${cpus().length} cores, Chromium ${browser.version()}, ${options.backend}${options.isolated ? ", cross-origin isolated" : ""}`,
      rows: records.flatMap(({rows}) => rows),
      skipped: [
        ...skipped,
        "PyTorch and transformers.js on native code are measured in the terminal only"
      ]
    };
  } finally {
    await browser.close();
    await site.close();
  }
}

/** Presses the page's button and takes the file that it saves. */
async function measure(page: Page, shape: string, rounds: string): Promise<BenchRecord> {
  const choice = (name: string, group: string) =>
    page.getByRole("group", {name: group}).last().getByRole("radio", {name, exact: true});
  await choice(shape, "a model of the size").check();
  await choice(rounds, "rounds").check();
  await page.getByRole("button", {name: "Measure here", exact: true}).click();
  const status = page.locator(".status").first();
  await page.waitForFunction(
    (node) => ["done", "error"].includes((node as HTMLElement | null)?.dataset.state ?? ""),
    await status.elementHandle(),
    {timeout: longestMs}
  );
  if ((await status.getAttribute("data-state")) === "error")
    throw new InputError(`the page says: ${await status.textContent()}`);
  const saved = page.waitForEvent("download");
  await page.getByRole("button", {name: "json", exact: true}).click();
  return JSON.parse(await readFile(await (await saved).path(), "utf8")) as BenchRecord;
}

if (isMain(import.meta.url))
  try {
    const {output, ...options} = browserBenchOptions(process.argv.slice(2));
    console.error(
      `${options.shapes.map((shape) => `${shape} (${benchShapes[shape].about})`).join("; ")}, ${options.rounds} rounds; this takes minutes`
    );
    const record = await benchInBrowser(options);
    console.log(benchMarkdown(record));
    const json = `${JSON.stringify(record, null, 1)}\n`;
    if (output !== undefined) await withPath(output, () => writeFile(output, json));
  } catch (error) {
    console.error(errorMessage(error));
    process.exitCode = 1;
  }
