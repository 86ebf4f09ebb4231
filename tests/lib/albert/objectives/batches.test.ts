import {describe, expect, test} from "vitest";
import type {Batch} from "../../../../src/lib/albert/objectives/batch.js";
import {batches, type BatchOptions} from "../../../../src/lib/albert/objectives/batches.js";
import {countingDocuments, countingPieces, pieces, randomDocuments} from "./text.js";

const sop: BatchOptions = {pieces, batch: 5, sequence: 29, sentence: "sop"};

/** The rows of a batch before masking, without padding. */
function rows(batch: Batch): number[][] {
  const ids = Int32Array.from(batch.inputIds);
  batch.maskedPositions.forEach((position, i) => {
    if (batch.maskedWeights[i] === 1) ids[position] = batch.maskedLabels[i]!;
  });
  return Array.from({length: batch.batch}, (_, r) => {
    const from = r * batch.sequence;
    const length = batch.attentionMask
      .subarray(from, from + batch.sequence)
      .reduce((a, b) => a + b, 0);
    return Array.from(ids.subarray(from, from + length));
  });
}

/** The two segments of a row without its special tokens. */
function segments(row: number[]): [number[], number[]] {
  const sep = row.indexOf(3);
  return [row.slice(1, sep), row.slice(sep + 1, -1)];
}

