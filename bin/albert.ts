/** The terminal: `npm run -s albert -- VERB …`, the same library as the page, on Node. */
import {errorMessage, InputError} from "../src/lib/errors.js";
import {UsageError} from "./arguments.js";
import {withdrawWebgpu} from "./dawn.js";

interface Verb {
  usage: string;
  does: string;
  run(argv: string[]): Promise<void>;
}

const verbs: Record<string, () => Promise<Verb>> = {
  tokenize: () => import("./verbs/tokenize.js"),
  coverage: () => import("./verbs/coverage.js"),
  forward: () => import("./verbs/forward.js"),
  train: () => import("./verbs/train.js"),
  finetune: () => import("./verbs/finetune.js"),
  evaluate: () => import("./verbs/evaluate.js"),
  tasks: () => import("./verbs/tasks.js"),
  curve: () => import("./verbs/curve.js"),
  domain: () => import("./verbs/domain.js"),
  languages: () => import("./verbs/languages.js"),
  probe: () => import("./verbs/probe.js"),
  sweep: () => import("./verbs/sweep.js"),
  time: () => import("./verbs/time.js"),
  bench: () => import("./verbs/bench.js")
};

async function usage(): Promise<string> {
  const all = await Promise.all(Object.values(verbs).map((load) => load()));
  return [
    "npm run -s albert -- VERB …",
    ...all.map((verb) => `\n  ${verb.usage}\n      ${verb.does}`)
  ].join("\n");
}

// Where what we print is read by a command that has ended (`| head`), we end too.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(141);
  throw error;
});

const [name, ...rest] = process.argv.slice(2);
try {
  if (name === undefined || name === "--help" || name === "help") {
    console.log(await usage());
  } else {
    const load = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
    if (!load)
      throw new UsageError(`unknown verb ${name} (expected ${Object.keys(verbs).join(", ")})`);
    const verb = await load();
    if (rest.includes("--help")) console.log(`npm run -s albert -- ${verb.usage}\n${verb.does}`);
    else await verb.run(rest);
  }
} catch (error) {
  const expected = error instanceof InputError;
  process.stderr.write(`${expected ? "" : "unexpected error: "}${oneLine(errorMessage(error))}\n`);
  if (!expected && process.env.ALBERT_DEBUG) console.error(error);
  process.exitCode = 1;
} finally {
  withdrawWebgpu();
}

function oneLine(message: string): string {
  return message.replace(/\s*\n\s*/g, " ");
}
