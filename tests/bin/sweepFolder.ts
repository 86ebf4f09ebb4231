/** A small sweep and the command that runs it, for tests that start, split and kill it. */
import {spawn} from "node:child_process";
import {mkdtemp, readFile, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {projectRoot} from "../../bin/process.js";

/** Twenty runs of a second in all. */
export const sweep = {
  name: "tiny",
  base: {
    model: {
      embedding_size: 4,
      hidden_size: 6,
      num_hidden_layers: 3,
      num_attention_heads: 2,
      intermediate_size: 11
    },
    tokenizer: {vocab_size: 120},
    corpus: {generate: {documents: 20, seed: 1}},
    batch: {size: 3, sequence_length: 13},
    schedule: {warmup_steps: 2},
    steps: 40
  },
  grid: {"model.sharing": ["none", "all"], "model.embedding_size": [3, 5]},
  seeds: 5,
  measures: ["tasks"]
};

/** The small sweep in a folder of its own. */
export class SweepFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async make(): Promise<SweepFolder> {
    const path = await mkdtemp(join(tmpdir(), "albert-sweep-"));
    await writeFile(join(path, "sweep.json"), JSON.stringify(sweep));
    return new SweepFolder(path);
  }

  /**
   * Runs `sweep FILE --output OUTPUT …`.
   *
   * @param output a folder in this one
   * @param killAfterMs kills the command after so long, if it is still at work
   * @param onStart told the id of its process
   * @returns its code, null where it was killed
   */
  start(
    output: string,
    words: readonly string[] = [],
    {
      file = "sweep.json",
      killAfterMs,
      onStart
    }: {file?: string; killAfterMs?: number; onStart?: (pid: number) => void} = {}
  ): Promise<{text: string; error: string; code: number | null}> {
    const what = [join(this.path, file), "--output", join(this.path, output), ...words];
    const child = spawn(process.execPath, ["--import", "tsx", "bin/albert.ts", "sweep", ...what], {
      cwd: projectRoot,
      stdio: ["ignore", "pipe", "pipe"]
    });
    if (child.pid !== undefined) onStart?.(child.pid);
    const heard = {text: "", error: ""};
    child.stdout.on("data", (data: Buffer) => (heard.text += String(data)));
    child.stderr.on("data", (data: Buffer) => (heard.error += String(data)));
    const timer =
      killAfterMs === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfterMs);
    return new Promise((done) =>
      child.on("close", (code) => {
        clearTimeout(timer);
        done({...heard, code});
      })
    );
  }

  /** The joined tables of an output. */
  tables(output: string): Promise<string[]> {
    return Promise.all(
      ["results.csv", "results.json"].map((table) =>
        readFile(join(this.path, output, table), "utf8")
      )
    );
  }
}
