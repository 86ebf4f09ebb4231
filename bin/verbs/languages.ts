import {join} from "node:path";
import {compareLanguages, type LanguagesResult} from "../../src/lib/engine/languages.js";
import {readArguments, UsageError} from "../arguments.js";
import {writeBytes} from "../files.js";
import {nodeBackends, useNodeBackend} from "../nodeBackends.js";
import {resultLines} from "../resultLines.js";

export const usage =
  `languages --output DIR [--parallel SHARE,SHARE,… --documents N --steps N --seeds N --sentences N] ` +
  `[--backend ${nodeBackends.join("|")}]`;
export const does =
  "pretrains on two generated languages, with shares of parallel text, over seeds; looks for the translation of sentences among others; goes on where it stopped";

/** Runs every share and seed that has no result yet. */
export async function run(argv: string[]): Promise<void> {
  const args = readArguments(argv, {
    output: "value",
    parallel: "value",
    documents: "value",
    steps: "value",
    seeds: "value",
    sentences: "value",
    backend: "value"
  });
  const output = args.required("output");
  const shares = (args.value("parallel") ?? "0,0.25").split(",").map(Number);
  const wrong = shares.find((share) => !(share >= 0 && share <= 1));
  if (wrong !== undefined) throw new UsageError("--parallel: expected shares from 0 to 1");
  const sizes = {
    documents: args.integer("documents", 2) ?? 400,
    steps: args.integer("steps", 1) ?? 600,
    sentences: args.integer("sentences", 2) ?? 200
  };
  const seeds = args.integer("seeds", 1) ?? 3;
  await useNodeBackend(args.oneOf("backend", nodeBackends));
  const {results, add} = await resultLines<LanguagesResult>(join(output, "results.jsonl"));
  for (const parallel of shares)
    for (let seed = 1; seed <= seeds; ++seed) {
      const plan = {...sizes, parallel, seed};
      if (results.some((result) => JSON.stringify(result.plan) === JSON.stringify(plan))) continue;
      const result = await compareLanguages(plan);
      await add(result);
      const found = result.points
        .at(-1)!
        .byDepth.map((share) => share.toFixed(3))
        .join(", ");
      console.log(
        `parallel ${parallel} · seed ${seed} · accuracy at one by depth ${found} · by shared words ${result.byWords.toFixed(3)} · chance ${(1 / sizes.sentences).toFixed(3)}`
      );
    }
  await writeBytes(join(output, "results.json"), `${JSON.stringify(results, null, 1)}\n`);
}
