/** What a model's answers lose when a part of its attention is taken away: measured, not inferred. */
import * as tf from "@tensorflow/tfjs-core";
import type {ModelInputs} from "../albert/forward.js";
import {forward} from "../albert/heads.js";
import type {Intervention} from "../albert/interventions.js";
import type {Parameters} from "../albert/params.js";
import {effectiveDepth} from "../albert/sharing.js";
import {divergence, logSoftmax} from "../probe/distribution.js";
import {encodeText, needTokenizer} from "./encodeText.js";
import {withParameters, type LoadedModel} from "./loadedModel.js";
import type {AttentionChange, EffectResult} from "./attentionCalls.js";

/** Pieces that are shown for a place. */
const shown = 5;

/** The change as interventions of a forward pass. @throws InputError later, where none fits */
export function interventionsOf(change: AttentionChange, depths: number): Intervention[] {
  const {head, layer} = change;
  const heads = [head];
  const depth = layer ?? undefined;
  switch (change.kind) {
    case "head":
      return [{type: "maskHeads", heads, depth}];
    case "cell": {
      const {from, to, renormalise} = change;
      return [{type: "maskAttention", heads, from, to, depth, renormalise}];
    }
    case "value": {
      const layers = layer === null ? Array.from({length: depths}, (_, i) => i) : [layer];
      return layers.map((at) => ({
        type: "replace",
        site: `layer.${at}.attention.value`,
        value: 0,
        heads,
        positions: change.to
      }));
    }
  }
}

/** Logits of one row of input, by the names of `forward`. */
async function answers(
  model: LoadedModel,
  params: Parameters,
  inputs: ModelInputs,
  interventions: Intervention[]
): Promise<Map<string, Float32Array>> {
  const logits = tf.tidy(() =>
    Object.fromEntries(forward(params, inputs, model.config, {interventions}).logits)
  );
  const read = new Map<string, Float32Array>();
  for (const [name, tensor] of Object.entries(logits)) {
    read.set(name, (await tensor.data<"float32">()).slice());
    tensor.dispose();
  }
  return read;
}

/**
 * Runs a text twice, as it is and with the change, and compares the answers.
 *
 * @throws InputError if the text is empty or the change names a head, depth or piece that is not
 *   there
 */
export async function measureEffect(
  model: LoadedModel,
  text: string,
  pair: string | null,
  change: AttentionChange
): Promise<EffectResult> {
  const {config} = model;
  const tokenizer = needTokenizer(model);
  const {encoding, inputs} = encodeText(model, text, pair);
  const {ids, tokens} = encoding;
  const changes = interventionsOf(change, effectiveDepth(config));
  const [before, after] = await withParameters(model, async (params) => [
    await answers(model, params, inputs, []),
    await answers(model, params, inputs, changes)
  ]);
  const result: EffectResult = {
    tokens,
    divergence: null,
    places: [],
    labels: null,
    change,
    model: model.name
  };
  const V = config.vocabSize;
  const isMlm = config.architecture === "AlbertForMaskedLM";
  const vocabulary = isMlm ? "logits" : "prediction_logits";
  const [p, q] = [before!.get(vocabulary), after!.get(vocabulary)];
  if (p && q) {
    const row = (logits: Float32Array, i: number) => logits.subarray(i * V, (i + 1) * V);
    const moved = Float32Array.from(ids, (_, i) => divergence(row(p, i), row(q, i)));
    result.divergence = moved;
    const masks = ids.flatMap((id, i) => (id === tokenizer.special.mask ? [i] : []));
    const most = moved.reduce((best, d, i) => (d > moved[best]! ? i : best), 0);
    result.places = (masks.length ? masks : [most]).map((position) => {
      const [early, late] = [logSoftmax(row(p, position)), logSoftmax(row(q, position))];
      const best = Array.from(early.keys()).sort((a, b) => early[b]! - early[a]!);
      const pieces = best.slice(0, shown).map((id) => ({
        piece: tokenizer.pieces[id]!,
        before: Math.exp(early[id]!),
        after: Math.exp(late[id]!)
      }));
      const winner = late.reduce((top, log, id) => (log > late[top]! ? id : top), 0);
      return {position, pieces, likeliestAfter: tokenizer.pieces[winner]!};
    });
  }
  const sentence =
    config.architecture === "AlbertForSequenceClassification"
      ? "logits"
      : pair?.trim()
        ? "sop_logits"
        : "";
  const [was, is] = [before!.get(sentence), after!.get(sentence)];
  if (was && is && was.length > 1) {
    const names = sentence === "sop_logits" ? ["in order", "swapped"] : config.id2label;
    const [old, now] = [logSoftmax(was), logSoftmax(is)];
    result.labels = Array.from(old, (log, i) => ({
      label: names[i] ?? `label ${i}`,
      before: Math.exp(log),
      after: Math.exp(now[i]!)
    }));
  }
  return result;
}
