/** The tables of the page on GLUE, as its loader prints them. */
import {execFileSync} from "node:child_process";
import type {GlueDatabase} from "../../../src/lib/glue/database.js";

export function loadGlue(): GlueDatabase {
  const printed = execFileSync(process.execPath, ["--import", "tsx", "src/data/glue.json.ts"], {
    encoding: "utf8",
    maxBuffer: 1 << 26
  });
  return JSON.parse(printed) as GlueDatabase;
}
