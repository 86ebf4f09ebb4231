// @vitest-environment jsdom
import {expect, test} from "vitest";
import {domainForm} from "../../src/components/domainForm.js";
import {domainRows, domainTable, domainTitle} from "../../src/components/domainTable.js";
import type {DomainResult} from "../../src/lib/engine/fineTuning/domain.js";

const change = (mean: number, half: number, n: number) => ({
  before: 4.5,
  after: 4.5 + mean,
  change: {mean, low: mean - half, high: mean + half, n}
});
const result: DomainResult = {
  plan: {steps: 7, learning_rate: 0.001, seed: 1, seeds: 1},
  model: "m",
  domain: "law.txt",
  general: "news.txt",
  points: [],
  losses: {domain: change(-0.25, 0.1, 13), general: change(0.05, 0.2, 11)},
  score: {...change(0.02, Infinity, 1), task: "SST-2", metric: "accuracy", runs: []}
};

test("domainTable(result) shows numbers before and after, and the interval of the change", () => {
  const table = domainTable(result);
  const rows = Array.from(table.querySelectorAll("tbody tr"), (row) => row.textContent);
  expect(rows).toEqual([
    "masked-LM loss, law.txt4.5004.250−0.250−0.350 to −0.15013",
    "masked-LM loss, news.txt4.5004.550+0.050−0.150 to +0.25011",
    "SST-2, accuracy4.5004.520+0.020one pair has none1"
  ]);
  expect(domainRows(result)[0]).toMatchObject({change: -0.25, pairs: 13});
});

test("domainTitle(result) claims a change only where the interval holds no 0", () => {
  expect(domainTitle(result)).toBe(
    "Going on lowers the loss on law.txt by 0.250 nats a masked piece"
  );
  const unsure = {...result, losses: {...result.losses, domain: change(-0.05, 0.1, 13)}};
  expect(domainTitle(unsure)).toContain("no more than its rows differ");
});

test("domainForm() asks for a text before it speaks", () => {
  const form = domainForm();
  const values: unknown[] = [];
  form.addEventListener("input", () => values.push(form.value));
  const [go] = Array.from(form.querySelectorAll("button")).filter(
    ({textContent}) => textContent === "Go on pretraining"
  );
  go!.click();
  expect(values).toEqual([]);
  expect(form.textContent).toContain("no text yet");
});
