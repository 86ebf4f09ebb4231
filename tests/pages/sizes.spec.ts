import {readFileSync} from "node:fs";
import {budgetFile, pageSizes, sizeFaults} from "../../bin/sizes.js";
import {expect, test} from "./helpers.js";

test("pages load no more scripts than their budget, and nothing before it is needed", () => {
  const budget = JSON.parse(readFileSync(budgetFile, "utf8")) as Record<string, number>;
  console.log(
    `scripts of the first page: ${pageSizes()["/"]} kB (gzip); more is budgeted by \`npm run sizes -- --write\``
  );
  expect(sizeFaults("dist", budget)).toEqual([]);
});

test("a page that grows by over a tenth is named, and a large one without a budget", () => {
  const sizes = pageSizes();
  const budget = (share: number) =>
    Object.fromEntries(Object.entries(sizes).map(([page, size]) => [page, size / share]));
  expect(sizeFaults("dist", budget(1.09))).toEqual([]);
  const grown = sizeFaults("dist", budget(1.12));
  expect(grown).toHaveLength(Object.keys(sizes).length);
  for (const fault of grown) expect(fault).toMatch(/over its budget of \S+ kB by more than 10 %/);
  const [largest, size] = Object.entries(sizes).sort(([, a], [, b]) => b - a)[0]!;
  const others = Object.entries(sizes).filter(([page]) => page !== largest);
  expect(sizeFaults("dist", Object.fromEntries(others))).toEqual([
    `${largest} loads ${size} kB of scripts without a budget: npm run sizes -- --write`
  ]);
});
