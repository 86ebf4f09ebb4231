/**
 * `npm run test:faults`: provokes every failure that the site promises to survive (killed workers,
 * tabs and graphics processes, full disks, hostile files and SQL) and prints a table of what was tried
 * and what survived; `test-results/faults.md` has it too, `faults.jsonl` its rows. Uses the site in `dist`, and builds it where it is missing. The last line is
 * `N passed, N failed`. Option: `--only TEXT` runs the files whose path holds that text.
 */
import {existsSync, mkdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {join, resolve} from "node:path";
import {parseArgs} from "node:util";
import type {TallyRow} from "../tests/faults/tally.js";
import {findBrowser} from "./findBrowser.js";
import {isMain, run, toolEnvironment} from "./process.js";
import {closingLine, countReport, type Counts} from "./test.js";

const results = "test-results";
const table = join(results, "faults.jsonl");
const written = join(results, "faults.md");
// whole paths: Playwright would read one that is not from the folder of its configuration
const reports = {
  node: resolve(results, "faults-node.json"),
  browser: resolve(results, "faults.json")
};

/** Rows of the same attempts, which several tests made, as one. */
export function joinRows(rows: readonly TallyRow[]): TallyRow[] {
  const joined = new Map<string, TallyRow>();
  for (const row of rows) {
    const key = `${row.requirement}: ${row.what}`;
    const before = joined.get(key);
    joined.set(
      key,
      before
        ? {
            ...before,
            tried: before.tried + row.tried,
            survived: before.survived + row.survived,
            lost: [...new Set([before.lost, row.lost])].join("; ")
          }
        : row
    );
  }
  return [...joined.values()];
}

/** Heads and rows of the table, in the order of the requirements; those with a number come first. */
function cellsOf(rows: readonly TallyRow[]): string[][] {
  const order = ({requirement}: TallyRow) => Number(/\d+/.exec(requirement)?.[0] ?? 99);
  return [
    ["", "provoked", "tried", "survived", "lost"],
    ...[...rows]
      .sort((a, b) => order(a) - order(b))
      .map((row) => [row.requirement, row.what, String(row.tried), String(row.survived), row.lost])
  ];
}

/** The rows as a table in Markdown. */
export function tableMarkdown(rows: readonly TallyRow[]): string {
  const [heads, ...body] = cellsOf(rows).map((row) =>
    row.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " "))
  );
  const line = (row: string[]) => `| ${row.join(" | ")} |\n`;
  return [line(heads!), line(["---", "---", "--:", "--:", "---"]), ...body.map(line)].join("");
}

/** The rows as a table of text. */
export function tableText(rows: readonly TallyRow[]): string {
  const cells = cellsOf(rows);
  const widths = cells[0]!.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)));
  return cells
    .map((row) =>
      row
        .map((cell, i) =>
          i === 2 || i === 3 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)
        )
        .join("  ")
        .trimEnd()
    )
    .join("\n");
}

async function faults(only: string | undefined): Promise<Counts> {
  const bin = (name: string) => join("node_modules", ".bin", name);
  const filter = only === undefined ? [] : [only];
  mkdirSync(results, {recursive: true});
  for (const file of [table, written, ...Object.values(reports)]) rmSync(file, {force: true});
  if (!existsSync("dist/index.html")) await run(bin("tsx"), ["bin/build.ts"]);
  const env = toolEnvironment({CI: "true", ALBERT_FAULTS_FILE: table});
  const node = await run(
    bin("vitest"),
    [
      ...["run", "--config", "tests/faults/vitest.config.ts", "--passWithNoTests"],
      ...["--reporter=default", "--reporter=json", `--outputFile.json=${reports.node}`, ...filter]
    ],
    {env}
  );
  const browser = await run(
    bin("playwright"),
    [
      ...["test", "--config", "tests/faults/playwright.config.ts", "--pass-with-no-tests"],
      ...["--reporter=list,json", ...filter]
    ],
    {env: {...env, ALBERT_BROWSER: findBrowser(), PLAYWRIGHT_JSON_OUTPUT_NAME: reports.browser}}
  );
  const counts: Counts = {passed: 0, failed: 0, skipped: 0};
  for (const report of Object.values(reports)) {
    if (!existsSync(report)) continue;
    const {passed, failed, skipped} = countReport(JSON.parse(readFileSync(report, "utf8")));
    counts.passed += passed;
    counts.failed += failed;
    counts.skipped += skipped;
  }
  if ((node !== 0 || browser !== 0) && counts.failed === 0) ++counts.failed;
  return counts;
}

if (isMain(import.meta.url))
  try {
    const {values} = parseArgs({options: {only: {type: "string"}}});
    const counts = await faults(values.only);
    if (existsSync(table)) {
      const lines = readFileSync(table, "utf8").trim().split("\n");
      const rows = joinRows(lines.map((line) => JSON.parse(line) as TallyRow));
      writeFileSync(written, tableMarkdown(rows));
      console.log(`\n${tableText(rows)}`);
    }
    console.log(`\n${closingLine(counts)}`);
    process.exitCode = counts.failed ? 1 : 0;
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
