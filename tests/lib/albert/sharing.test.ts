import {describe, expect, test} from "vitest";
import {makeConfig, type Sharing} from "../../../src/lib/albert/config.js";
import {effectiveDepth, layerAt, numGroups, storageOf} from "../../../src/lib/albert/sharing.js";

const withSharing = (sharing: Sharing, numHiddenLayers = 5) =>
  makeConfig({sharing, numHiddenLayers});

describe("storageOf(config, depth, tensor)", () => {
  const groupsOf = (sharing: Sharing, tensor: "attention.key.bias" | "ffn.bias") => {
    const config = withSharing(sharing);
    return Array.from({length: effectiveDepth(config)}, (_, depth) =>
      storageOf(config, depth, tensor).replace(/\D+(\d+)\D+(\d+).*/, "$1.$2")
    );
  };

  test("maps every mode as documented", () => {
    expect(groupsOf("all", "ffn.bias")).toEqual(Array(5).fill("0.0"));
    expect(groupsOf("none", "ffn.bias")).toEqual(["0.0", "1.0", "2.0", "3.0", "4.0"]);
    expect(groupsOf("attention", "attention.key.bias")).toEqual(Array(5).fill("0.0"));
    expect(groupsOf("attention", "ffn.bias")).toEqual(["0.0", "1.0", "2.0", "3.0", "4.0"]);
    expect(groupsOf("ffn", "attention.key.bias")).toEqual(["0.0", "1.0", "2.0", "3.0", "4.0"]);
    expect(groupsOf("ffn", "ffn.bias")).toEqual(Array(5).fill("0.0"));
  });

  test("groups that do not divide the depth split as in the reference", () => {
    expect(groupsOf({groups: 2, inner: 1}, "ffn.bias")).toEqual([
      "0.0",
      "0.0",
      "0.0",
      "1.0",
      "1.0"
    ]);
  });

  test("inner layers alternate within a step", () => {
    const config = withSharing({groups: 1, inner: 2}, 3);
    expect(effectiveDepth(config)).toBe(6);
    expect([0, 1, 2, 3, 4, 5].map((d) => layerAt(config, d).inner)).toEqual([0, 1, 0, 1, 0, 1]);
  });

  test("names the full Hugging Face path, without prefix for a bare model", () => {
    const config = withSharing("none");
    const path = "encoder.albert_layer_groups.2.albert_layers.0.attention.LayerNorm.weight";
    expect(storageOf(config, 2, "attention.LayerNorm.weight")).toBe(`albert.${path}`);
    const bare = makeConfig({...config, architecture: "AlbertModel"});
    expect(storageOf(bare, 2, "attention.LayerNorm.weight")).toBe(path);
    expect(numGroups(bare)).toBe(5);
  });

  test("refuses a depth that does not exist", () => {
    expect(() => storageOf(withSharing("all"), 5, "ffn.bias")).toThrow("invalid depth: 5");
  });
});