describe("batches(documents, options, seed).at(step)", () => {
  const documents = randomDocuments(40, 12);

  test("has the stated shapes and lays rows out as [CLS] A [SEP] B [SEP]", () => {
    const made = batches(documents, sop, 7);
    for (let step = 0; step < 60; ++step) {
      const batch = made.at(step);
      const size = 5 * 29;
      for (const key of ["inputIds", "attentionMask", "tokenTypeIds"] as const)
        expect(batch[key].length).toBe(size);
      expect(batch.maskedPositions.length).toBe(made.maskedSlots);
      expect(made.maskedSlots).toBe(5 * 4);
      rows(batch).forEach((row, r) => {
        expect(row[0]).toBe(2);
        expect(row.at(-1)).toBe(3);
        expect(row.filter((id) => id === 3).length).toBe(2);
        const [a, b] = segments(row);
        expect(Math.min(a.length, b.length)).toBeGreaterThan(0);
        const types = batch.tokenTypeIds.subarray(r * 29, (r + 1) * 29);
        const expected = Array.from({length: 29}, (_, i) =>
          i >= a.length + 2 && i < row.length ? 1 : 0
        );
        expect(Array.from(types)).toEqual(expected);
        for (let i = row.length; i < 29; ++i) expect(batch.inputIds[r * 29 + i]).toBe(0);
      });
      batch.maskedPositions.forEach((position, i) => {
        expect(Math.floor(position / 29)).toBe(Math.floor(i / 4));
        if (batch.maskedWeights[i] === 0) {
          expect(position % 29).toBe(0);
          expect(batch.maskedLabels[i]).toBe(0);
        }
      });
    }
  });

  test.each(["sop", "nsp", "none"] as const)(
    "is a pure function of (seed, step) for %s",
    (name) => {
      const options = {...sop, sentence: name};
      const once = batches(documents, options, 7);
      const forward = Array.from({length: 90}, (_, step) => once.at(step));
      const fresh = batches(documents, options, 7);
      for (const step of [89, 3, 88, 0, 41]) expect(fresh.at(step)).toEqual(forward[step]);
      expect(batches(documents, options, 8).at(3)).not.toEqual(forward[3]);
      expect(forward[4]).not.toEqual(forward[3]);
    }
  );

  test("visits every training sentence of an epoch and changes the order in the next", () => {
    const counting = countingDocuments(Array.from({length: 30}, () => [5, 6, 7, 5, 6]));
    const vocabulary = countingPieces(5 + 30 * 29);
    const options = {...sop, batch: 1, sequence: 20, sentence: "none" as const, pieces: vocabulary};
    const made = batches(counting, options, 3);
    const epoch = (from: number) =>
      Array.from({length: made.rowsPerEpoch}, (_, i) => rows(made.at(from + i))[0]!);
    const seen = new Set(epoch(0).flat());
    [2, 3].forEach((id) => seen.delete(id));
    expect(seen.size).toBe(made.tokens);
    expect(made.tokens).toBe(27 * 29);
    expect(epoch(made.rowsPerEpoch)).not.toEqual(epoch(0));
  });

  test("labels half of the SOP rows swapped, and says so truly", () => {
    const counting = countingDocuments(Array.from({length: 30}, () => [5, 6, 7, 5, 6]));
    const options = {...sop, pieces: countingPieces(5 + 30 * 29), sequence: 64};
    const made = batches(counting, options, 3);
    let swapped = 0;
    let n = 0;
    for (let step = 0; step < 200; ++step) {
      const batch = made.at(step);
      rows(batch).forEach((row, r) => {
        const [a, b] = segments(row);
        expect(a[0]! > b[0]!).toBe(batch.sentenceLabels![r] === 1);
        const [first, second] = a[0]! > b[0]! ? [b, a] : [a, b];
        expect(second[0]).toBe(first.at(-1)! + 1); // consecutive in the same document
        swapped += batch.sentenceLabels![r]!;
        ++n;
      });
    }
    expect(Math.abs(swapped - n / 2)).toBeLessThan(4 * Math.sqrt(n / 4));
  });

  test("gives NSP rows of label 1 a B from another document", () => {
    const counting = countingDocuments(Array.from({length: 30}, () => [5, 6, 7, 5, 6]));
    const options = {
      ...sop,
      sentence: "nsp" as const,
      pieces: countingPieces(5 + 30 * 29),
      sequence: 64
    };
    const made = batches(counting, options, 3);
    const documentOf = (id: number) => Math.floor((id - 5) / 29);
    let random = 0;
    let n = 0;
    for (let step = 0; step < 200; ++step) {
      const batch = made.at(step);
      rows(batch).forEach((row, r) => {
        const [a, b] = segments(row);
        if (batch.sentenceLabels![r] === 1) expect(documentOf(b[0]!)).not.toBe(documentOf(a[0]!));
        else expect(b[0]).toBe(a.at(-1)! + 1);
        random += batch.sentenceLabels![r]!;
        ++n;
      });
    }
    // More rows start anew after a random B, so label 1 is not exactly half: it is what was drawn.
    expect(Math.abs(random - n / 2)).toBeLessThan(4 * Math.sqrt(n / 4));
  });

  test("keeps a tenth of the rows short, in a text of one document too", () => {
    const long = randomDocuments(1, 3000);
    const lengths = (shortProbability: number) => {
      const made = batches(long, {...sop, sequence: 128, shortProbability}, 3);
      return Array.from({length: 150}, (_, step) => rows(made.at(step)))
        .flat()
        .map((row) => row.length);
    };
    const short = (shortProbability: number) =>
      lengths(shortProbability).filter((length) => length < 100).length / 750;
    const ends = short(0); // what is left short at the ends of sections
    expect(ends).toBeLessThan(0.12);
    expect(short(0.1) - ends).toBeGreaterThan(0.03);
    expect(short(0.1) - ends).toBeLessThan(0.13);
  });

  test("cuts a pair that is too long at random ends, from its longer segment", () => {
    const counting = countingDocuments(Array.from({length: 25}, () => [20, 17]));
    const options = {...sop, pieces: countingPieces(5 + 25 * 37), sequence: 27};
    const made = batches(counting, options, 3);
    const fronts = new Set<number>();
    for (let step = 0; step < 40; ++step)
      for (const row of rows(made.at(step))) {
        const [a, b] = segments(row);
        expect(row.length).toBe(27);
        expect(Math.abs(a.length - b.length)).toBeLessThanOrEqual(1);
        fronts.add((a[0]! - 5) % 37);
      }
    expect(fronts.size).toBeGreaterThan(4);
  });

  test("takes under a millisecond for 16 rows of 64", () => {
    const options = {...sop, batch: 16, sequence: 64};
    const made = batches(randomDocuments(400, 20), options, 1);
    for (let step = 0; step < 300; ++step) made.at(step);
    const times = Array.from({length: 200}, (_, i) => {
      const start = performance.now();
      made.at(300 + i);
      return performance.now() - start;
    }).sort((a, b) => a - b);
    expect(times[100]).toBeLessThan(1);
  });
});

describe("batches(documents, options, seed).heldOut(n)", () => {
  test("is fixed and shares no document with training", () => {
    const counting = countingDocuments(Array.from({length: 30}, () => [5, 6, 7, 5, 6]));
    const options = {...sop, pieces: countingPieces(5 + 30 * 29), heldOut: 0.2};
    const made = batches(counting, options, 3);
    const documentOf = (id: number) => Math.floor((id - 5) / 29);
    const documentsOf = (batch: Batch) =>
      rows(batch).flatMap((row) => row.filter((id) => id > 4).map(documentOf));
    const training = new Set(Array.from({length: 60}, (_, i) => documentsOf(made.at(i))).flat());
    const heldOut = made.heldOut(6);
    const held = new Set(heldOut.flatMap(documentsOf));
    expect(training.size).toBe(24);
    expect(held.size).toBe(6);
    for (const document of held) expect(training.has(document)).toBe(false);
    expect(batches(counting, options, 3).heldOut(3)).toEqual(heldOut.slice(0, 3));
  });

  test("cuts a text of one document to hold a part out", () => {
    const made = batches(randomDocuments(1, 200), sop, 3);
    expect(made.notes).toEqual([]);
    const total = randomDocuments(1, 200)
      .flat()
      .reduce((sum, sentence) => sum + sentence.length, 0);
    expect(made.tokens / total).toBeGreaterThan(0.85);
    expect(made.tokens / total).toBeLessThan(0.95);
  });

  test("uses the training text, and says so, where nothing can be held out", () => {
    const made = batches(randomDocuments(1, 2), sop, 3);
    expect(made.notes).toEqual([
      "the text is too short to hold a part out: evaluation uses the training text"
    ]);
    expect(made.heldOut(2).length).toBe(2);
  });
});

