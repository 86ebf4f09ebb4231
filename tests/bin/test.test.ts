import {describe, expect, test} from "vitest";
import {closingLine, countReport} from "../../bin/test.js";

describe("countReport(json)", () => {
  test("reads vitest's report", () => {
    const json = {numPassedTests: 12, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1};
    expect(countReport(json)).toEqual({passed: 12, failed: 1, skipped: 3});
  });

  test("reads Playwright's report", () => {
    const json = {stats: {expected: 7, unexpected: 2, flaky: 1, skipped: 3}};
    expect(countReport(json)).toEqual({passed: 8, failed: 2, skipped: 3});
  });
});

test("closingLine(counts) is plain, and names skipped tests only where there are some", () => {
  expect(closingLine({passed: 12, failed: 0, skipped: 0})).toBe("12 passed, 0 failed");
  expect(closingLine({passed: 12, failed: 1, skipped: 3})).toBe("12 passed, 1 failed, 3 skipped");
});
