import {describe, expect, test} from "vitest";
import {
  countMobileBert,
  countXlnet,
  mobileBert,
  xlnetLarge
} from "../../../src/lib/albert/otherEncoders.js";

describe("countXlnet(shape)", () => {
  test("is xlnet-large-cased to the unit, its LM head a bias a piece more", () => {
    const {total} = countXlnet(xlnetLarge);
    expect(total).toBe(360_268_800);
    expect(total + xlnetLarge.vocabSize).toBe(360_300_800);
  });

  test("grows by one layer's parameters with depth", () => {
    const {encoder} = countXlnet({...xlnetLarge, numHiddenLayers: 25});
    expect(encoder - countXlnet(xlnetLarge).encoder).toBe(countXlnet(xlnetLarge).encoder / 24);
  });
});

describe("countMobileBert(shape)", () => {
  test("is mobilebert-uncased to the unit", () => {
    expect(countMobileBert(mobileBert)).toEqual({
      embeddings: 4_171_008,
      factorisation: 197_120,
      encoder: 20_213_760,
      pooler: 262_656,
      total: 24_844_544
    });
  });
});
