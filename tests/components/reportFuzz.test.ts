// @vitest-environment jsdom
import fc from "fast-check";
import {expect, test} from "vitest";
import {readReportFile, reportFile} from "../../src/components/reportFile.js";
import type {Report} from "../../src/lib/report/report.js";
import {edit, mutate, tame} from "../lib/mutations.js";

const report: Report = {
  version: 1,
  title: "Two findings",
  parts: [
    {
      kind: "exhibit",
      id: "a",
      title: "Loss by step",
      facts: "n = 3",
      caption: "It falls.",
      svg: '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="7"/>',
      columns: ["step", "__proto__", "loss"],
      rows: [
        [1, "a", 3.25],
        [2, null, 2.5],
        [3, true, -1e300]
      ],
      sql: "SELECT 1",
      recipe: {seed: 1, model: {hidden_size: 6}},
      isRun: true,
      recipeHash: "0123456789ab",
      dataHash: "ba9876543210",
      page: "https://example.org/pretrain?seed=1",
      addedAt: "2026-01-02T03:04:05Z"
    },
    {kind: "words", id: "b", markdown: "## Why\n\nBecause *so*. <b>no</b>"}
  ]
};

const scripts = (file: string) =>
  [...new DOMParser().parseFromString(file, "text/html").querySelectorAll("script")].filter(
    ({type}) => type !== "application/json"
  );

test("what is read again is what was saved", () => {
  expect(readReportFile(reportFile(report), "a.html")).toEqual(report);
});

/** Whatever is read is shown without a script, and read again as it was; true where it was read. */
async function survives(text: string): Promise<boolean> {
  const read = await tame(() => readReportFile(text, "a.json"));
  if (read === null) return false;
  const file = reportFile(read);
  expect(scripts(file)).toEqual([]);
  expect(readReportFile(file, "again.html")).toEqual(read);
  return true;
}

test("1,500 files like a report's data end in a report that is shown, or in an InputError", async () => {
  const sound = new TextEncoder().encode(JSON.stringify(report));
  await fc.assert(
    fc.asyncProperty(fc.array(edit, {minLength: 1, maxLength: 3}), async (edits) => {
      await survives(new TextDecoder().decode(mutate(sound, edits)));
    }),
    {seed: 1, numRuns: 1500}
  );
}, 60_000);

test("so do 1,000 reports in which any value is another", async () => {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.jsonValue({maxDepth: 2}), async (which, value) => {
      const places: [Record<string, unknown>, string][] = [];
      const changed = JSON.parse(JSON.stringify(report), function (this: object, key, held) {
        places.push([this as Record<string, unknown>, key]);
        return held as unknown;
      }) as object;
      const [holder, key] = places[which % (places.length - 1)]!;
      holder[key] = value;
      if (await survives(JSON.stringify(changed))) ++accepted;
    }),
    {seed: 3, numRuns: 1000}
  );
  expect(accepted).toBeGreaterThan(100);
}, 60_000);

test("300 pages like a report's file end in a report or an InputError", async () => {
  const sound = new TextEncoder().encode(reportFile(report));
  const from = reportFile(report).indexOf('id="albert-report"') - 60;
  const head = sound.slice(0, from);
  await fc.assert(
    fc.asyncProperty(fc.array(edit, {minLength: 1, maxLength: 3}), async (edits) => {
      const bytes = [...head, ...mutate(sound.slice(from), edits)];
      const text = new TextDecoder().decode(Uint8Array.from(bytes));
      await tame(() => readReportFile(text, "a.html"));
    }),
    {seed: 2, numRuns: 300}
  );
});

test.each([
  ["{}", "a.json: version is missing"],
  ['{"version": 2}', "a.json: version 2 is newer than this page"],
  ['{"version": 1, "title": "t", "parts": [{"kind": "exhibit"}]}', "a.json: parts.0"],
  ["<html></html>", "a.json: no report in this file"],
  ["{", "a.json is not valid JSON: expected a key in quotes at character 1 (line 1), found the end"]
])("%s is refused in a sentence", (text, message) => {
  expect(() => readReportFile(text, "a.json")).toThrow(message);
});
