/** Instructions of the encoder: embeddings, projection, layers; and of their gradients. */
import {dropoutSite, embeddingsDropoutSite} from "../ops/dropout.js";
import {bodyPrefix, effectiveDepth, storageOf, type LayerTensor} from "../sharing.js";
import {attention, attentionBackward, type AttentionSizes} from "./attentionInstructions.js";
import {activate, activateBackward, gatherRows, pointwise, scatterRows} from "./instructions.js";
import {averageValues, scaledAttentionBackward} from "./lowerChangedAttention.js";
import {columns, extent, region, type Matrix} from "./regions.js";
import type {EncoderInputs, PlanBuilder} from "./plan.js";
import {dense, denseBackward, drop, dropped, norm, normBackward} from "./lowerParts.js";

/** Embeddings and the projection to the hidden size; `backward` takes the gradient at the result. */
export function lowerEmbeddings(
  plan: PlanBuilder,
  inputs: EncoderInputs
): {h: Matrix; backward(dh: Matrix): void} {
  const {config, tokens} = plan;
  const {embeddingSize: E, hiddenSize: H} = config;
  const prefix = bodyPrefix(config);
  const label = "embeddings";
  const tables = [
    {name: `${prefix}embeddings.word_embeddings.weight`, index: inputs.inputIds},
    {name: `${prefix}embeddings.token_type_embeddings.weight`, index: inputs.tokenTypeIds},
    {name: `${prefix}embeddings.position_embeddings.weight`, index: inputs.positions}
  ].slice(0, 3);
  if (config.typeVocabSize === 0) tables.splice(1, 1);
  const sum = plan.rows("embedding sum", tokens, E);
  tables.forEach(({name, index}, i) => {
    const rows = i === 0 ? sum : plan.rows(`embedding ${i}`, tokens, E);
    plan.emit(gatherRows(label, plan.parameter(name), region(index), extent(rows), E));
    if (i > 0) plan.emit(pointwise("add", label, extent(sum), extent(rows), extent(sum)));
  });
  const normed = norm(plan, label, sum, null, `${prefix}embeddings.LayerNorm`);
  const mask = plan.dropout(label, tokens * E, config.hiddenDropoutProb, embeddingsDropoutSite);
  drop(plan, label, normed.y, mask);
  const embedded = plan.site("embeddings", normed.y);
  const mapping = `${prefix}encoder.embedding_hidden_mapping_in`;
  const projected = config.factorisation ? dense(plan, "E→H", embedded, mapping, H) : embedded;
  return {
    h: plan.site("embeddings.projected", projected),
    backward(dh) {
      let dy = plan.siteGradient("embeddings.projected", dh);
      if (config.factorisation) {
        const dProjected = dy;
        dy = plan.rows("∂ embeddings", tokens, E);
        denseBackward(plan, "E→H ∂", embedded, mapping, dProjected, dy);
      }
      dy = plan.siteGradient("embeddings", dy);
      drop(plan, `${label} ∂`, dy, mask);
      const d = normBackward(plan, `${label} ∂`, normed, dy);
      for (const {name, index} of tables)
        plan.emit(scatterRows(`${label} ∂`, extent(d), region(index), plan.gradient(name), E));
    }
  };
}

