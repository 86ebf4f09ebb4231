import {readFileSync} from "node:fs";
import {describe, expect, test} from "vitest";
import {effectiveDepth} from "../../../src/lib/albert/sharing.js";
import {parseConfigs} from "../../../src/lib/glue/configs.js";
import {rowsOf} from "../../../src/lib/glue/table.js";
import {baseWith, sharedTensors, sharingChoices} from "../../../src/lib/recipe/sharingMap.js";
import {publishedCosts} from "../../../src/lib/recipe/zooCosts.js";

const file = "data/glue/configs.csv";
const published = rowsOf<Record<string, string | number | null>>(
  parseConfigs(readFileSync(file, "utf8"), file)
);

describe("publishedCosts(sequenceLength)", () => {
  for (const length of [128, 512])
    test(`are the counts and the work of data/glue/configs.csv at ${length} pieces`, () => {
      const costs = publishedCosts(length);
      expect(costs.map(({name}) => name).sort()).toEqual(published.map((r) => r.model).sort());
      for (const row of published) {
        const cost = costs.find(({name}) => name === row.model)!;
        const total = cost.counts.embeddings + cost.counts.factorisation + cost.counts.encoder;
        expect(total, cost.name).toBe(
          Number(row.embeddings) + Number(row.factorisation) + Number(row.encoder)
        );
        expect(cost.counts.total, cost.name).toBe(row.total);
        expect(cost.flops / 1e6).toBeCloseTo(Number(row[`mflops_per_token_${length}`]), 1);
        expect(cost.family).toBe(row.family);
      }
    });
});

describe("sharedTensors(config)", () => {
  test("add up to the encoder's parameters for every way of sharing", () => {
    for (const {sharing} of sharingChoices) {
      const {config, counts} = baseWith(sharing);
      const map = sharedTensors(config);
      expect(map).toHaveLength(8);
      for (const {storage} of map) expect(storage).toHaveLength(effectiveDepth(config));
      const stored = map.reduce((sum, {size, storage}) => sum + size * new Set(storage).size, 0);
      expect(stored).toBe(counts.encoder);
    }
  });

  test("groups serve neighbouring depths", () => {
    const {config} = baseWith({groups: 3, inner: 1});
    expect(sharedTensors(config)[0]!.storage).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
  });

  test("sharing attention leaves every depth its own feed-forward part", () => {
    const map = sharedTensors(baseWith("attention").config);
    const copies = Object.fromEntries(
      map.map(({tensor, storage}) => [tensor, new Set(storage).size])
    );
    expect(copies).toMatchObject({"attention.query": 1, "attention.LayerNorm": 1, ffn: 12});
    expect(copies["ffn.LayerNorm"]).toBe(12);
  });
});
