import * as tf from "@tensorflow/tfjs-core";

/** What an operation's forward pass leaves behind. */
export interface OperationResult {
  value: tf.Tensor;
  /** Tensors the backward pass needs; kept only while gradients are recorded. */
  saved?: tf.Tensor[];
  /** By-products for the caller, outside differentiation. */
  extra?: tf.Tensor[];
}

/**
 * Runs one operation with a hand-written gradient. Intermediates of both passes are freed at their
 * end, so only the value, the by-products and what `saved` names stay alive.
 *
 * @param inputs tensors to differentiate with respect to; anything else that the forward pass uses
 *   is constant, and must be saved if the backward pass needs it
 * @param forward computes the value, which must be a new tensor
 * @param backward from the gradient of the value and the saved tensors, one gradient per input, in
 *   order, each with the input's shape and each a tensor of its own
 * @returns the value and the by-products, owned by the enclosing `tf.tidy`
 */
export function operation(
  inputs: tf.Tensor[],
  forward: () => OperationResult,
  backward: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor[]
): {value: tf.Tensor; extra: tf.Tensor[]} {
  let kept: tf.Tensor[] = [];
  const run = tf.customGrad((...args) => {
    const {value, saved = [], extra = []} = forward();
    if (recording) retain(saved, recording);
    else (args.at(-1) as tf.GradSaveFunc)(saved);
    const retained = recording ? saved : null;
    kept = extra.map((tensor) => tf.keep(tensor));
    return {value, gradFunc: (dy, saved) => tf.tidy(() => backward(dy, retained ?? saved))};
  });
  const value = run(...inputs);
  return {value, extra: kept.map(release)};
}

/** What is known of tfjs's engine besides its public face. */
interface JointKernel {
  runKernelFunc(kernel: {
    forwardFunc(backend: unknown, save: tf.GradSaveFunc): tf.Tensor[];
    backwardsFunc(dy: tf.Tensor | tf.Tensor[], saved: tf.Tensor[]): Record<number, () => tf.Tensor>;
    inputs: Record<number, tf.Tensor>;
  }): tf.Tensor[];
}

/**
 * Runs one operation of several values, which tfjs has no public function for.
 *
 * @param forward gives new tensors, and saves others for the way back
 * @param backward from the gradients of the values (zeros where a value is not used) and what was saved, one
 *   gradient per input, in order, each a tensor of its own
 * @returns the values, owned by the enclosing `tf.tidy`
 */
export function jointOperation(
  inputs: readonly tf.Tensor[],
  forward: (save: (tensors: tf.Tensor[]) => void) => tf.Tensor[],
  backward: (dys: tf.Tensor[], saved: tf.Tensor[]) => tf.Tensor[]
): tf.Tensor[] {
  return (tf.engine() as unknown as JointKernel).runKernelFunc({
    forwardFunc: (_, save) => forward(save),
    backwardsFunc(dy, saved) {
      const gradients = backward(Array.isArray(dy) ? dy : [dy], saved);
      return Object.fromEntries(gradients.map((gradient, i) => [i, () => gradient]));
    },
    inputs: {...inputs}
  });
}

/** Gradients that are being recorded, one in another. */
export const recordingDepth = (): number => tf.engine().state.gradientDepth;

/** Tensors kept for the backward pass that is being recorded; older ones need no keeping. */
interface Recording {
  firstId: number;
  kept: tf.Tensor[];
  sources: ReadonlySet<tf.Tensor>;
}

let recording: Recording | null = null;

/**
 * Runs a function that records and plays back gradients, in which operations keep what they save
 * as it is, where tfjs would keep a copy: a copy of every activation on wasm, whose product also
 * packs a matrix again for every copy of it.
 *
 * @param sources what is differentiated by
 */
export function whileRecording<T>(sources: readonly tf.Tensor[], run: () => T): T {
  const outer = recording;
  const marker = tf.scalar(0);
  recording = {firstId: marker.id, kept: [], sources: new Set(sources)};
  marker.dispose();
  try {
    return run();
  } finally {
    for (const tensor of recording.kept) tensor.dispose();
    recording = outer;
  }
}

/** Whether a derivative by this tensor may be asked for in what is being recorded. */
export function isDifferentiated(tensor: tf.Tensor): boolean {
  if (!recording) return recordingDepth() > 0;
  return recording.sources.has(tensor) || tensor.id >= recording.firstId;
}

function retain(tensors: tf.Tensor[], {firstId, kept}: Recording): void {
  for (const tensor of tensors)
    if (!tensor.kept && tensor.id >= firstId) kept.push(tf.keep(tensor));
}

/** A kept tensor as one that belongs to the enclosing `tf.tidy`. */
export function release(kept: tf.Tensor): tf.Tensor {
  const own = tf.clone(kept);
  kept.dispose();
  return own;
}

/**
 * Whether the active backend is tfjs-wasm, whose kernels want another composition here and there;
 * every such place computes the same as its plain form.
 */
export function isWasm(): boolean {
  return tf.getBackend() === "wasm";
}

/**
 * Whether the active backend stores numbers in 16 bits, as webgl does on devices that cannot render
 * to float textures. (tfjs-webgl's own `floatPrecision` says 16 wherever it stores 32.)
 */
export function isHalfPrecision(): boolean {
  return tf.getBackend() === "webgl" && !tf.env().getBool("WEBGL_RENDER_FLOAT32_ENABLED");
}
