/** The recorded benchmark: tables and one step taken apart, for the page /performance. */
import {existsSync, readFileSync} from "node:fs";
import type {GrowthRecord} from "../lib/albert/bench/growth.js";
import type {BenchRecord} from "../lib/albert/bench/table.js";

const records = ["terminal", "browser", "webgpu"]
  .map((name) => `data/performance/${name}.json`)
  .filter((file) => existsSync(file))
  .map((file) => JSON.parse(readFileSync(file, "utf8")) as BenchRecord);
const profile = records.find((record) => record.profile)?.profile;
if (!profile) throw new Error("data/performance: no record has a profile of a step");
const growth = JSON.parse(readFileSync("data/performance/growth.json", "utf8")) as GrowthRecord;
process.stdout.write(
  JSON.stringify({
    records: records.map((record) => ({...record, profile: undefined})),
    profile,
    growth
  })
);
