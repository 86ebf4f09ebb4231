import {existsSync} from "node:fs";
import {expect, test} from "vitest";
import config from "../../observablehq.config.js";

const links = config.pages.flatMap(({pages}) => pages);

test("the list of pages names written pages only, each once", () => {
  const files = links.map(({path}) => `src${path.endsWith("/") ? `${path}index` : path}.md`);
  expect(files.filter((file) => !existsSync(file) && !existsSync(`${file}.ts`))).toEqual([]);
  expect(new Set(files).size).toBe(files.length);
});

test("nothing in the frame of a page comes from another site", () => {
  expect(config.globalStylesheets).toEqual([]);
  for (const {path} of [...links, {path: "/404"}])
    expect(config.head({path}), path).not.toMatch(/https?:/);
});