/** One layer at one depth; `backward` gives the gradient at its input. */
export function lowerLayer(
  plan: PlanBuilder,
  inputs: EncoderInputs,
  h: Matrix,
  depth: number
): {h: Matrix; backward(dh: Matrix): Matrix} {
  const {config, tokens, shape} = plan;
  const {hiddenSize: H, intermediateSize: F, numAttentionHeads: heads} = config;
  const sizes: AttentionSizes = {...shape, heads, size: H / heads};
  const at = (tensor: string) => {
    const stored = storageOf(config, depth, `${tensor}.weight` as LayerTensor);
    return stored.slice(0, -".weight".length);
  };
  const label = (part: string) => `layer ${depth} ${part}`;
  const visit = (name: string, x: Matrix) => plan.site(`layer.${depth}.${name}`, x);
  const back = (name: string, d: Matrix) => plan.siteGradient(`layer.${depth}.${name}`, d);
  let qkv = plan.rows(label("q, k, v"), tokens, 3 * H);
  const three = ["attention.query", "attention.key", "attention.value"].map((name, i) => ({
    name: at(name),
    part: columns(qkv, i * H, H)
  }));
  for (const {name, part} of three) dense(plan, label("q, k, v"), h, name, H, part);
  for (const [i, name] of ["query", "key", "value"].entries()) {
    const {buffer} = visit(`attention.${name}`, columns(qkv, i * H, H));
    qkv = {...qkv, buffer};
  }
  const weights = plan.rows(
    label("attention weights"),
    shape.batch * heads * shape.sequence,
    shape.sequence
  );
  const probs = extent(weights);
  const averaged = plan.rows(label("context"), tokens, H);
  const site = (place: "probs" | "attention" | "ffn") => dropoutSite(depth, place);
  const probsMask = plan.dropout(
    label("attention"),
    probs.size,
    config.attentionProbsDropoutProb,
    site("probs")
  );
  const bias = region(inputs.attentionBias);
  plan.emit(
    attention(
      label("attention"),
      {qkv: extent(qkv), bias, probs, context: extent(averaged), drop: probsMask},
      sizes
    )
  );
  const used = visit("attention.probs", weights);
  if (used !== weights)
    averageValues(plan, label("attention"), {probs: used, qkv, context: averaged}, sizes);
  const context = visit("attention.context", averaged);
  const p = config.hiddenDropoutProb;
  const attended = dense(plan, label("attention output"), context, at("attention.dense"), H);
  const attendedMask = plan.dropout(label("attention output"), tokens * H, p, site("attention"));
  drop(plan, label("attention output"), attended, attendedMask);
  const added = visit("attention.output", attended);
  const first = norm(plan, label("attention norm"), h, added, at("attention.LayerNorm"));
  const a = visit("attention.normalized", first.y);
  const inner = dense(plan, label("ffn"), a, at("ffn"), F);
  const active = plan.rows(label("ffn units"), tokens, F);
  plan.emit(activate(label("ffn"), config.hiddenAct, extent(inner), extent(active)));
  const units = visit("ffn.activation", active);
  const fed = dense(plan, label("ffn output"), units, at("ffn_output"), H);
  const fedMask = plan.dropout(label("ffn output"), tokens * H, p, site("ffn"));
  drop(plan, label("ffn output"), fed, fedMask);
  const total = visit("ffn.output", fed);
  const second = norm(plan, label("ffn norm"), a, total, at("full_layer_layer_norm"));

  return {
    h: visit("output", second.y),
    backward(dh) {
      const da = normBackward(plan, label("ffn norm ∂"), second, back("output", dh));
      const dFed = dropped(plan, label("ffn output ∂"), back("ffn.output", da), fedMask);
      let dUnits = plan.rows(label("∂ ffn units"), tokens, F);
      denseBackward(plan, label("ffn output ∂"), units, at("ffn_output"), dFed, dUnits);
      dUnits = back("ffn.activation", dUnits);
      const du = extent(dUnits);
      plan.emit(activateBackward(label("ffn ∂"), config.hiddenAct, extent(inner), du, du));
      denseBackward(plan, label("ffn ∂"), a, at("ffn"), dUnits, da, true);
      const dNormalized = back("attention.normalized", da);
      const db = normBackward(plan, label("attention norm ∂"), first, dNormalized);
      const dAdded = back("attention.output", db);
      const dAttended = dropped(plan, label("attention output ∂"), dAdded, attendedMask);
      let dContext = plan.rows(label("∂ context"), tokens, H);
      const output = at("attention.dense");
      denseBackward(plan, label("attention output ∂"), context, output, dAttended, dContext);
      dContext = back("attention.context", dContext);
      let dQkv = plan.rows(label("∂ q, k, v"), tokens, 3 * H);
      const changed = plan.weightsGradient(`layer.${depth}.attention.probs`);
      const {keep, through, dUsed} = changed ?? {keep: probsMask, through: null, dUsed: null};
      if (through && dUsed)
        scaledAttentionBackward(
          plan,
          label("attention ∂"),
          {qkv, probs: weights, used, dContext, dQkv},
          {dUsed, through},
          sizes
        );
      else
        plan.emit(
          attentionBackward(
            label("attention ∂"),
            {
              qkv: extent(qkv),
              probs,
              dContext: extent(dContext),
              dQkv: extent(dQkv),
              drop: keep,
              changed: dUsed && {used: extent(used), dUsed: extent(dUsed)}
            },
            sizes
          )
        );
      for (const [i, name] of ["query", "key", "value"].entries()) {
        const {buffer} = back(`attention.${name}`, columns(dQkv, i * H, H));
        dQkv = {...dQkv, buffer};
      }
      three.forEach(({name}, i) => {
        const dPart = columns(dQkv, i * H, H);
        denseBackward(plan, label("q, k, v ∂"), h, name, dPart, db, true);
      });
      return db;
    }
  };
}

/** All layers in turn. */
export function lowerLayers(
  plan: PlanBuilder,
  inputs: EncoderInputs,
  h: Matrix
): {h: Matrix; backward(dh: Matrix): Matrix} {
  const layers: ReturnType<typeof lowerLayer>[] = [];
  for (let depth = 0; depth < effectiveDepth(plan.config); ++depth)
    layers.push(lowerLayer(plan, inputs, layers.at(-1)?.h ?? h, depth));
  return {
    h: layers.at(-1)!.h,
    backward: (dh) => layers.reduceRight((gradient, layer) => layer.backward(gradient), dh)
  };
}
