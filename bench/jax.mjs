/** The benchmark's model in jax-js: the whole step, Adam included, in one `jit`. */
import {defaultDevice, init, jit, nn, numpy as np, valueAndGrad} from "@jax-js/jax";

const layer = "albert.encoder.albert_layer_groups.0.albert_layers.0";
const adam = {beta1: 0.9, beta2: 0.999, epsilon: 1e-6, learningRate: 1e-3};

/** A contender on a device of jax-js: `wasm` or `webgpu`. */
export function contender(title, {device = "wasm"} = {}) {
  return async ({config, data, batch}, shape) => {
    // not tried at this size
    if (shape === "albert-base") return null;
    // on Node tfjs leaves a Worker in the globals, which jax-js takes for a browser's
    if (typeof document === "undefined" && globalThis.process) delete globalThis.Worker;
    // asked for by its WebGPU part, and not there in Node 20
    if (device === "webgpu") globalThis.navigator.userAgent ??= "Node";
    await init(device);
    defaultDevice(device);
    const names = [...data.keys()];
    const load = (make) => Object.fromEntries(names.map((name) => [name, make(data.get(name))]));
    let weights = load(({shape: s, data: values}) => np.array(values).reshape(s));
    let first = load(({shape: s}) => np.zeros(s));
    let second = load(({shape: s}) => np.zeros(s));
    const int = (values) => np.array(Int32Array.from(values), {dtype: np.int32});
    const inputs = [int(batch.inputIds), int(batch.maskedPositions), int(batch.maskedLabels)];
    const loss = lossOf(config, batch);
    const gradient = valueAndGrad(loss);
    const step = jit((w, m, v, c1, c2, ids, masked, labels) => {
      const own = Object.fromEntries(names.map((name) => [name, w[name].ref]));
      const [value, g] = gradient(own, ids, masked, labels);
      const next = [{}, {}, {}];
      for (const name of names) {
        const gain = g[name];
        const m1 = m[name].mul(adam.beta1).add(gain.ref.mul(1 - adam.beta1));
        const v1 = v[name].mul(adam.beta2).add(gain.ref.mul(gain).mul(1 - adam.beta2));
        next[1][name] = m1.ref;
        next[2][name] = v1.ref;
        const update = m1.mul(c1.ref).div(np.sqrt(v1.mul(c2.ref)).add(adam.epsilon));
        next[0][name] = w[name].sub(update.mul(adam.learningRate));
      }
      c1.dispose();
      c2.dispose();
      return [value, ...next];
    });
    const read = jit((w, ids, masked, labels) => loss(w, ids, masked, labels));
    const shared = () => inputs.map((x) => x.ref);
    let taken = 0;
    return {
      name: title,
      async step() {
        ++taken;
        const c1 = np.array(1 / (1 - adam.beta1 ** taken));
        const c2 = np.array(1 / (1 - adam.beta2 ** taken));
        const result = step(weights, first, second, c1, c2, ...shared());
        weights = result[1];
        first = result[2];
        second = result[3];
        return {loss: (await result[0].data())[0]};
      },
      async forward() {
        const own = Object.fromEntries(names.map((name) => [name, weights[name].ref]));
        return {loss: (await read(own, ...shared()).data())[0]};
      },
      dispose() {
        for (const tree of [weights, first, second]) for (const name of names) tree[name].dispose();
        for (const x of inputs) x.dispose();
      }
    };
  };
}

function lossOf(config, {batch, sequence, maskedLabels}) {
  const {hiddenSize, numAttentionHeads: heads, numHiddenLayers, vocabSize, layerNormEps} = config;
  const tokens = batch * sequence;
  const split = [batch, sequence, heads, hiddenSize / heads];
  return (w, ids, masked, labels) => {
    const get = (name) => w[name].ref;
    const norm = (x, name) =>
      nn
        .standardize(x, -1, {epsilon: layerNormEps})
        .mul(get(`${name}.weight`))
        .add(get(`${name}.bias`));
    const dense = (x, name) =>
      np.matmul(x, np.transpose(get(`${name}.weight`))).add(get(`${name}.bias`));
    const gelu = (x) => nn.gelu(x, {approximate: true});
    const table = "albert.embeddings.word_embeddings.weight";
    // products instead of `take`, whose gradient its compiler refuses here
    const words = np.matmul(nn.oneHot(ids, vocabSize), get(table)).reshape([batch, sequence, -1]);
    const positions = get("albert.embeddings.position_embeddings.weight").slice([0, sequence]);
    const types = get("albert.embeddings.token_type_embeddings.weight").slice([0, 1]);
    const embedded = norm(words.add(positions).add(types), "albert.embeddings.LayerNorm");
    const mapping = "albert.encoder.embedding_hidden_mapping_in";
    let h = dense(embedded.reshape([tokens, -1]), mapping);
    for (let depth = 0; depth < numHiddenLayers; ++depth) {
      const [query, key, value] = ["query", "key", "value"].map((name) =>
        np.transpose(dense(h.ref, `${layer}.attention.${name}`).reshape(split), [0, 2, 1, 3])
      );
      // its own dotProductAttention needs iterator helpers, which Node 20 lacks
      const scores = np.matmul(query, np.transpose(key, [0, 1, 3, 2])).mul(1 / Math.sqrt(split[3]));
      const attended = np.matmul(nn.softmax(scores, -1), value);
      const context = np.transpose(attended, [0, 2, 1, 3]).reshape([tokens, hiddenSize]);
      h = norm(h.add(dense(context, `${layer}.attention.dense`)), `${layer}.attention.LayerNorm`);
      const fed = dense(gelu(dense(h.ref, `${layer}.ffn`)), `${layer}.ffn_output`);
      h = norm(h.add(fed), `${layer}.full_layer_layer_norm`);
    }
    if (maskedLabels.length < tokens) h = np.matmul(nn.oneHot(masked, tokens), h);
    else masked.dispose();
    const inner = norm(gelu(dense(h, "predictions.dense")), "predictions.LayerNorm");
    const logits = np.matmul(inner, np.transpose(get(table))).add(get("predictions.bias"));
    for (const tensor of Object.values(w)) tensor.dispose();
    return nn.logSoftmax(logits, -1).mul(nn.oneHot(labels, vocabSize)).sum(-1).mean().neg();
  };
}
