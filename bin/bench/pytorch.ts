/** PyTorch as a contender, where a Python that has torch and transformers is found. */
import {spawn, spawnSync} from "node:child_process";
import {join} from "node:path";
import {createInterface} from "node:readline";
import type {BenchShape} from "./shapes.js";

export interface PyTorch {
  version: string;
  /** Prepares a shape. */
  load(shape: BenchShape): Promise<void>;
  /** Milliseconds of one step, or of one forward. */
  time(work: "step" | "forward"): Promise<number>;
  close(): void;
}

const script = join(import.meta.dirname, "pytorch.py");

/** @param python the interpreter; null where it lacks torch or transformers */
export async function startPyTorch(python: string, threads: number): Promise<PyTorch | null> {
  const probe = spawnSync(python, ["-c", "import torch, transformers; print(torch.__version__)"], {
    encoding: "utf8"
  });
  if (probe.status !== 0) return null;
  const child = spawn(python, [script, String(threads)], {stdio: ["pipe", "pipe", "ignore"]});
  const lines = createInterface({input: child.stdout})[Symbol.asyncIterator]();
  const ask = async (question: object): Promise<number> => {
    child.stdin.write(`${JSON.stringify(question)}\n`);
    const {value, done} = await lines.next();
    if (done) throw new Error("PyTorch ended early");
    return Number(value);
  };
  return {
    version: probe.stdout.trim(),
    load: async (shape) => void (await ask({load: shape})),
    time: (work) => ask({time: work}),
    close: () => child.stdin.end()
  };
}
