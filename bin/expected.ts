/** Writes what the self-test expects, as the plain form computes it on TensorFlow.js's cpu backend. */
import {writeFileSync} from "node:fs";
import {plainExpected} from "../src/lib/engine/selfTest.js";
import {toBase64} from "../src/lib/tokenizer/base64.js";
import {useNodeBackend} from "./nodeBackends.js";
import {isMain} from "./process.js";

if (isMain(import.meta.url)) {
  await useNodeBackend("cpu");
  const {loss, gradient, answers} = await plainExpected();
  const text = (values: Float32Array) => toBase64(new Uint8Array(values.slice().buffer));
  writeFileSync(
    "src/lib/engine/expected.generated.ts",
    `// Written by bin/expected.ts from the plain form; do not edit.\n` +
      `/** 32-bit floats in base64, little-endian; gradients in the order of the parameters. */\n` +
      `export const expectedBase64 = {\n` +
      `  loss: "${text(Float32Array.of(loss))}",\n` +
      `  gradient:\n    "${text(gradient)}",\n` +
      `  answers:\n    "${text(answers)}"\n};\n`
  );
}
