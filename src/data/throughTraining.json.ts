/** The run that made the stored model, at steps that double; see data/SOURCES.md. */
import {readFileSync} from "node:fs";

const text = readFileSync("data/runs/laptop/through-training.json", "utf8");
// Three decimals are more than a thumbnail shows.
const rounded = (key: string, value: unknown) =>
  key === "data" ? (value as number[]).map((p) => +p.toFixed(3)) : value;
process.stdout.write(JSON.stringify(JSON.parse(text), rounded));
