import {expect, test} from "vitest";
import {tableText} from "../../bin/faults.js";

test("the table is in the order of the requirements and lines its columns up", () => {
  const row = (requirement: string, tried: number) => ({
    requirement,
    what: "killed",
    tried,
    survived: tried,
    lost: "nothing"
  });
  expect(tableText([row("R12", 3), row("R1", 20)]).split("\n")).toEqual([
    "     provoked  tried  survived  lost",
    "R1   killed       20        20  nothing",
    "R12  killed        3         3  nothing"
  ]);
});