describe("batches(documents, options, seed) on awkward texts", () => {
  const single = [Int32Array.from([7, 8, 10])];

  test("joins documents of one sentence and says so", () => {
    const singles = Array.from({length: 40}, () => single);
    const made = batches(singles, sop, 1);
    expect(made.notes[0]).toMatch(/^40 documents of one sentence were joined .*near chance$/);
    expect(segments(rows(made.at(0))[0]!)[1].length).toBeGreaterThan(0);
    expect(() => batches(singles, {...sop, joinSingles: false}, 1)).toThrow(
      "no document has two sentences"
    );
  });

  test("leaves a lone sentence out among documents that have pairs", () => {
    const made = batches([...randomDocuments(30, 4), single], sop, 1);
    expect(made.notes).toEqual(["1 documents of one sentence were left out: a pair needs two"]);
  });

  test("trains on a single word without a sentence objective", () => {
    const made = batches([[Int32Array.of(10)]], {...sop, sentence: "none"}, 1);
    const batch = made.at(5);
    expect(rows(batch)).toEqual(Array.from({length: 5}, () => [2, 10, 3]));
    expect(batch.sentenceLabels).toBeNull();
    expect(batch.maskedLabels[0]).toBe(10);
  });

  test("cuts sentences longer than a row at words, losing none of them", () => {
    const counting = countingDocuments([[200], [7, 90]]);
    const wordy = {...countingPieces(400), startsWord: (id: number) => id % 4 === 0};
    const options = {...sop, pieces: wordy, sentence: "none" as const, sequence: 26, heldOut: 0};
    const made = batches(counting, {...options, shortProbability: 0}, 1);
    expect(made.notes).toEqual(["2 sentences longer than a row of 24 pieces were cut into parts"]);
    const seen = new Set<number>();
    for (let step = 0; step * 5 < made.rowsPerEpoch; ++step)
      for (const row of rows(made.at(step))) {
        row.slice(1, -1).forEach((id) => seen.add(id));
        if (row[1] !== 5 && row[1] !== 205 && row[1] !== 212) expect(row[1]! % 4).toBe(0);
      }
    expect(seen.size).toBe(297);
  });

  test("refuses an empty text and sizes out of range", () => {
    expect(() => batches([], sop, 1)).toThrow("corpus: no token in it");
    expect(() => batches([[new Int32Array(0)]], sop, 1)).toThrow("corpus: no token in it");
    expect(() => batches([single], sop, 1)).toThrow("no document has two sentences");
    expect(() => batches([single], {...sop, batch: 0}, 1)).toThrow("invalid batch.size: 0");
    expect(() => batches([single], {...sop, sequence: 4}, 1)).toThrow(
      "invalid batch.sequence_length: 4 (must be an integer of at least 5)"
    );
  });

  test("with duplicates gives the rows and masks of the first epochs again, in their places", () => {
    const documents = randomDocuments(40, 4);
    for (const sentence of ["sop", "nsp", "none"] as const) {
      const fixed = batches(documents, {...sop, sentence, batch: 1, duplicates: 1}, 3);
      const drawn = batches(documents, {...sop, sentence, batch: 1}, 3);
      const n = fixed.rowsPerEpoch;
      expect(fixed.at(n + 2)).toEqual(fixed.at(2));
      expect(fixed.at(5 * n)).toEqual(fixed.at(0));
      expect(drawn.at(n + 2)).not.toEqual(drawn.at(2));
      expect(fixed.heldOut(3)).toEqual(drawn.heldOut(3)); // both are scored alike
      const twice = batches(documents, {...sop, sentence, batch: 1, duplicates: 2}, 3);
      const both = Array.from({length: 5 * n}, (_, step) => JSON.stringify(twice.at(step)));
      const known = new Set(both.slice(0, 3 * n));
      expect(known.size).toBeGreaterThan(1.2 * n);
      expect(both.slice(3 * n).every((batch) => known.has(batch))).toBe(true);
    }
  });
});
