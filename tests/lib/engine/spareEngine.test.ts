import {expect, test} from "vitest";
import {SpareEngine} from "../../../src/lib/engine/spareEngine.js";

test("an engine is made when it is needed, kept while it answers, and made anew after its loss", () => {
  const made: {isLost: boolean; ended: number; terminate(): void}[] = [];
  const spare = new SpareEngine(() => {
    made.push({isLost: false, ended: 0, terminate: () => void ++made.at(-1)!.ended});
    return made.at(-1)!;
  });
  spare.close();
  expect(made).toHaveLength(0);
  expect(spare.engine).toBe(spare.engine);
  expect(made).toHaveLength(1);
  made[0]!.isLost = true;
  const second = spare.engine;
  expect(second).not.toBe(made[0]);
  expect(made.map(({ended}) => ended)).toEqual([1, 0]);
  spare.close();
  expect(made.map(({ended}) => ended)).toEqual([1, 1]);
  expect(spare.engine).not.toBe(second);
});
