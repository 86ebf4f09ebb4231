/** The questions that the page about attention puts to a model, as one. */
import {InputError} from "../errors.js";
import type {Engine} from "./client.js";
import type {AttentionResult} from "./attentionCalls.js";
import type {SentencePrediction} from "./trainingCalls.js";

/** What a model says of a text. */
export interface AttentionAnswer {
  attention: AttentionResult;
  /** Guesses for the blanks; null where there are none. */
  prediction: SentencePrediction | null;
  /** Why there is no prediction though there is a blank. */
  note: string | null;
  /** Milliseconds that the attention took, the way to the worker and back included. */
  elapsedMs: number;
}

/** Attention of a text or pair, and the guesses at each [MASK]. */
export async function askAttention(
  engine: Pick<Engine, "call">,
  text: string,
  pair: string | null
): Promise<AttentionAnswer> {
  const start = performance.now();
  const attention = await engine.call("attend", {text, pair});
  const elapsedMs = performance.now() - start;
  if (!attention.tokens.includes("[MASK]"))
    return {attention, prediction: null, note: null, elapsedMs};
  try {
    const prediction = await engine.call("fill", {text, pair});
    return {attention, prediction, note: null, elapsedMs};
  } catch (error) {
    // A model without a masked LM head has attention all the same.
    if (!(error instanceof InputError)) throw error;
    return {attention, prediction: null, note: error.message, elapsedMs};
  }
}
