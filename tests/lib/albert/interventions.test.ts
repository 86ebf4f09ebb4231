import * as tf from "@tensorflow/tfjs-core";
import {beforeAll, describe, expect, test} from "vitest";
import {captureSites} from "../../../src/lib/albert/capture.js";
import {encode, type EncodeOptions, type Intervention} from "../../../src/lib/albert/forward.js";
import {dot} from "../../../src/lib/albert/ops/arithmetic.js";
import {disposeParameters, uploadParameters} from "../../../src/lib/albert/params.js";
import {copyParameters} from "../../../src/lib/albert/specs.js";
import {InputError} from "../../../src/lib/errors.js";
import {exactBackends, useBackend} from "./backends.js";
import {referenceOf, tinyConfig, tinyInputs, tinyParameters} from "./tiny.js";

const config = tinyConfig({numHiddenLayers: 3});
const data = tinyParameters(config);

/** Captured values of a run, read back; everything is freed. */
function run(options: EncodeOptions, inputs = tinyInputs, parameters = data) {
  const params = uploadParameters(parameters);
  const read = new Map<string, {shape: number[]; data: Float32Array}>();
  tf.tidy(() => {
    const {captured} = encode(params, inputs, config, {capture: "all", ...options});
    for (const [site, tensor] of captured)
      read.set(site, {shape: tensor.shape, data: tensor.dataSync<"float32">().slice()});
  });
  disposeParameters(params);
  return read;
}

const close = {rtol: 1e-5, atol: 3e-6};

