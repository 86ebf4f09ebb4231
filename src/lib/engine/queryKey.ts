/** Where one row of attention comes from: a query, and the key of every piece. */
import {disposeEncoded, encode} from "../albert/forward.js";
import {effectiveDepth} from "../albert/sharing.js";
import {InputError} from "../errors.js";
import {encodeText} from "./encodeText.js";
import {withParameters, type LoadedModel} from "./loadedModel.js";
import type {QueryKeyResult} from "./attentionCalls.js";
import type {EngineCalls} from "./protocol.js";

/**
 * The query of one piece and the keys of all, in one head at one depth, with the weights that their
 * products become: `softmax(q·k/√size)`.
 *
 * @throws InputError if the text is empty, or the head, depth or piece is not there
 */
export async function queryKey(
  model: LoadedModel,
  {text, pair, layer, head, from}: EngineCalls["queryKey"]["input"]
): Promise<QueryKeyResult> {
  const {config} = model;
  const {encoding, inputs} = encodeText(model, text, pair);
  const n = encoding.ids.length;
  const within = (name: string, value: number, size: number) => {
    if (!(value >= 0 && value < size))
      throw new InputError(`${name}: ${value + 1} (expected 1 to ${size})`);
  };
  within("depth", layer, effectiveDepth(config));
  within("head", head, config.numAttentionHeads);
  within("piece", from, n);
  const size = config.hiddenSize / config.numAttentionHeads;
  const names = ["query", "key", "probs"].map((name) => `layer.${layer}.attention.${name}`);
  const [query, key, probs] = await withParameters(model, async (params) => {
    const encoded = encode(params, inputs, config, {capture: names});
    try {
      const sites = names.map((name) => encoded.captured.get(name)!.data<"float32">());
      return (await Promise.all(sites)).map((values) => values.slice());
    } finally {
      disposeEncoded(encoded);
    }
  });
  const row = (values: Float32Array, i: number, width: number) =>
    values.slice((head * n + i) * width, (head * n + i + 1) * width);
  return {
    tokens: encoding.tokens,
    layer,
    head,
    from,
    query: row(query!, from, size),
    keys: {shape: [n, size], data: key!.slice(head * n * size, (head + 1) * n * size)},
    probs: row(probs!, from, n),
    model: model.name
  };
}
