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

/** How PyTorch is to compute. */
export interface PyTorchOptions {
  threads: number;
  /** Which time it takes. */
  clock: "wall" | "cpu";
  device?: "cpu" | "cuda";
  /** Operation by operation, or a mode of torch.compile. */
  how?: "eager" | "default" | "reduce-overhead";
}

/** @param python the interpreter; null where it lacks torch or transformers, or the device is not there */
export async function startPyTorch(
  python: string,
  {threads, clock, device = "cpu", how = "eager"}: PyTorchOptions
): Promise<PyTorch | null> {
  const needed = device === "cuda" ? "; torch.zeros(1, device='cuda')" : "";
  const probe = spawnSync(
    python,
    ["-c", `import torch, transformers, safetensors${needed}; print(torch.__version__)`],
    {encoding: "utf8"}
  );
  if (probe.status !== 0) return null;
  const mode = how === "eager" ? "" : how === "default" ? ", compiled" : `, compiled (${how})`;
  const name = `PyTorch ${probe.stdout.trim()}${mode}`;
  const child = spawn(python, [script, String(threads), clock, device, how], {
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
