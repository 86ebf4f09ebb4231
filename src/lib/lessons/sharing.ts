/** Lesson: twelve layers that share their weights store as much as one and compute twelve times it. */
import {makeConfig, type AlbertConfig} from "../albert/config.js";
import {countParameters} from "../albert/specs.js";
import {InputError} from "../errors.js";
import type {EngineHandle} from "../engine/calls.js";
import type {Lesson} from "./desk.js";

/** A shape that a reader builds. */
export interface BuiltShape {
  layers: number;
  hidden: number;
  isShared: boolean;
}

/** A shape with what it stores and how long it takes. */
export interface WeighedShape extends BuiltShape {
  name: string;
  parameters: number;
  /** Milliseconds of one forward pass, the rounds in order. */
  elapsedMs: number[];
}

export interface SharingResult {
  shapes: WeighedShape[];
  backend: string;
  /** Pieces of the text that was read. */
  sequence: number;
}

const sequence = 64;
const hidden = 128;
const measured: readonly BuiltShape[] = [
  {layers: 1, hidden, isShared: true},
  {layers: 3, hidden, isShared: true},
  {layers: 6, hidden, isShared: true},
  {layers: 12, hidden, isShared: true},
  {layers: 12, hidden, isShared: false}
];

/** The shape as a model: V = 1,000, E = 32, four heads, F = 4 H. */
export function configOfShape({layers, hidden: size, isShared}: BuiltShape): AlbertConfig {
  return makeConfig(
    {
      vocabSize: 1000,
      embeddingSize: 32,
      hiddenSize: size,
      numHiddenLayers: layers,
      sharing: isShared ? "all" : "none",
      numAttentionHeads: 4,
      intermediateSize: 4 * size,
      maxPositionEmbeddings: sequence,
      architecture: "AlbertModel"
    },
    "lesson"
  );
}

const nameOf = ({layers, hidden: size, isShared}: BuiltShape): string =>
  `${layers} ${layers === 1 ? "layer" : isShared ? "layers, shared" : "layers, each its own"}${size === hidden ? "" : `, H = ${size}`}`;

/** Half of the values are below it. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

async function weigh(
  engine: EngineHandle,
  shapes: readonly BuiltShape[],
  rounds: number,
  onRound: (round: number) => void,
  signal?: AbortSignal
): Promise<WeighedShape[] | null> {
  const models = shapes.map((shape) => ({name: nameOf(shape), config: configOfShape(shape)}));
  const timings = await engine.call(
    "timeModels",
    {models, sequence, rounds},
    {signal, onProgress: ({round}) => onRound(round)}
  );
  return (
    timings &&
    shapes.map((shape, i) => ({
      ...shape,
      name: nameOf(shape),
      parameters: countParameters(configOfShape(shape)).total,
      elapsedMs: timings[i]!.elapsedMs
    }))
  );
}

/** How much more the twelve shared layers store, and how much longer they take, than the one. */
export function ratios({shapes}: SharingResult): {stored: number; time: number} {
  const one = shapes.find(({layers}) => layers === 1)!;
  const twelve = shapes.find(({layers, isShared}) => layers === 12 && isShared)!;
  return {
    stored: twelve.parameters / one.parameters,
    time: median(twelve.elapsedMs) / median(one.elapsedMs)
  };
}

/** @param rounds how often each shape is timed */
export const sharingLesson = (rounds = 12): Lesson<SharingResult, BuiltShape> => ({
  id: "sharing",
  async experiment(engine, report, signal) {
    const {backend} = await engine.start();
    const shapes = await weigh(
      engine,
      measured,
      rounds,
      (round) => report({phase: `round ${round} of ${rounds}`, fraction: round / rounds}),
      signal
    );
    return shapes && {shapes, backend, sequence};
  },
  supported(result) {
    const {stored, time} = ratios(result);
    if (stored > 3) return time > 3 ? "both" : "store";
    return time > 3 ? "time" : "neither";
  },
  async verify(engine, {layers, hidden: size, isShared}) {
    if (!Number.isInteger(layers) || layers < 1 || layers > 24)
      throw new InputError(`layers: ${layers} (expected a whole number from 1 to 24)`);
    if (!Number.isInteger(size) || size < 8 || size > 512 || size % 4 !== 0)
      throw new InputError(`H: ${size} (expected a multiple of 4 from 8 to 512)`);
    const shapes = [measured[0]!, {layers, hidden: size, isShared}];
    const both = await weigh(engine, shapes, rounds, () => {});
    const [one, yours] = both!;
    const time = median(yours!.elapsedMs) / median(one!.elapsedMs);
    const fewer = yours!.parameters < one!.parameters;
    const slower = time >= 2;
    const count = (n: number) => n.toLocaleString("en");
    return {
      isRight: fewer && slower,
      words: `Yours stores ${count(yours!.parameters)} numbers, the one layer ${count(one!.parameters)}, and takes ${time.toFixed(1)} times as long: ${
        fewer && slower
          ? "less to store and more to compute."
          : fewer
            ? "few enough numbers, but it is not twice as slow."
            : slower
              ? "slow enough, but it stores too much."
              : "it stores too much and is too quick."
      }`
    };
  }
});
