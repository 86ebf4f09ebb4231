/**
 * An encoder written a second time, in plain loops over doubles, as what the library is tested
 * against. It shares no code with the library: names, groups, masks, activations and losses are
 * its own.
 */

export interface ReferenceConfig {
  vocabSize: number;
  embeddingSize: number;
  hiddenSize: number;
  numHiddenLayers: number;
  groups: number;
  inner: number;
  /** Which half of a layer is stored in group 0 only. */
  half?: "attention" | "ffn";
  numAttentionHeads: number;
  intermediateSize: number;
  hiddenAct: string;
  layerNormEps: number;
  prefix: string;
}

export type Weights = Map<string, {shape: number[]; data: ArrayLike<number>}>;

/** Rows of doubles. */
type Matrix = number[][];

const erf = (x: number): number => {
  const a = Math.abs(x);
  if (a > 6) return Math.sign(x);
  if (a < 2.5) {
    let term = a;
    let sum = a;
    for (let n = 1; n < 120; ++n) {
      term *= (-a * a) / n;
      sum += term / (2 * n + 1);
    }
    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
  }
  let fraction = 0;
  for (let k = 120; k > 0; --k) fraction = k / 2 / (a + fraction);
  return Math.sign(x) * (1 - Math.exp(-a * a) / (a + fraction) / Math.sqrt(Math.PI));
};

