/** What the plain operations give for a case: the numbers of every buffer that is written. */
import * as tf from "@tensorflow/tfjs-core";
import {activation, softplus} from "../../../../../src/lib/albert/ops/activation.js";
import {attentionContext, attentionProbs} from "../../../../../src/lib/albert/ops/attention.js";
import {crossEntropy} from "../../../../../src/lib/albert/ops/crossEntropy.js";
import {unitRows} from "../../../../../src/lib/albert/ops/lateInteraction.js";
import {layerNorm} from "../../../../../src/lib/albert/ops/layerNorm.js";
import type {Operand} from "../../../../../src/lib/albert/plan/instructions.js";
import {foundIn, namedNumbers, type InstructionCase} from "./instructionCases.js";

/** Expected numbers by the name of the buffer. */
export function expectedOf(made: InstructionCase): Map<string, number[]> {
  const result = tf.tidy(() =>
    Object.entries(reference(made)).map(([name, tensor]): [string, number[]] => [
      name,
      Array.from(tensor instanceof tf.Tensor ? tensor.dataSync() : tensor)
    ])
  );
  return new Map(result);
}

type Expected = Record<string, tf.Tensor | ArrayLike<number>>;

function reference(made: InstructionCase): Expected {
  const {instruction, sizes} = made;
  const numbers = namedNumbers(made);
  const of = (name: string, ...shape: number[]) => tf.tensor(numbers.get(name)!, shape);
  const size = (name: string) => {
    const value = sizes[name];
    if (value === undefined) throw new Error(`${made.name}: no ${name}`);
    return value;
  };
  switch (instruction.op) {
    case "gemm":
      return product(made);
    case "transpose":
      return {y: tf.transpose(of("x", size("rows"), size("width")))};
    case "layerNorm": {
      const shape = [size("rows"), size("width")];
      const [a, gain, bias] = [of("a", ...shape), of("gain", shape[1]!), of("bias", shape[1]!)];
      if (!numbers.has("residual")) return {y: layerNorm(a, gain, bias, 1e-5)};
      const sum = tf.add(a, of("residual", ...shape));
      return {sum, y: layerNorm(sum, gain, bias, 1e-5)};
    }
    case "layerNormBackward": {
      const shape = [size("rows"), size("width")];
      const gain = of("gain", shape[1]!);
      const [dx, dGain, dBias] = tf.grads((x, g, b) => layerNorm(x, g, b, 1e-5))(
        [of("sum", ...shape), gain, tf.zerosLike(gain)],
        of("dy", ...shape)
      );
      const add = (name: string, d: tf.Tensor) => tf.add(of(name, shape[1]!), d);
      return {dx: dx!, dGain: add("dGain", dGain!), dBias: add("dBias", dBias!)};
    }
    case "activate":
      return {y: activationOf(size("code"), of("x", numbers.get("x")!.length))};
    case "activateBackward": {
      const n = numbers.get("x")!.length;
      const [x, dy] = [of("x", n), of("dy", n)];
      // of tanh the instruction is given the output
      if (size("code") === 3) return {dx: tf.mul(dy, tf.sub(1, tf.square(x)))};
      return {dx: tf.grad((v) => activationOf(size("code"), v))(x, dy)};
    }
    case "attention":
    case "attentionBackward":
      return attend(made);
    case "crossEntropy": {
      const [rows, classes] = [size("rows"), size("classes")];
      const weights = numbers.get("weights")!;
      const labels = numbers.get("labels")!;
      const run = (x: tf.Tensor) => crossEntropy(x, labels, weights);
      const logits = of("logits", rows, classes);
      const {loss, correct} = run(logits);
      const total = weights.reduce((a, b) => a + b, 0);
      return {
        logits: tf.grad((x) => run(x).loss)(logits),
        out: [loss.dataSync()[0]!, correct.dataSync()[0]!, total]
      };
    }
    case "columnSums": {
      const x = tf.slice(
        of("x", size("rows"), 3 * size("width")),
        [0, size("width")],
        [-1, size("width")]
      );
      return {out: tf.add(of("out", size("width")), tf.sum(x, 0))};
    }
    case "multiply":
      return {y: tf.mul(of("a", 13), of("b", 13))};
    case "add":
      return {y: tf.add(of("a", 16), of("b", 16))};
    case "gatherRows":
      return {out: tf.gather(of("table", 11, 3), tf.cast(of("index", 17), "int32"))};
    case "scatterRows": {
      const table = numbers.get("table")!.slice();
      numbers.get("index")!.forEach((row, i) => {
        for (let c = 0; c < 3; ++c) table[row * 3 + c]! += numbers.get("rows")![i * 3 + c]!;
      });
      return {table};
    }
    case "unitRows": {
      const x = of("x", size("rows"), size("width"));
      return {y: unitRows(x), lengths: tf.norm(x, 2, 1)};
    }
    case "unitRowsBackward": {
      const [y, dy] = [of("y", 7, 5), of("dy", 7, 5)];
      const along = tf.mul(y, tf.sum(tf.mul(dy, y), 1, true));
      return {dx: tf.div(tf.sub(dy, along), of("lengths", 7, 1))};
    }
    case "scaleRows": {
      const x = of("x", 5, 7);
      const sums = tf.sum(x, 1, true);
      const isChosen = tf.cast(of("chosen", 5, 1), "bool");
      return {y: tf.where(isChosen, tf.divNoNan(x, sums), x), sums};
    }
    case "scaleRowsBackward": {
      const [y, dy] = [of("y", 5, 7), of("dy", 5, 7)];
      const along = tf.sub(dy, tf.sum(tf.mul(dy, y), 1, true));
      const isChosen = tf.cast(of("chosen", 5, 1), "bool");
      return {dx: tf.where(isChosen, tf.divNoNan(along, of("sums", 5, 1)), dy)};
    }
    case "lateInteraction":
      return {cosines: numbers.get("cosines")!, ...foundIn(numbers)};
    case "lateInteractionBackward":
      return likenessGradients(numbers, size("pairs"), size("sequence"), size("scale"));
    case "zero":
      return {out: numbers.get("out")!.slice().fill(0, 2, 15)};
  }
}

