/** Loader of data/glue: checks every row and prints the database of the /glue/ pages as JSON. */
import {readFileSync, readdirSync} from "node:fs";
import {claimsTable} from "../lib/claims/table.js";
import {parseAblations} from "../lib/glue/ablations.js";
import {parseConfigs} from "../lib/glue/configs.js";
import {checkConfigNames} from "../lib/glue/database.js";
import {parseResults} from "../lib/glue/results.js";
import {sourcesSpec} from "../lib/glue/resultsSpec.js";
import {parseTable} from "../lib/glue/table.js";
import type {GlueDatabase} from "../lib/glue/database.js";

const folder = "data/glue";
const read = (name: string) => readFileSync(name, "utf8");
const one = (name: string) => new Map([[`${folder}/${name}`, read(`${folder}/${name}`)]]);

const sources = parseTable(sourcesSpec, one("sources.csv"));
const files = readdirSync(`${folder}/results`)
  .filter((name) => name.endsWith(".csv"))
  .sort()
  .map((name) => [`${folder}/results/${name}`, read(`${folder}/results/${name}`)] as const);
const results = parseResults(new Map(files), sources);
const ablations = parseAblations(read(`${folder}/ablations.csv`), `${folder}/ablations.csv`);
const configs = parseConfigs(read(`${folder}/configs.csv`), `${folder}/configs.csv`);
checkConfigNames(results, configs);

const database: GlueDatabase = {tables: [results, ablations, configs, claimsTable(), sources]};
process.stdout.write(JSON.stringify(database));
