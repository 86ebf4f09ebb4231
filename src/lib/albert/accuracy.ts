/**
 * How far a backend may be from the same model in float64, relative to the largest value of a tensor:
 * hidden states, attentions, logits and losses; gradients twice as far. What the reference itself
 * loses in float32, times 20, is allowed as well. The tests of equality enforce these bounds.
 *
 * Measured on the reference's models, on Node and in Chromium with the software adapters: cpu 2e-6,
 * wasm 7e-6, webgpu 4e-6, webgl 2e-5 (with scores in the hundreds; 1e-6 elsewhere). A WebGL device
 * that renders to 16-bit textures only is not held to this: gradients are 1e-3 off there.
 */
export const largestRelativeError = {cpu: 1e-5, wasm: 1e-5, webgpu: 1e-5, webgl: 5e-5} as const;