/** Gradients of `foundIn` at cosines and weights, ties sharing theirs. */
function likenessGradients(
  numbers: ReadonlyMap<string, Float32Array>,
  pairs: number,
  sequence: number,
  scale: number
): Expected {
  const of = (name: string) => numbers.get(name)!;
  const [cosines, weights, mask, best] = ["cosines", "weights", "mask", "best"].map(of);
  const pieces = Array.from({length: sequence}, (_, i) => i);
  const dCosines = new Float64Array(cosines!.length);
  const dWeights = new Float64Array(weights!.length);
  for (let text = 0; text < 2 * pairs; ++text) {
    const [pair, other] = [text % pairs, (text + pairs) % (2 * pairs)];
    const out = 2 * pair + Math.floor(text / pairs);
    const counted = pieces.map((i) => weights![text * sequence + i]! * mask![text * sequence + i]!);
    const total = counted.reduce((a, b) => a + b, 0);
    if (total === 0) continue;
    const share = (of("dOut")[out]! * scale) / total;
    for (const i of pieces) {
      const own = text * sequence + i;
      const ties = pieces
        .filter((j) => mask![other * sequence + j])
        .map((j) => pair * sequence ** 2 + (text < pairs ? i * sequence + j : j * sequence + i))
        .filter((at) => cosines![at] === best![own]);
      for (const at of ties) dCosines[at]! += (counted[i]! * share) / ties.length;
      dWeights[own] = (best![own]! - (of("out")[out]! / scale + 0.5)) * share * mask![own]!;
    }
  }
  return {dCosines, dWeights};
}

function activationOf(code: number, x: tf.Tensor): tf.Tensor {
  if (code === 4) return softplus(x);
  return code === 3 ? tf.tanh(x) : activation(x, (["gelu", "gelu_new", "relu"] as const)[code]!);
}

/** Row by row in doubles, by the addresses that the instruction itself names. */
function product(made: InstructionCase): Expected {
  const {operands} = made.instruction;
  const numbers = namedNumbers(made);
  const integer = (i: number) => (operands[i] as {integer: number}).integer;
  const region = (operand: Operand | undefined) =>
    operand && "region" in operand ? operand.region : null;
  const [a, b, c, bias] = [0, 3, 5, 11].map((i) => region(operands[i]));
  const values = (r: typeof a) => numbers.get(r!.buffer.name)!;
  const result = values(c).slice();
  const [m, n, k] = [integer(7), integer(8), integer(9)];
  const step = (i: number) => integer(i) / 4;
  for (let i = 0; i < m; ++i)
    for (let j = 0; j < n; ++j) {
      const at = c!.offset + i * step(6) + j;
      let sum = bias ? values(bias)[bias.offset + j]! : 0;
      if (integer(10)) sum += values(c)[at]!;
      for (let l = 0; l < k; ++l)
        sum +=
          values(a)[a!.offset + i * step(1) + l * step(2)]! *
          values(b)[b!.offset + l * step(4) + j]!;
      result[at] = sum;
    }
  return {c: result};
}

function attend(made: InstructionCase): Expected {
  const numbers = namedNumbers(made);
  const {
    batch,
    sequence: seq,
    heads,
    size
  } = made.sizes as Record<"batch" | "sequence" | "heads" | "size", number>;
  const H = heads * size;
  const shape = {batch, seq, heads, size};
  const full = [batch, heads, seq, seq];
  const qkv = tf.tensor(numbers.get("qkv")!, [batch * seq, 3 * H]);
  const drop = numbers.has("drop") ? tf.tensor(numbers.get("drop")!, full) : tf.onesLike(0);
  const masks = numbers.get("bias");
  const bias = masks ? tf.tensor(masks, [batch, 1, masks.length / (batch * seq), seq]) : null;
  const [q, k, v] = tf.split(qkv, 3, 1) as [tf.Tensor, tf.Tensor, tf.Tensor];
  const probs = attentionProbs(q, k, bias, shape);
  const kept = tf.mul(probs, drop);
  if (made.instruction.op === "attention")
    return {probs, context: attentionContext(kept, v, shape)};
  const dContext = tf.tensor(numbers.get("dContext")!, [batch * seq, H]);
  const changed = numbers.has("used") ? tf.tensor(numbers.get("used")!, full) : null;
  const [own, dv] = tf.grads((p, x) => attentionContext(p, x, shape))(
    [changed ?? kept, v],
    dContext
  );
  const dUsed = changed ? tf.add(own!, tf.tensor(numbers.get("dUsed")!, full)) : own!;
  const dProbs = tf.mul(dUsed, drop);
  const [dq, dk] = tf.grads((x, y) => attentionProbs(x, y, null, shape))([q, k], dProbs);
  const dQkv = tf.concat([dq!, dk!, dv!], 1);
  return changed ? {dQkv, dUsed} : {dQkv};
}
