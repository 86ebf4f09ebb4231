import * as tf from "@tensorflow/tfjs-core";
import {beforeAll, describe, expect, test} from "vitest";
import {areaUnder, curvePlan, orderOf} from "../../../src/lib/albert/aggregate/curves.js";
import {fillMasks} from "../../../src/lib/engine/ask.js";
import {compareMethods} from "../../../src/lib/engine/compareMethods.js";
import {useBackend} from "../albert/backends.js";
import {tinyModel} from "./tinyModel.js";

const model = tinyModel(90);
const text = "the cat [MASK] a house and waits";

beforeAll(() => useBackend("cpu"));

describe("curves", () => {
  test("hide the first pieces first, and show them first", () => {
    expect(orderOf([9, 3, 5, 3, 7], [1, 2, 3, 4])).toEqual([4, 2, 1, 3]);
    expect(curvePlan([4, 2, 1, 3], 2)).toEqual({
      counts: [0, 2, 4],
      deletion: [[], [4, 2], [4, 2, 1, 3]],
      insertion: [[4, 2, 1, 3], [1, 3], []]
    });
    expect(curvePlan([6, 5], 10).counts).toEqual([0, 1, 2]);
  });

  test("the area is the mean height, over uneven steps too", () => {
    expect(areaUnder([0, 1, 4], [1, 0, 0])).toBeCloseTo(0.125, 12);
    expect(areaUnder([0, 3, 5], [0.5, 0.5, 0.5])).toBeCloseTo(0.5, 12);
  });
});

describe("compareMethods(model, text, pair)", () => {
  test("explains the likeliest guess by every method, and leaves no tensor behind", async () => {
    const {numTensors} = tf.memory();
    const phases: string[] = [];
    const result = (await compareMethods(model, text, null, ({phase}) => phases.push(phase)))!;
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(phases[0]).toBe("scoring the pieces");
    const [best] = (await fillMasks(model, text)).blanks[0]!.top;
    expect(result.target.piece).toBe(best!.piece);
    expect(result.target.probability).toBeCloseTo(best!.probability, 6);
    expect(result.tokens[result.position]).toBe("[MASK]");
    expect(result.candidates).not.toContain(result.position);
    expect(result.candidates).not.toContain(0);
    expect(result.methods.map(({name}) => name)).toEqual([
      "attention",
      "rollout",
      "flow",
      "norm-weighted",
      "value zeroing",
      "gradient × attention",
      "occlusion"
    ]);
    for (const {scores, counts, deletion, insertion} of result.methods) {
      expect(scores).toHaveLength(result.tokens.length);
      expect(scores.every(Number.isFinite)).toBe(true);
      expect(counts.at(-1)).toBe(result.candidates.length);
      // Nothing hidden is the text; all hidden is the same row for every method.
      expect(deletion[0]).toBeCloseTo(best!.probability, 6);
      expect(insertion.at(-1)).toBeCloseTo(best!.probability, 6);
      expect(deletion.at(-1)).toBeCloseTo(insertion[0]!, 6);
    }
    result.agreement.forEach((row, i) => {
      expect(row[i]).toBeCloseTo(1, 12);
      row.forEach((tau, j) => expect(tau).toBeCloseTo(result.agreement[j]![i]!, 12));
    });
  });

  test("stopped between two methods, it tests no other and leaves no tensor behind", async () => {
    const {numTensors} = tf.memory();
    const stop = new AbortController();
    const phases: string[] = [];
    const report = ({phase}: {phase: string}) => {
      phases.push(phase);
      if (phase === "testing rollout") stop.abort();
    };
    expect(await compareMethods(model, text, null, report, stop.signal)).toBeNull();
    expect(phases.at(-1)).toBe("testing rollout");
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  test("occlusion is the fall of the log probability when one piece is hidden", async () => {
    const {methods, candidates, target, tokens} = (await compareMethods(
      model,
      text,
      null,
      () => {}
    ))!;
    const occlusion = methods.find(({name}) => name === "occlusion")!;
    // A word that is one piece can be hidden in the text itself.
    const at = candidates.find((i) => /^▁\p{L}/u.test(tokens[i]!) && /^[▁[]/.test(tokens[i + 1]!))!;
    const {blanks} = await fillMasks(model, text.replace(tokens[at]!.slice(1), "[MASK]"));
    expect(blanks).toHaveLength(2);
    const {top} = blanks.find(({position}) => position !== at)!;
    const guess = top.find(({piece}) => piece === target.piece)!;
    expect(occlusion.scores[at]).toBeCloseTo(Math.log(target.probability / guess.probability), 5);
    const hit = orderOf(occlusion.scores, candidates)[0]!;
    expect(occlusion.deletion[1]).toBeCloseTo(
      target.probability * Math.exp(-occlusion.scores[hit]!),
      6
    );
  });

  test.each([
    ["the cat sees a house", /no \[MASK\] in the text/],
    ["[MASK]", /too few pieces/],
    [`[MASK] ${"the cat ".repeat(40)}`, /pieces \(expected at most 64\)/]
  ])("refuses %s", async (wrong, message) => {
    await expect(compareMethods(model, wrong, null, () => {})).rejects.toThrow(message);
  });
});