export const act = (name: string, x: number): number =>
  name === "relu"
    ? Math.max(0, x)
    : name === "gelu"
      ? (x / 2) * (1 + erf(x / Math.SQRT2))
      : (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

const softmax = (scores: number[]): number[] => {
  const max = Math.max(...scores);
  const powers = scores.map((s) => Math.exp(s - max));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((p) => p / sum);
};

export class Reference {
  readonly config: ReferenceConfig;
  readonly weights: Weights;

  constructor(config: ReferenceConfig, weights: Weights) {
    this.config = config;
    this.weights = weights;
  }

  #get(name: string) {
    const found = this.weights.get(name);
    if (!found) throw new Error(`reference: no weight ${name}`);
    return found;
  }

  /** x·wᵀ + b. */
  linear(x: Matrix, name: string): Matrix {
    const w = this.#get(`${name}.weight`);
    const b = this.#get(`${name}.bias`).data;
    return this.product(x, w).map((row) => row.map((value, o) => value + b[o]!));
  }

  product(x: Matrix, {shape, data}: {shape: number[]; data: ArrayLike<number>}): Matrix {
    const [outs, ins] = shape as [number, number];
    return x.map((row) =>
      Array.from({length: outs}, (_, o) => {
        let sum = 0;
        for (let i = 0; i < ins; ++i) sum += row[i]! * data[o * ins + i]!;
        return sum;
      })
    );
  }

  norm(x: Matrix, name: string): Matrix {
    const gain = this.#get(`${name}.weight`).data;
    const bias = this.#get(`${name}.bias`).data;
    return x.map((row) => {
      const mean = row.reduce((a, b) => a + b, 0) / row.length;
      const variance = row.reduce((a, b) => a + (b - mean) ** 2, 0) / row.length;
      const scale = Math.sqrt(variance + this.config.layerNormEps);
      return row.map((value, i) => ((value - mean) / scale) * gain[i]! + bias[i]!);
    });
  }

  /** One row of pieces. `headMask[depth][head]` multiplies attention, if given. */
  encode(ids: number[], mask: number[], types: number[], headMask?: number[][]) {
    const {config} = this;
    const {prefix, numHiddenLayers, groups, inner, half} = config;
    const table = (name: string, row: number) => {
      const {shape, data} = this.#get(`${prefix}embeddings.${name}_embeddings.weight`);
      return Array.from({length: shape[1]!}, (_, i) => data[row * shape[1]! + i]!);
    };
    const summed = ids.map((id, position) => {
      const parts = [table("word", id), table("position", position)];
      if (this.weights.has(`${prefix}embeddings.token_type_embeddings.weight`))
        parts.push(table("token_type", types[position]!));
      return parts[0]!.map((_, i) => parts.reduce((sum, part) => sum + part[i]!, 0));
    });
    const embeddings = this.norm(summed, `${prefix}embeddings.LayerNorm`);
    const mapping = `${prefix}encoder.embedding_hidden_mapping_in`;
    let h = this.weights.has(`${mapping}.weight`) ? this.linear(embeddings, mapping) : embeddings;
    const hidden = [h];
    const attentions: number[][][][] = [];
    for (let depth = 0; depth < numHiddenLayers * inner; ++depth) {
      const group = Math.floor((Math.floor(depth / inner) * groups) / numHiddenLayers);
      const path = (part: "attention" | "ffn", name: string) =>
        `${prefix}encoder.albert_layer_groups.${half === part ? 0 : group}.albert_layers.${depth % inner}.${name}`;
      const {context, probs} = this.#attend(
        h,
        mask,
        (name) => path("attention", name),
        headMask?.[depth]
      );
      attentions.push(probs);
      const out = this.linear(context, path("attention", "attention.dense"));
      const middle = this.norm(
        out.map((row, t) => row.map((value, i) => value + h[t]![i]!)),
        path("attention", "attention.LayerNorm")
      );
      const units = this.linear(middle, path("ffn", "ffn")).map((row) =>
        row.map((value) => act(config.hiddenAct, value))
      );
      const fed = this.linear(units, path("ffn", "ffn_output"));
      h = this.norm(
        fed.map((row, t) => row.map((value, i) => value + middle[t]![i]!)),
        path("ffn", "full_layer_layer_norm")
      );
      hidden.push(h);
    }
    const hasPooler = this.weights.has(`${prefix}pooler.weight`);
    const pooled = hasPooler
      ? this.linear([h[0]!], `${prefix}pooler`)[0]!.map((value) => Math.tanh(value))
      : null;
    return {embeddings, hidden, attentions, last: h, pooled};
  }

  #attend(h: Matrix, mask: number[], path: (name: string) => string, heads?: number[]) {
    const {numAttentionHeads, hiddenSize} = this.config;
    const size = hiddenSize / numAttentionHeads;
    const [q, k, v] = ["query", "key", "value"].map((name) =>
      this.linear(h, path(`attention.${name}`))
    ) as [Matrix, Matrix, Matrix];
    const context = h.map(() => Array<number>(hiddenSize).fill(0));
    const probs = Array.from({length: numAttentionHeads}, (_, head) =>
      h.map((_, from) => {
        const scores = h.map((_, to) => {
          let sum = 0;
          for (let i = head * size; i < (head + 1) * size; ++i) sum += q[from]![i]! * k[to]![i]!;
          return mask[to] ? sum / Math.sqrt(size) : -Infinity;
        });
        const row = mask.some((m) => m) ? softmax(scores) : scores.map(() => 1 / h.length);
        const kept = row.map((p) => p * (heads?.[head] ?? 1));
        for (let i = head * size; i < (head + 1) * size; ++i)
          context[from]![i] = kept.reduce((sum, p, to) => sum + p * v[to]![i]!, 0);
        return kept;
      })
    );
    return {context, probs};
  }

  /** Vocabulary logits of pieces. */
  maskedLm(h: Matrix): Matrix {
    const {prefix, hiddenAct} = this.config;
    const transformed = this.norm(
      this.linear(h, "predictions.dense").map((row) => row.map((x) => act(hiddenAct, x))),
      "predictions.LayerNorm"
    );
    const untied = this.weights.get("predictions.decoder.weight");
    const words = untied ?? this.#get(`${prefix}embeddings.word_embeddings.weight`);
    const bias = this.#get(untied ? "predictions.decoder.bias" : "predictions.bias").data;
    return this.product(transformed, words).map((row) => row.map((x, i) => x + bias[i]!));
  }
}

/** Mean of −log softmax at the labels, over those with a weight, weighted. */
export function meanCrossEntropy(
  logits: Matrix,
  labels: ArrayLike<number>,
  weights?: ArrayLike<number>
): number {
  let sum = 0;
  let total = 0;
  logits.forEach((row, i) => {
    const weight = weights ? weights[i]! : 1;
    if (weight === 0) return;
    const max = Math.max(...row);
    const log = max + Math.log(row.reduce((a, x) => a + Math.exp(x - max), 0));
    sum += weight * (log - row[labels[i]!]!);
    total += weight;
  });
  return sum / total;
}
