import {expect, test} from "vitest";
import {joinRows, tableMarkdown, tableText} from "../../bin/faults.js";

const row = (requirement: string, tried: number) => ({
  requirement,
  what: "killed",
  tried,
  survived: tried,
  lost: "nothing"
});

test("the table is in the order of the requirements and lines its columns up", () => {
  expect(tableText([row("R12", 3), row("R1", 20)]).split("\n")).toEqual([
    "     provoked  tried  survived  lost",
    "R1   killed       20        20  nothing",
    "R12  killed        3         3  nothing"
  ]);
});

test("in Markdown no cell ends early", () => {
  const rows = [{...row("every reader", 2), lost: "a | b\nc"}, row("R1", 20)];
  expect(tableMarkdown(rows)).toBe(
    "|  | provoked | tried | survived | lost |\n| --- | --- | --: | --: | --- |\n" +
      "| R1 | killed | 20 | 20 | nothing |\n| every reader | killed | 2 | 2 | a \\| b c |\n"
  );
});

test("attempts that several tests made are one row", () => {
  const rows = [row("R1", 20), row("R2", 1), {...row("R1", 3), survived: 2, lost: "a step"}];
  expect(joinRows(rows)).toEqual([
    {...row("R1", 23), survived: 22, lost: "nothing; a step"},
    row("R2", 1)
  ]);
});
