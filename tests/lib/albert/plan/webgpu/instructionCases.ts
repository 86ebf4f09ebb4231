/** One instruction each, with numbers for its buffers; both sides of the browser build the same. */
import {
  activate,
  activateBackward,
  columnSums,
  crossEntropy,
  gatherRows,
  gemm,
  layerNorm,
  layerNormBackward,
  pointwise,
  scatterRows,
  transpose,
  zero,
  type activationCodes,
  type Instruction
} from "../../../../../src/lib/albert/plan/instructions.js";
import {
  attention,
  attentionBackward
} from "../../../../../src/lib/albert/plan/attentionInstructions.js";
import {
  columns,
  matrix,
  region,
  type Matrix,
  type PlanBuffer,
  type Region
} from "../../../../../src/lib/albert/plan/regions.js";
import {
  lateInteraction,
  lateInteractionBackward,
  unitRows,
  unitRowsBackward
} from "../../../../../src/lib/albert/plan/pairInstructions.js";
import {
  scaleRows,
  scaleRowsBackward
} from "../../../../../src/lib/albert/plan/scaleInstructions.js";
import type {Sharing} from "../../../../../src/lib/albert/plan/webgpu/kernel.js";
import {Random} from "../../../../../src/lib/random.js";

export interface InstructionCase {
  name: string;
  instruction: Instruction;
  /** Every buffer with what stands in it before. */
  buffers: Map<PlanBuffer, Float32Array<ArrayBuffer>>;
  /** What the reference needs to know besides. */
  sizes: Record<string, number>;
}

