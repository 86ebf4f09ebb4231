/**
 * `npm test`: every check of the project, one stage after the other, ending at the first that fails.
 * The last line is `N passed, N failed`. Options: `--only NAME[,NAME]` runs some stages; `--also
 * COMMAND` adds a stage at the end.
 */
import {existsSync, mkdirSync, readFileSync, rmSync} from "node:fs";
import {join} from "node:path";
import {parseArgs} from "node:util";
import {findBrowser} from "./findBrowser.js";
import {isMain, run, toolEnvironment} from "./process.js";

/** How many tests passed, failed and were left out. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

interface Stage {
  name: string;
  title: string;
  run(): Promise<number>;
  /** The report to count from, where the stage has one. */
  report?: string;
}

const results = "test-results";
const pageReport = join(results, "pages.json");

const tool = (name: string, args: string[], extra: NodeJS.ProcessEnv = {}) =>
  run(join("node_modules", ".bin", name), args, {env: toolEnvironment({CI: "true", ...extra})});

/** The tests of the projects of vitest.config.ts whose names begin so. */
function vitest(name: string, title: string): Stage {
  const report = join(results, `${name}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  return {
    name,
    title,
    report,
    run: () => tool("vitest", ["run", `--project=${name}*`, ...reporters])
  };
}

const stages: readonly Stage[] = [
  {name: "types", title: "types", run: () => tool("tsc", ["--noEmit"])},
  {name: "lint", title: "lint", run: () => tool("eslint", ["--max-warnings", "0", "."])},
  {name: "format", title: "format", run: () => tool("prettier", ["--check", "."])},
  vitest("unit", "unit, numerics, views, data"),
  vitest("thorough", "in a terminal, a browser or on a graphics device"),
  {name: "build", title: "build", run: () => tool("tsx", ["bin/build.ts"])},
  {
    name: "pages",
    title: "built site in a browser",
    report: pageReport,
    run: () =>
      tool("playwright", ["test", "--reporter=list,json"], {
        ALBERT_BROWSER: findBrowser(),
        PLAYWRIGHT_JSON_OUTPUT_NAME: pageReport
      })
  }
];

/** Counts of a report by vitest (`numPassedTests` …) or Playwright (`stats`). */
export function countReport(json: unknown): Counts {
  const report = json as {
    numPassedTests?: number;
    numFailedTests?: number;
    numPendingTests?: number;
    numTodoTests?: number;
    stats?: {expected: number; unexpected: number; flaky: number; skipped: number};
  };
  if (report.stats) {
    const {expected, unexpected, flaky, skipped} = report.stats;
    return {passed: expected + flaky, failed: unexpected, skipped};
  }
  return {
    passed: report.numPassedTests ?? 0,
    failed: report.numFailedTests ?? 0,
    skipped: (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0)
  };
}

/** The closing line. */
export function closingLine({passed, failed, skipped}: Counts): string {
  return `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`;
}

function addReport(counts: Counts, file: string): void {
  if (!existsSync(file)) return;
  const {passed, failed, skipped} = countReport(JSON.parse(readFileSync(file, "utf8")));
  counts.passed += passed;
  counts.failed += failed;
  counts.skipped += skipped;
}

/** The stages to run; throws where `only` names one that is not there. */
function chooseStages(only: string | undefined, also: string | undefined): Stage[] {
  const names = only?.split(",");
  const unknown = names?.find((name) => !stages.some((stage) => stage.name === name));
  if (unknown !== undefined)
    throw new Error(
      `invalid --only: ${unknown} (expected ${stages.map(({name}) => name).join(", ")})`
    );
  const chosen = stages.filter(({name}) => !names || names.includes(name));
  if (also) chosen.push({name: "also", title: also, run: () => run("sh", ["-c", also])});
  return chosen;
}

async function runStages(chosen: readonly Stage[]): Promise<Counts> {
  const counts: Counts = {passed: 0, failed: 0, skipped: 0};
  mkdirSync(results, {recursive: true});
  for (const stage of chosen) {
    console.log(`\n── ${stage.title}`);
    if (stage.report) rmSync(stage.report, {force: true});
    const start = performance.now();
    const before = counts.failed;
    const code = await stage.run().catch((error: Error) => {
      console.error(error.message);
      return 1;
    });
    if (stage.report) addReport(counts, stage.report);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`── ${stage.title}: ${code === 0 ? "ok" : "FAILED"} in ${seconds} s`);
    if (code === 0) continue;
    // a stage can fail with no failing test: a type error, a crash, an empty run
    if (counts.failed === before) ++counts.failed;
    break;
  }
  return counts;
}

if (isMain(import.meta.url))
  try {
    const {values} = parseArgs({options: {only: {type: "string"}, also: {type: "string"}}});
    const counts = await runStages(chooseStages(values.only, values.also));
    console.log(`\n${closingLine(counts)}`);
    process.exitCode = counts.failed ? 1 : 0;
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
