/** PyTorch as a contender, where a Python that has torch and transformers is found. */
import {spawn, spawnSync} from "node:child_process";
import {mkdtemp, rm, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {createInterface} from "node:readline";
import type {MakeContender} from "../../src/lib/albert/bench/bench.js";
import type {Turn} from "../../src/lib/albert/bench/byTurns.js";
import {benchAdam} from "../../src/lib/albert/bench/stockModel.js";
import {writeSafetensors} from "../../src/lib/albert/checkpoint/safetensors.js";
import {storedTensors} from "../../src/lib/albert/checkpoint/write.js";

export interface PyTorch {
  make: MakeContender;
  close(): void;
}

const script = join(import.meta.dirname, "pytorch.py");

/**
 * @param python the interpreter; null where it lacks torch or transformers
 * @param clock which time it takes
 */
export async function startPyTorch(
  python: string,
  threads: number,
  clock: "wall" | "cpu"
): Promise<PyTorch | null> {
  const probe = spawnSync(
    python,
    ["-c", "import torch, transformers, safetensors; print(torch.__version__)"],
    {encoding: "utf8"}
  );
  if (probe.status !== 0) return null;
  const name = `PyTorch ${probe.stdout.trim()}`;
  const child = spawn(python, [script, String(threads), clock], {
    stdio: ["pipe", "pipe", "inherit"]
  });
  const lines = createInterface({input: child.stdout})[Symbol.asyncIterator]();
  const ask = async (question: object): Promise<Turn> => {
    child.stdin.write(`${JSON.stringify(question)}\n`);
    const {value, done} = await lines.next();
    if (done) throw new Error("PyTorch ended early");
    return JSON.parse(value) as Turn;
  };
  return {
    async make({config, data, batch}) {
      const folder = await mkdtemp(join(tmpdir(), "bench-"));
      const weights = join(folder, "model.safetensors");
      try {
        await writeFile(weights, writeSafetensors(storedTensors(config, data)));
        const {inputIds, maskedPositions, maskedLabels, sequence} = batch;
        await ask({
          config,
          weights,
          adam: benchAdam,
          batch: batch.batch,
          sequence,
          inputIds: [...inputIds],
          maskedPositions: [...maskedPositions],
          maskedLabels: [...maskedLabels]
        });
      } finally {
        await rm(folder, {recursive: true});
      }
      return {
        name,
        step: () => ask({time: "step"}),
        forward: () => ask({time: "forward"}),
        dispose: () => {}
      };
    },
    close: () => child.stdin.end()
  };
}