class Case {
  readonly buffers: InstructionCase["buffers"] = new Map();
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = new Random(seed, "probes");
  }

  region(name: string, size: number, draw: (random: Random) => number = (r) => r.normal()): Region {
    const buffer: PlanBuffer = {name, size, kind: "moment"};
    this.buffers.set(
      buffer,
      Float32Array.from({length: size}, () => draw(this.#random))
    );
    return region(buffer);
  }

  rows(name: string, rows: number, width: number): Matrix {
    return matrix(this.region(name, rows * width).buffer, rows, width);
  }
}

/** Gives a case's numbers by the name of their buffer. */
export function namedNumbers({buffers}: InstructionCase): Map<string, Float32Array<ArrayBuffer>> {
  return new Map(Array.from(buffers, ([{name}, values]) => [name, values]));
}

type Build = (c: Case) => Instruction;

const products = (
  [m, n, k]: [number, number, number],
  form: "plain" | "bias" | "accumulate" | "transposed" | "strided"
): [string, Record<string, number>, Build] => [
  `gemm ${form} ${m}×${n}×${k}`,
  {m, n, k},
  (c) => {
    const a = form === "transposed" ? c.rows("a", k, m) : c.rows("a", m, k);
    const b = c.rows("b", k, n);
    const wide = form === "strided" ? columns(c.rows("c", m, 3 * n), n, n) : c.rows("c", m, n);
    return gemm("test", a, b, wide, {
      transposeA: form === "transposed",
      accumulate: form === "accumulate" || form === "transposed",
      bias: form === "bias" ? c.region("bias", n) : null
    });
  }
];

const norms = (
  rows: number,
  width: number,
  hasResidual: boolean
): [string, Record<string, number>, Build] => [
  `layerNorm ${rows}×${width}${hasResidual ? " of a sum" : ""}`,
  {rows, width},
  (c) => {
    const a = c.region("a", rows * width);
    return layerNorm(
      "test",
      {
        a,
        residual: hasResidual ? c.region("residual", rows * width) : null,
        gain: c.region("gain", width),
        bias: c.region("bias", width),
        sum: hasResidual ? c.region("sum", rows * width) : a,
        y: c.region("y", rows * width),
        statistics: c.region("statistics", 2 * rows)
      },
      rows,
      width,
      1e-5
    );
  }
];

const attentions = (
  sizes: {batch: number; sequence: number; heads: number; size: number},
  isDropped: boolean,
  isChanged = false
): [string, Record<string, number>, Build][] => {
  const {batch, sequence, heads, size} = sizes;
  const tokens = batch * sequence;
  const square = batch * heads * sequence * sequence;
  const mask = (c: Case) =>
    isDropped ? c.region("drop", square, (r) => (r.uniform() < 0.3 ? 0 : 1 / 0.7)) : null;
  const name = `${batch}×${heads}×${sequence}×${size}${isDropped ? " with dropout" : ""}${isChanged ? " changed" : ""}`;
  return [
    [
      `attention ${name}`,
      sizes,
      (c) =>
        attention(
          "test",
          {
            qkv: c.region("qkv", 3 * tokens * heads * size),
            bias: c.region("bias", isChanged ? tokens * sequence : tokens, (r) =>
              r.uniform() < 0.2 ? -3.4028234663852886e38 : 0
            ),
            probs: c.region("probs", square),
            context: c.region("context", tokens * heads * size),
            drop: mask(c)
          },
          sizes
        )
    ],
    [
      `attentionBackward ${name}`,
      sizes,
      (c) =>
        attentionBackward(
          "test",
          {
            qkv: c.region("qkv", 3 * tokens * heads * size),
            // stands in for the softmax of these q and k, which the test puts in
            probs: c.region("probs", square),
            dContext: c.region("dContext", tokens * heads * size),
            dQkv: c.region("dQkv", 3 * tokens * heads * size),
            drop: mask(c),
            changed: isChanged
              ? {used: c.region("used", square), dUsed: c.region("dUsed", square)}
              : null
          },
          sizes
        )
    ]
  ];
};

const kinds = [
  "gelu",
  "gelu_new",
  "relu",
  "tanh",
  "softplus"
] as const satisfies (keyof typeof activationCodes)[];
const activations = kinds.flatMap((kind, code): [string, Record<string, number>, Build][] => {
  const n = 13 + 3 * code;
  const wide = (r: Random) => 4 * r.normal();
  return [
    [
      `activate ${kind}`,
      {code},
      (c) => activate("test", kind, c.region("x", n, wide), c.region("y", n))
    ],
    [
      `activateBackward ${kind}`,
      {code},
      (c) => {
        const x = c.region("x", n, kind === "tanh" ? (r) => 2 * r.uniform() - 1 : wide);
        return activateBackward("test", kind, x, c.region("dy", n), c.region("dx", n));
      }
    ]
  ];
});

/** Sizes of texts read apart: 3 pairs of 5 pieces. */
const apart = {pairs: 3, sequence: 5, scale: 20};
/** Of which some tie, and one text counts no piece. */
const likeness = (c: Case) => ({
  cosines: c.region("cosines", 3 * 25, (r) => r.pick([-0.75, -0.25, 0.125, 0.5, 0.5])),
  weights: c.region("weights", 30, (r) => 0.1 + r.uniform()),
  mask: c.region("mask", 30, (r) => r.pick([0, 1, 1])),
  best: c.region("best", 30),
  out: c.region("out", 6)
});

/** Of which one is not chosen, and one sums to 0. */
const scaled = (c: Case) => ({
  chosen: c.region("chosen", 5, (r) => r.pick([0, 1, 1])),
  y: c.region("y", 35),
  sums: c.region("sums", 5, (r) => r.pick([0, 0.3, 0.8]))
});

const builds: [string, Record<string, number>, Build][] = [
  ...(["plain", "bias", "accumulate", "transposed", "strided"] as const).flatMap((form) => [
    products([7, 13, 5], form),
    products([11, 20, 12], form),
    products([12, 4, 9], form),
    products([68, 76, 8], form)
  ]),
  [
    "transpose",
    {rows: 7, width: 5},
    (c) => transpose("test", c.rows("x", 7, 5), c.rows("y", 5, 7))
  ],
  norms(5, 37, false),
  norms(3, 64, true),
  [
    "layerNormBackward",
    {rows: 71, width: 9},
    (c) =>
      layerNormBackward(
        "test",
        {
          dy: c.region("dy", 71 * 9),
          sum: c.region("sum", 71 * 9),
          // stands in for the statistics of this sum, which the test puts in
          statistics: c.region("statistics", 2 * 71),
          gain: c.region("gain", 9),
          dx: c.region("dx", 71 * 9),
          dGain: c.region("dGain", 9),
          dBias: c.region("dBias", 9)
        },
        71,
        9
      )
  ],
  ...activations,
  ...attentions({batch: 2, sequence: 7, heads: 3, size: 5}, false),
  ...attentions({batch: 2, sequence: 7, heads: 3, size: 5}, true),
  ...attentions({batch: 3, sequence: 12, heads: 2, size: 8}, true),
  ...attentions({batch: 2, sequence: 7, heads: 3, size: 5}, false, true),
  ...attentions({batch: 3, sequence: 12, heads: 2, size: 8}, true, true),
  [
    "crossEntropy",
    {rows: 5, classes: 37},
    (c) =>
      crossEntropy(
        "test",
        {
          logits: c.region("logits", 5 * 37),
          labels: c.region("labels", 5, (r) => r.int(37)),
          weights: c.region("weights", 5, (r) => r.pick([0, 1, 0.5])),
          out: c.region("out", 3)
        },
        5,
        37
      )
  ],
  [
    "columnSums",
    {rows: 71, width: 5},
    (c) => columnSums("test", columns(c.rows("x", 71, 15), 5, 5), c.region("out", 5))
  ],
  [
    "columnSums of many columns",
    {rows: 67, width: 83},
    (c) => columnSums("test", columns(c.rows("x", 67, 249), 83, 83), c.region("out", 83))
  ],
  [
    "multiply",
    {},
    (c) => pointwise("multiply", "test", c.region("a", 13), c.region("b", 13), c.region("y", 13))
  ],
  [
    "add",
    {},
    (c) => pointwise("add", "test", c.region("a", 16), c.region("b", 16), c.region("y", 16))
  ],
  [
    "gatherRows",
    {width: 3},
    (c) =>
      gatherRows(
        "test",
        c.region("table", 11 * 3),
        c.region("index", 17, (r) => r.int(11)),
        c.region("out", 17 * 3),
        3
      )
  ],
  [
    "scatterRows",
    {width: 3},
    (c) =>
      scatterRows(
        "test",
        c.region("rows", 17 * 3),
        c.region("index", 17, (r) => r.int(11)),
        c.region("table", 11 * 3),
        3
      )
  ],
  [
    "unitRows",
    {rows: 7, width: 37},
    (c) => {
      const places = {x: c.region("x", 7 * 37), y: c.region("y", 7 * 37)};
      return unitRows("test", {...places, lengths: c.region("lengths", 7)}, 7, 37);
    }
  ],
  [
    "scaleRows",
    {},
    (c) => {
      const x = c.region("x", 35, (r) => r.uniform());
      for (const row of [1, 2]) c.buffers.get(x.buffer)!.fill(0, 7 * row, 7 * row + 7);
      return scaleRows("test", {x, ...scaled(c)}, 5, 7);
    }
  ],
  [
    "scaleRowsBackward",
    {},
    (c) => {
      const places = {dy: c.region("dy", 35), dx: c.region("dx", 35), ...scaled(c)};
      return scaleRowsBackward("test", places, 5, 7);
    }
  ],
  [
    "unitRowsBackward",
    {rows: 7, width: 5},
    (c) => {
      const rows = (name: string) => c.region(name, 7 * 5);
      const lengths = c.region("lengths", 7, (r) => 0.2 + r.uniform());
      const places = {y: rows("y"), lengths, dy: rows("dy"), dx: rows("dx")};
      return unitRowsBackward("test", places, 7, 5);
    }
  ],
  ["lateInteraction", apart, (c) => lateInteraction("test", likeness(c), apart)],
  [
    "lateInteractionBackward",
    apart,
    (c) => {
      const gradients = {
        dOut: c.region("dOut", 6),
        dCosines: c.region("dCosines", 75),
        dWeights: c.region("dWeights", 30),
        shares: c.region("shares", 30)
      };
      return lateInteractionBackward("test", {...likeness(c), ...gradients}, apart);
    }
  ],
  ["zero", {}, (c) => zero("test", region(c.region("out", 19).buffer, 2, 13))]
];

/** What cards make in tiles, a long sum shared out. */
const tiled: typeof builds = (["bias", "accumulate", "transposed", "strided"] as const).map(
  (form) => products([36, 44, 400], form)
);

/** All cases, the same every time. @param sharing with those that are tiled where rows have groups */
export function instructionCases(sharing: Sharing = "lanes"): InstructionCase[] {
  return [...builds, ...(sharing === "groups" ? tiled : [])].map(([name, sizes, build], seed) => {
    const c = new Case(seed);
    const instruction = build(c);
    const made = {name, instruction, buffers: c.buffers, sizes};
    prepare(made);
    return made;
  });
}

/** The largest cosine of each piece, and what the texts find, pair after pair. */
export function foundIn(numbers: ReadonlyMap<string, Float32Array>): {
  best: number[];
  out: number[];
} {
  const {pairs, sequence, scale} = apart;
  const [cosines, weights, mask] = ["cosines", "weights", "mask"].map((n) => numbers.get(n)!);
  const at = (text: number, i: number) => text * sequence + i;
  const pieces = Array.from({length: sequence}, (_, i) => i);
  const [best, out] = [new Array<number>(2 * pairs * sequence), new Array<number>(2 * pairs)];
  for (let text = 0; text < 2 * pairs; ++text) {
    const [pair, other] = [text % pairs, (text + pairs) % (2 * pairs)];
    for (const i of pieces) {
      const of = (j: number) =>
        text < pairs ? at(pair, i) * sequence + j : at(pair, j) * sequence + i;
      const seen = pieces.filter((j) => mask![at(other, j)]).map((j) => cosines![of(j)]!);
      best[at(text, i)] = Math.max(-1, ...seen);
    }
    const counted = pieces.map((i) => weights![at(text, i)]! * mask![at(text, i)]!);
    const total = counted.reduce((a, b) => a + b, 0);
    const sum = counted.reduce((a, w, i) => a + w * best[at(text, i)]!, 0);
    out[2 * pair + Math.floor(text / pairs)] = scale * ((total && sum / total) - 0.5);
  }
  return {best, out};
}

/** Puts in what an earlier instruction would have left. */
function prepare(made: InstructionCase): void {
  const {instruction, sizes} = made;
  const numbers = namedNumbers(made);
  if (instruction.op === "layerNormBackward") {
    const [sum, statistics] = [numbers.get("sum")!, numbers.get("statistics")!];
    const {rows, width} = sizes as {rows: number; width: number};
    for (let r = 0; r < rows; ++r) {
      const row = sum.subarray(r * width, (r + 1) * width);
      const mean = row.reduce((a, b) => a + b, 0) / width;
      const variance = row.reduce((a, b) => a + (b - mean) ** 2, 0) / width;
      statistics.set([mean, 1 / Math.sqrt(variance + 1e-5)], 2 * r);
    }
  }
  if (/^lateInteraction/.test(instruction.op)) {
    const mask = numbers.get("mask")!;
    mask.fill(0, 5, 10); // the second pair's first text
    if (instruction.op === "lateInteractionBackward") {
      const {best, out} = foundIn(numbers);
      numbers.get("best")!.set(best);
      numbers.get("out")!.set(out);
    }
  }
  if (instruction.op === "attentionBackward") {
    const {batch, sequence, heads, size} = sizes as Record<string, number> & {
      batch: number;
      sequence: number;
      heads: number;
      size: number;
    };
    const [qkv, probs] = [numbers.get("qkv")!, numbers.get("probs")!];
    const H = heads * size;
    const at = (part: number, b: number, h: number, i: number, d: number) =>
      qkv[(b * sequence + i) * 3 * H + part * H + h * size + d]!;
    for (let row = 0; row < batch * heads * sequence; ++row) {
      const [b, h, i] = [
        Math.floor(row / (heads * sequence)),
        Math.floor(row / sequence) % heads,
        row % sequence
      ];
      const scores = Array.from({length: sequence}, (_, j) => {
        let sum = 0;
        for (let d = 0; d < size; ++d) sum += at(0, b, h, i, d) * at(1, b, h, j, d);
        return Math.exp(sum / Math.sqrt(size));
      });
      const total = scores.reduce((x, y) => x + y, 0);
      probs.set(
        scores.map((e) => e / total),
        row * sequence
      );
    }
  }
}
