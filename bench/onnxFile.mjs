/**
 * The benchmark's forward pass as an ONNX file, written by hand: messages of
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, opset 20.
 */

/** Concatenates byte arrays. */
function join(parts) {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function varint(value) {
  const bytes = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

const integer = (field, value) => join([varint(field * 8), varint(value)]);
const bytesField = (field, bytes) => join([varint(field * 8 + 2), varint(bytes.length), bytes]);
const text = (field, value) => bytesField(field, new TextEncoder().encode(value));
const message = (field, parts) => bytesField(field, join(parts));
const real = (field, value) =>
  join([varint(field * 8 + 5), new Uint8Array(Float32Array.of(value).buffer)]);

const types = {float: 1, int64: 7};

function tensor(name, dims, data) {
  const type = data instanceof BigInt64Array ? types.int64 : types.float;
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return [...dims.map((d) => integer(1, d)), integer(2, type), text(8, name), bytesField(9, raw)];
}

function valueInfo(name, type, dims) {
  const shape = dims.map((d) => message(1, [integer(1, d)]));
  const tensorType = [integer(1, type), message(2, shape)];
  return [text(1, name), message(2, [message(1, tensorType)])];
}

/** Attributes by the type of their value: `{i}`, `{f}`, `{s}` or `{ints}`. */
function attribute(name, {i, f, s, ints}) {
  if (i !== undefined) return [text(1, name), integer(3, i), integer(20, 2)];
  if (f !== undefined) return [text(1, name), real(2, f), integer(20, 1)];
  if (s !== undefined) return [text(1, name), text(4, s), integer(20, 3)];
  return [text(1, name), ...ints.map((x) => integer(8, x)), integer(20, 7)];
}

/**
 * The masked loss of AlbertForMaskedLM with all layers shared; inputs `ids`, `masked` unless every
 * position is predicted, and `labels`.
 */
export function onnxFile(config, data, {batch, sequence, maskedLabels}) {
  const {hiddenSize, numAttentionHeads: heads, numHiddenLayers, layerNormEps} = config;
  const tokens = batch * sequence;
  const slots = maskedLabels.length;
  const size = hiddenSize / heads;
  const nodes = [];
  const initializers = [];
  const node = (op, inputs, attributes = {}) => {
    const output = `${op}_${nodes.length}`;
    nodes.push([
      ...inputs.map((name) => text(1, name)),
      text(2, output),
      text(4, op),
      ...Object.entries(attributes).map(([name, value]) => message(5, attribute(name, value)))
    ]);
    return output;
  };
  const constant = (name, dims, values) => {
    initializers.push(tensor(name, dims, values));
    return name;
  };
  const shape = (name, dims) => constant(name, [dims.length], BigInt64Array.from(dims, BigInt));
  for (const [name, {shape: dims, data: values}] of data) constant(name, dims, values);
  const [flat, split] = [
    shape("flat", [tokens, hiddenSize]),
    shape("split", [batch, sequence, heads, size])
  ];
  const dense = (x, name) => node("Gemm", [x, `${name}.weight`, `${name}.bias`], {transB: {i: 1}});
  const norm = (x, name) =>
    node("LayerNormalization", [x, `${name}.weight`, `${name}.bias`], {
      axis: {i: -1},
      epsilon: {f: layerNormEps}
    });
  const gelu = (x) => node("Gelu", [x], {approximate: {s: "tanh"}});
  const turn = (x, perm) => node("Transpose", [x], {perm: {ints: perm}});

  const word = "albert.embeddings.word_embeddings.weight";
  const places = shape(
    "places",
    Array.from({length: tokens}, (_, i) => i % sequence)
  );
  const zeros = shape("zeros", new Array(tokens).fill(0));
  const looked = node("Add", [
    node("Add", [
      node("Gather", [word, "ids"]),
      node("Gather", ["albert.embeddings.position_embeddings.weight", places])
    ]),
    node("Gather", ["albert.embeddings.token_type_embeddings.weight", zeros])
  ]);
  const layer = "albert.encoder.albert_layer_groups.0.albert_layers.0";
  const embedded = norm(looked, "albert.embeddings.LayerNorm");
  const scale = constant("scale", [], Float32Array.of(1 / Math.sqrt(size)));
  let h = dense(embedded, "albert.encoder.embedding_hidden_mapping_in");
  for (let depth = 0; depth < numHiddenLayers; ++depth) {
    const part = (name, perm) =>
      turn(node("Reshape", [dense(h, `${layer}.attention.${name}`), split]), perm);
    const scores = node("MatMul", [part("query", [0, 2, 1, 3]), part("key", [0, 2, 3, 1])]);
    const probs = node("Softmax", [node("Mul", [scores, scale])], {axis: {i: -1}});
    const attended = node("MatMul", [probs, part("value", [0, 2, 1, 3])]);
    const context = node("Reshape", [turn(attended, [0, 2, 1, 3]), flat]);
    const output = dense(context, `${layer}.attention.dense`);
    h = norm(node("Add", [h, output]), `${layer}.attention.LayerNorm`);
    const fed = dense(gelu(dense(h, `${layer}.ffn`)), `${layer}.ffn_output`);
    h = norm(node("Add", [h, fed]), `${layer}.full_layer_layer_norm`);
  }
  const rows = slots < tokens ? node("Gather", [h, "masked"]) : h;
  const inner = norm(gelu(dense(rows, "predictions.dense")), "predictions.LayerNorm");
  const logits = node("Gemm", [inner, word, "predictions.bias"], {transB: {i: 1}});
  const log = node("LogSoftmax", [logits], {axis: {i: -1}});
  const chosen = node("GatherElements", [log, "labels"], {axis: {i: 1}});
  const mean = node("Neg", [node("ReduceMean", [chosen], {keepdims: {i: 0}})]);
  const inputs = [
    valueInfo("ids", types.int64, [tokens]),
    ...(slots < tokens ? [valueInfo("masked", types.int64, [slots])] : []),
    valueInfo("labels", types.int64, [slots, 1])
  ];
  const graph = [
    ...nodes.map((parts) => message(1, parts)),
    text(2, "albert"),
    ...initializers.map((parts) => message(5, parts)),
    ...inputs.map((parts) => message(11, parts)),
    message(12, valueInfo(mean, types.float, []))
  ];
  const file = [
    integer(1, 9),
    text(2, "albert-observatory"),
    message(7, graph),
    message(8, [text(1, ""), integer(2, 20)])
  ];
  const names = ["ids", ...(slots < tokens ? ["masked"] : []), "labels"];
  return {bytes: join(file), output: mean, inputs: names};
}

/**
 * What such a file is given.
 *
 * @param int64 makes a tensor of whole numbers from a BigInt64Array and its sizes
 */
export function onnxFeeds(inputs, {inputIds, maskedPositions, maskedLabels}, int64) {
  const tensor = (values, dims) => int64(BigInt64Array.from(values, BigInt), dims);
  const slots = maskedLabels.length;
  const all = {
    ids: tensor(inputIds, [inputIds.length]),
    masked: tensor(maskedPositions, [slots]),
    labels: tensor(maskedLabels, [slots, 1])
  };
  return Object.fromEntries(inputs.map((name) => [name, all[name]]));
}
