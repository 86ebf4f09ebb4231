import {beforeAll, describe, expect, test} from "vitest";
import {makeConfig, type AlbertConfig} from "../../../src/lib/albert/config.js";
import {configToHf} from "../../../src/lib/albert/hfConfig.js";
import {disposeParameters, uploadParameters} from "../../../src/lib/albert/params.js";
import {countParameters, initParameters, parameterSpecs} from "../../../src/lib/albert/specs.js";
import {evaluatePretraining} from "../../../src/lib/albert/train.js";
import {
  drift,
  reshare,
  tie,
  untie,
  untieAt,
  type ModelData
} from "../../../src/lib/albert/untie.js";
import {useBackend} from "./backends.js";
import {tinyBatch, tinyConfig} from "./tiny.js";

const config = tinyConfig({numHiddenLayers: 3, initializerRange: 0.5});

async function lossOf({config, parameters}: ModelData): Promise<number> {
  const params = uploadParameters(parameters);
  const {loss} = await evaluatePretraining(params, [tinyBatch], config);
  disposeParameters(params);
  return loss;
}

/** Name and size of every tensor, sorted. */
const namesOf = (parameters: ModelData["parameters"]) =>
  [...parameters].map(([name, {shape}]) => `${name} ${shape}`).sort();
const specsOf = (config: AlbertConfig) =>
  parameterSpecs(config)
    .map(({name, shape}) => `${name} ${shape}`)
    .sort();

beforeAll(() => useBackend("cpu"));

describe("untie(config, parameters) and untieAt(config, parameters, depth)", () => {
  for (const sharing of ["all", "ffn", {groups: 2, inner: 2}, {layers: [0, 1, 0]}] as const)
    test(`compute what they did, to the last bit, from ${JSON.stringify(sharing)}`, async () => {
      const shared: ModelData = {
        config: {...config, sharing},
        parameters: initParameters({...config, sharing}, 5)
      };
      const before = await lossOf(shared);
      for (const made of [
        untie(shared.config, shared.parameters),
        untieAt(shared.config, shared.parameters, 1)
      ]) {
        expect(namesOf(made.parameters)).toEqual(specsOf(made.config));
        expect(await lossOf(made)).toBe(before);
        expect(drift(shared, made).every((d) => d === 0)).toBe(true);
      }
    });

  test("one depth gets tensors of its own, the others go on sharing", () => {
    const data = initParameters(config, 5);
    const one = untieAt(config, data, 1);
    expect(one.config.sharing).toEqual({layers: [0, 1, 0]});
    expect(countParameters(one.config).encoder).toBe(2 * countParameters(config).encoder);
    expect(untieAt(config, data, 0).config.sharing).toEqual({layers: [0, 1, 1]});
    expect(untieAt(one.config, one.parameters, 2).config.sharing).toEqual({layers: [0, 1, 2]});
    expect(() => untieAt(config, data, 3)).toThrow("invalid depth: 3 (must be in [0, 3))");
  });

  test("copies are copies: changing one leaves the other", () => {
    const data = initParameters(config, 5);
    const name = "albert.encoder.albert_layer_groups.0.albert_layers.0.ffn.weight";
    const kept = data.get(name)!.data[0];
    untieAt(config, data, 2).parameters.get(name)!.data.fill(9);
    expect(data.get(name)!.data[0]).toBe(kept);
  });
});

describe("tie(config, parameters)", () => {
  test("stores one layer, the mean of all, and as many parameters as the formula says", () => {
    const apart: AlbertConfig = {...config, sharing: "none"};
    const data = initParameters(apart, 5);
    const tied = tie(apart, data);
    const stored = [...tied.parameters.values()].reduce((sum, {data}) => sum + data.length, 0);
    expect(stored).toBe(countParameters({...config, sharing: "all"}).total);
    expect(countParameters(tied.config).encoder).toBe(countParameters(apart).encoder / 3);
    const at = (d: number) =>
      data.get(`albert.encoder.albert_layer_groups.${d}.albert_layers.0.ffn.bias`)!.data;
    for (const layer of [0, 1, 2]) at(layer).fill(layer);
    const bias = tie(apart, data).parameters.get(
      "albert.encoder.albert_layer_groups.0.albert_layers.0.ffn.bias"
    )!;
    expect([...bias.data]).toEqual(new Array(11).fill(1));
  });

  test("undoes untying", async () => {
    const shared: ModelData = {config, parameters: initParameters(config, 8)};
    const clone = untie(config, shared.parameters);
    const again = tie(clone.config, clone.parameters);
    expect(namesOf(again.parameters)).toEqual(specsOf(config));
    expect(Math.max(...drift(shared, again))).toBeLessThan(1e-7);
  });
});

describe("drift(before, after)", () => {
  test("is the length of the change as a share of the layer's own, depth by depth", () => {
    const before = untieAt(config, initParameters(config, 5), 1);
    const after = reshare(before.config, before.parameters, before.config.sharing);
    for (const [name, {data}] of after.parameters)
      if (name.includes("groups.1.")) for (let i = 0; i < data.length; ++i) data[i]! *= 1.25;
    const moved = drift(before, after);
    expect(moved[0]).toBe(0);
    expect(moved[1]).toBeCloseTo(0.25, 6);
    expect(moved[2]).toBe(0);
  });
});

describe("a configuration with {layers}", () => {
  test("is checked, and has no config.json", () => {
    const make = (layers: number[]) => makeConfig({...config, sharing: {layers}});
    expect(() => make([0, 1])).toThrow("sharing.layers");
    expect(() => make([0, 2, 1])).toThrow("numbered from 0 in order of first use");
    expect(() => configToHf(make([0, 1, 0]))).toThrow("untie them all first");
  });
});
