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