describe.each(exactBackends)("interventions on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test.each([
    ["everywhere", undefined],
    ["at one depth", 1]
  ])("masking a head %s equals the reference", (_, depth) => {
    const read = run({interventions: [{type: "maskHeads", heads: [1], depth}]});
    const headMask = [0, 1, 2].map((d) => (depth === undefined || d === depth ? [1, 0] : [1, 1]));
    const reference = referenceOf(config, data);
    tinyInputs.inputIds.forEach((ids, row) => {
      const mask = tinyInputs.attentionMask[row]!;
      const expected = reference.encode(ids, mask, tinyInputs.tokenTypeIds[row]!, headMask);
      const last = read.get("layer.2.output")!.data.slice(row * 42, (row + 1) * 42);
      expect(last).toBeAllClose(expected.last.flat(), close);
    });
  });

  test("a head masked at every depth equals its part of the output matrix set to 0", () => {
    const masked = run({interventions: [{type: "maskHeads", heads: [1]}]});
    const size = config.hiddenSize / config.numAttentionHeads;
    const without = copyParameters(data);
    for (const [name, {shape, data: values}] of without)
      if (name.endsWith("attention.dense.weight"))
        for (let i = 0; i < values.length; ++i)
          if (Math.floor((i % shape[1]!) / size) === 1) values[i] = 0;
    const zeroed = run({}, tinyInputs, without);
    const last = (read: typeof masked) => read.get("layer.2.output")!.data;
    expect(last(masked)).toBeAllClose(last(zeroed), {rtol: 0, atol: 1e-6});
    expect(last(masked)).not.toBeAllClose(last(run({})), {rtol: 0, atol: 1e-3});
  });

  test("masking every cell of a head masks the head; masking none changes nothing", () => {
    const all = [0, 1, 2, 3, 4, 5, 6];
    const cells = (from: number[], to: number[], renormalise = false) =>
      run({interventions: [{type: "maskAttention", heads: [1], from, to, renormalise}]});
    const headless = run({interventions: [{type: "maskHeads", heads: [1]}]});
    for (const renormalise of [false, true]) {
      expect(cells(all, all, renormalise).get("pooler")).toEqual(headless.get("pooler"));
      const same = cells([], all, renormalise);
      expect(same.get("layer.2.output")!.data).toBeAllClose(
        run({}).get("layer.2.output")!.data,
        close
      );
    }
  });

  test("a masked cell is 0, and the rest of its row is as it was, or scaled to sum to 1", () => {
    const site = "layer.1.attention.probs";
    const change = {type: "maskAttention", heads: [1], from: [3], to: [0, 4], depth: 1} as const;
    const plain = run({}).get(site)!.data;
    const at = (row: number, head: number, from: number) => ((row * 2 + head) * 7 + from) * 7;
    const start = at(0, 1, 3);
    const cut = run({interventions: [change]}).get(site)!.data;
    const rest = plain.slice(start, start + 7).map((p, to) => (to === 0 || to === 4 ? 0 : p));
    expect(cut.slice(start, start + 7)).toEqual(rest);
    expect(cut.slice(at(0, 1, 4), at(0, 1, 5))).toEqual(plain.slice(at(0, 1, 4), at(0, 1, 5)));
    expect(cut.slice(at(0, 0, 3), at(0, 0, 4))).toEqual(plain.slice(at(0, 0, 3), at(0, 0, 4)));
    const scaled = run({interventions: [{...change, renormalise: true}]}).get(site)!.data;
    const sum = rest.reduce((a, b) => a + b);
    expect(scaled.slice(start, start + 7)).toBeAllClose(
      rest.map((p) => p / sum),
      close
    );
  });

  test("a head that reads zeros is a masked head", () => {
    const site = "layer.1.attention.value";
    const zeros = run({interventions: [{type: "replace", site, value: 0, heads: [0]}]});
    const masked = run({interventions: [{type: "maskHeads", heads: [0], depth: 1}]});
    expect(zeros.get("layer.2.output")!.data).toBeAllClose(
      masked.get("layer.2.output")!.data,
      close
    );
  });

  test("replacing any site by the value it has changes nothing", () => {
    const plain = run({});
    for (const {site} of captureSites(config)) {
      const again = run({interventions: [{type: "replace", site, value: plain.get(site)!}]});
      for (const [other, {data}] of again) expect(data).toBeAllClose(plain.get(other)!.data, close);
    }
  });

  test("patching every site after it from another run gives that run's output", () => {
    const other = {...tinyInputs, inputIds: tinyInputs.inputIds.map((row) => row.toReversed())};
    const theirs = run({}, other);
    const site = "layer.1.output";
    const patched = run({interventions: [{type: "replace", site, value: theirs.get(site)!}]});
    expect(patched.get("layer.2.output")!.data).toBeAllClose(
      theirs.get("layer.2.output")!.data,
      close
    );
    expect(patched.get("layer.0.output")).toEqual(run({}).get("layer.0.output"));
  });

  test("rows, heads and positions limit what is replaced", () => {
    const at = (site: string, options: Partial<Intervention & {type: "replace"}>) =>
      run({interventions: [{type: "replace", site, value: 9, ...options}]}).get(site)!.data;
    const nines = (values: Float32Array) => [...values.keys()].filter((i) => values[i] === 9);
    const output = at("layer.0.output", {rows: [1], positions: [2, 4]});
    const places = [2, 4].flatMap((p) => Array.from({length: 6}, (_, i) => (7 + p) * 6 + i));
    expect(nines(output)).toEqual(places);
    const probs = at("layer.0.attention.probs", {rows: [2], heads: [1], positions: [3]});
    const from = ((2 * 2 + 1) * 7 + 3) * 7;
    expect(nines(probs)).toEqual(Array.from({length: 7}, (_, i) => from + i));
    expect(nines(at("layer.0.attention.value", {heads: [0]}))).toHaveLength(3 * 7 * 3);
    expect(nines(at("pooler", {rows: [0]}))).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test("gradients flow into a replaced value and not past it", () => {
    const params = uploadParameters(data);
    tf.tidy(() => {
      const value = tf.zeros([3, 7, 6]);
      const weights = tf.tensor(
        Float32Array.from({length: 126}, (_, i) => Math.sin(i)),
        [3, 7, 6]
      );
      const site = "layer.0.output";
      const loss = (x: tf.Tensor) => {
        const {sequenceOutput} = encode(params, tinyInputs, config, {
          interventions: [{type: "replace", site, value: x}]
        });
        return dot(sequenceOutput, weights);
      };
      const gradient = tf.grad(loss)(value).dataSync();
      expect(gradient.some((g) => Math.abs(g) > 1e-3)).toBe(true);
      const step = tf.tensor(
        Float32Array.from(gradient, (_, i) => (i === 9 ? 1e-2 : 0)),
        [3, 7, 6]
      );
      const rise =
        loss(tf.add(value, step)).dataSync()[0]! - loss(tf.sub(value, step)).dataSync()[0]!;
      expect(rise / 2e-2).toBeCloseTo(gradient[9]!, 1);
    });
    disposeParameters(params);
  });

  test.each<[string, Intervention, RegExp]>([
    ["site", {type: "replace", site: "layer.3.output", value: 0}, /no site layer\.3\.output/],
    ["head", {type: "maskHeads", heads: [2]}, /no head 2/],
    ["depth", {type: "maskHeads", heads: [0], depth: 3}, /no site layer\.3\.attention\.probs/],
    [
      "position",
      {type: "replace", site: "embeddings", value: 0, positions: [7]},
      /index 7 is outside/
    ]
  ])("refuses a %s that does not exist", (_, intervention, message) => {
    const params = uploadParameters(data);
    const attempt = () => encode(params, tinyInputs, config, {interventions: [intervention]});
    expect(attempt).toThrow(InputError);
    expect(attempt).toThrow(message);
    disposeParameters(params);
  });
});
