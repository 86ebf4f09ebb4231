/** The reference's model cases and how their outputs are compared. */
import {existsSync, readdirSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {readSafetensors, toFloat32} from "../../../src/lib/albert/checkpoint/safetensors.js";
import {namedInputsFromJson, type NamedInputs} from "../../../src/lib/albert/namedInputs.js";

/** The folder of model cases, or undefined without ALBERT_PARITY_DIR. */
export const casesFolder =
  process.env.ALBERT_PARITY_DIR && join(process.env.ALBERT_PARITY_DIR, "models");

/** Names of the cases, none without the folder. */
export const caseNames = casesFolder
  ? readdirSync(casesFolder).filter((name) => existsSync(join(casesFolder, name, "case.json")))
  : [];

if (!casesFolder) console.log("skipped: no ALBERT_PARITY_DIR");

type Floors = Record<string, [number, number]>;

interface CaseFile {
  inputs: Record<string, unknown>;
  informative_only: boolean;
  analytically_zero_gradients: string[];
  params_without_gradient: string[];
  error_floor_f32_vs_f64: Floors;
  variants?: Record<string, {inputs: Record<string, unknown>; error_floor_f32_vs_f64: Floors}>;
}

type Tensors = Map<string, {shape: readonly number[]; data: ArrayLike<number>}>;

/** Inputs and what the reference says about them. */
export interface Question {
  inputs: NamedInputs;
  /** Whether gradients are to be computed. */
  gradients: boolean;
  expected: Tensors;
  floors: Floors;
}

/** One model and the questions put to it. */
export interface ModelCase {
  name: string;
  isInformative: boolean;
  /** config.json and the weights. */
  files: Map<string, Uint8Array>;
  questions: Question[];
  /** Names that are not compared: what has no true gradient. */
  skipped: Set<string>;
}

function tensorsOf(path: string): Tensors {
  const stored = readSafetensors(new Uint8Array(readFileSync(path)), path);
  return new Map(
    [...stored].map(([name, {shape, data}]) => [
      name,
      {shape, data: data instanceof Float64Array ? data : toFloat32(data)}
    ])
  );
}

/** A case as its folder holds it. Float64 expectations where there are any. */
export function loadCase(name: string): ModelCase {
  const folder = join(casesFolder!, name);
  const about = JSON.parse(readFileSync(join(folder, "case.json"), "utf8")) as CaseFile;
  const files = new Map(
    readdirSync(folder)
      .filter((file) => /^(config\.json|model.*)$/.test(file))
      .map((file) => [file, new Uint8Array(readFileSync(join(folder, file)))])
  );
  const expected = tensorsOf(join(folder, "expected_f64.safetensors"));
  const inputs = namedInputsFromJson(about.inputs, "inputs");
  for (const [key, value] of tensorsOf(join(folder, "expected.safetensors")))
    if (key.startsWith("in.cotangent")) inputs.set(key.slice(3), value);
  const gradients = [...expected.keys()].some((key) => key.startsWith("grad."));
  const questions = [{inputs, gradients, expected, floors: about.error_floor_f32_vs_f64}];
  for (const [variant, given] of Object.entries(about.variants ?? {}))
    questions.push({
      inputs: namedInputsFromJson(given.inputs, variant),
      gradients: false,
      expected: tensorsOf(join(folder, `expected.${variant}.safetensors`)),
      floors: given.error_floor_f32_vs_f64
    });
  const skipped = [...about.analytically_zero_gradients, ...about.params_without_gradient];
  return {
    name,
    isInformative: about.informative_only,
    files,
    questions,
    skipped: new Set(skipped.map((parameter) => `grad.${parameter}`))
  };
}

function maxAbs(data: ArrayLike<number>): number {
  let max = 0;
  for (let i = 0; i < data.length; ++i) max = Math.max(max, Math.abs(data[i]!));
  return max;
}

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let max = 0;
  for (let i = 0; i < a.length; ++i) {
    const d = Math.abs(a[i]! - b[i]!);
    if (!(d <= max)) max = Number.isNaN(d) ? Infinity : d;
  }
  return max;
}

/** The largest errors met so far, by quantity. */
export class Worst {
  readonly #records = new Map<string, {relative: number; share: number; at: string}>();

  note(key: string, at: string, relative: number, share: number): void {
    const quantity = key.replace(/\.\d+$/, "").replace(/^grad\..*/, "gradients");
    const record = this.#records.get(quantity);
    if (!record || record.share < share) this.#records.set(quantity, {relative, share, at});
  }

  toString(): string {
    return [...this.#records]
      .map(
        ([quantity, {relative, share, at}]) =>
          `  ${quantity.padEnd(18)} ${relative.toExponential(1)} of the largest value, ` +
          `${share.toFixed(3)} of the tolerance (${at})`
      )
      .sort()
      .join("\n");
  }
}

/**
 * What is missing from the outputs or further from the expectation than the tolerance: the largest
 * of `rtol` times the largest value (twice that for gradients), 20 times what float32 costs the
 * reference itself, and 1e-6 of the largest gradient.
 */
export function failures(
  {name, skipped}: ModelCase,
  {expected, floors}: Question,
  got: ReadonlyMap<string, {data: ArrayLike<number>}>,
  rtol: number,
  worst: Worst
): string[] {
  let largestGradient = 0;
  for (const [key, {data}] of expected)
    if (key.startsWith("grad.")) largestGradient = Math.max(largestGradient, maxAbs(data));
  const found: string[] = [];
  for (const [key, {data}] of expected) {
    if (/^(in|grad_no_padding_idx)\./.test(key) || skipped.has(key)) continue;
    const actual = got.get(key)?.data;
    if (!actual) {
      found.push(`${key} is missing`);
      continue;
    }
    const isGradient = key.startsWith("grad.");
    const scale = maxAbs(data);
    const tolerance = Math.max(
      (isGradient ? 2 : 1) * rtol * scale,
      20 * (floors[key]?.[0] ?? 0),
      isGradient ? 1e-6 * largestGradient : 0,
      1e-7
    );
    let error = distance(actual, data);
    // The padding's embedding has a gradient in calculus, which PyTorch drops.
    const calculus = expected.get(key.replace("grad.", "grad_no_padding_idx."));
    if (isGradient && calculus) error = Math.min(error, distance(actual, calculus.data));
    worst.note(key, `${name} ${key}`, error / scale, error / tolerance);
    if (!(error <= tolerance))
      found.push(`${key} off by ${error.toExponential(2)}, allowed ${tolerance.toExponential(2)}`);
  }
  return found;
}
