import fc from "fast-check";
import {describe, expect, test} from "vitest";
import {mapFiles, readModelFolder} from "../../../../src/lib/albert/checkpoint/folder.js";
import {parseJson, plainJson} from "../../../../src/lib/json.js";
import type {StoredTensor} from "../../../../src/lib/albert/checkpoint/safetensors.js";
import {
  bytesSource,
  openSafetensors,
  readSafetensors,
  writeSafetensors
} from "../../../../src/lib/albert/checkpoint/safetensors.js";
import {edit, mutate, tame} from "../../mutations.js";
import {tinyFolder} from "./tiny.js";

const tensors = new Map<string, StoredTensor>([
  ["albert.a", {dtype: "F32", shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6)}],
  ["b", {dtype: "F16", shape: [3], data: Float32Array.of(1, -2, 0.5)}],
  ["ids", {dtype: "I64", shape: [1, 2], data: BigInt64Array.of(7n, -7n)}],
  ["scalar", {dtype: "BF16", shape: [], data: Float32Array.of(3)}],
  ["none", {dtype: "U8", shape: [0, 4], data: new Uint8Array(0)}]
]);
const sound = writeSafetensors(tensors, {format: "pt", ünï: "ok"});
const headerEnd = 8 + Number(new DataView(sound.buffer).getBigUint64(0, true));

/** What must hold of any file that is accepted. */
async function checkFile(bytes: Uint8Array): Promise<boolean> {
  const read = await tame(() => readSafetensors(bytes, "m"));
  const opened = await tame(() => openSafetensors(bytesSource(bytes), "m"));
  expect(opened === null).toBe(read === null);
  if (read === null || opened === null) return false;
  let size = 0;
  for (const [name, tensor] of read) {
    size += tensor.data.byteLength;
    const {length} = (await opened.read(name)).data;
    if (length !== tensor.data.length || length !== tensor.shape.reduce((a, b) => a * b, 1))
      throw new Error(`${name} has ${tensor.data.length} elements, read alone ${length}`);
  }
  expect(size).toBeLessThanOrEqual(2 * bytes.length);
  const written = writeSafetensors(read, null);
  expect(writeSafetensors(readSafetensors(written, "m"), null)).toEqual(written);
  return true;
}

const numbers = fc.oneof(
  fc.constantFrom(
    "-1",
    "0.5",
    "1e3",
    "9007199254740993",
    "18446744073709551616",
    "-0",
    "NaN",
    '"4"',
    "null",
    "[]",
    "1".repeat(400)
  ),
  fc.nat(64).map(String)
);

describe("readSafetensors under mutation", () => {
  test("6,000 files with changed bytes end in a value or an InputError", async () => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(edit, {minLength: 1, maxLength: 4}), async (edits) => {
        accepted += Number(await checkFile(mutate(sound, edits)));
      }),
      {seed: 1, numRuns: 6000}
    );
    expect(accepted).toBeGreaterThan(20); // changes of data are no fault of the format
  });

  test("4,000 files with a changed header and the right header length do", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(edit, {minLength: 1, maxLength: 3}), async (edits) => {
        const header = mutate(sound.slice(8, headerEnd), edits);
        const bytes = new Uint8Array(8 + header.length + sound.length - headerEnd);
        new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
        bytes.set(header, 8);
        bytes.set(sound.subarray(headerEnd), 8 + header.length);
        await checkFile(bytes);
      }),
      {seed: 2, numRuns: 4000}
    );
  });

  test("4,000 files with other numbers in the header do", async () => {
    const json = new TextDecoder().decode(sound.subarray(8, headerEnd)).trimEnd();
    const places = [...json.matchAll(/(?<=[[,])\d+(?=[\],])/g)];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(places.length - 1), numbers), {minLength: 1, maxLength: 3}),
        async (changes) => {
          const replaced = new Map(changes.map(([i, text]) => [places[i]!.index, text]));
          const text = json.replace(
            /(?<=[[,])\d+(?=[\],])/g,
            (digits, at: number) => replaced.get(at) ?? digits
          );
          const header = new TextEncoder().encode(text);
          const bytes = new Uint8Array(8 + header.length + sound.length - headerEnd);
          new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
          bytes.set(header, 8);
          bytes.set(sound.subarray(headerEnd), 8 + header.length);
          await checkFile(bytes);
        }
      ),
      {seed: 3, numRuns: 4000}
    );
  });
});

describe("parseJson under mutation", () => {
  /** Whether a refusal is one that JSON.parse does not make. */
  const isStricter = (message: string) =>
    /duplicate key|levels of nesting|surrogates/.test(message);

  const standard = (text: string): {value: unknown} | null => {
    try {
      return {value: JSON.parse(text)};
    } catch {
      return null;
    }
  };

  test("agrees with JSON.parse on 5,000 texts, sound and broken", async () => {
    const value = fc.json({maxDepth: 5, stringUnit: "binary"});
    await fc.assert(
      fc.asyncProperty(value, fc.array(edit, {maxLength: 2}), async (json, edits) => {
        const text = new TextDecoder().decode(mutate(new TextEncoder().encode(json), edits));
        const expected = standard(text);
        let error = "";
        const parsed = await tame(() => {
          try {
            return {value: plainJson(parseJson(text, "a text"))};
          } catch (thrown) {
            error = (thrown as Error).message;
            throw thrown;
          }
        });
        if (parsed === null) expect(expected === null || isStricter(error)).toBe(true);
        else expect(JSON.stringify(parsed.value)).toBe(JSON.stringify(expected!.value));
      }),
      {seed: 4, numRuns: 5000}
    );
  });
});

describe("readModelFolder under mutation", () => {
  const folder = tinyFolder({
    architecture: "AlbertForSequenceClassification",
    id2label: ["a", "b", "c"]
  });
  const config = JSON.parse(new TextDecoder().decode(folder.get("config.json"))) as Record<
    string,
    unknown
  >;
  const load = (json: string | Uint8Array) =>
    tame(() => {
      const bytes = typeof json === "string" ? new TextEncoder().encode(json) : json;
      return readModelFolder(mapFiles(new Map(folder).set("config.json", bytes)), "tiny");
    });

  test("4,000 configurations with other values end in a model of the file's size or an InputError", async () => {
    const odd = fc.oneof(
      fc.constantFrom<unknown>(
        0,
        -1,
        1,
        2,
        3,
        6,
        1.5,
        2 ** 24,
        2 ** 31,
        2 ** 53,
        1e308,
        -0,
        null,
        true,
        "",
        "6",
        "all",
        "none",
        "attention",
        "bert",
        "roberta",
        "distilbert",
        "ffn",
        [],
        [1],
        {},
        {groups: 2, inner: 2},
        {groups: 1e9, inner: 1e9},
        {groups: "1"},
        {"0": "x"},
        {"7": "x"},
        {__proto__: 1}
      ),
      fc.jsonValue({maxDepth: 3})
    );
    const keys = [
      ...Object.keys(config),
      "model_type",
      "sharing",
      "num_labels",
      "position_embedding_type",
      "problem_type",
      "__proto__",
      "constructor"
    ];
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(...keys), odd), {minLength: 1, maxLength: 3}),
        async (changes) => {
          const replaced = changes.map(([key]) => key);
          const members = [
            ...Object.entries(config).filter(([key]) => !replaced.includes(key)),
            ...new Map(changes)
          ].map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
          const loaded = await load(`{${members.join(",")}}`);
          if (loaded === null) return;
          ++accepted;
          for (const {shape, data} of loaded.parameters.values())
            if (data.length !== shape.reduce((a, b) => a * b, 1)) throw new Error(`[${shape}]`);
        }
      ),
      {seed: 5, numRuns: 4000}
    );
    expect(accepted).toBeGreaterThan(100);
  });

  test("2,000 configurations with changed bytes do", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(edit, {minLength: 1, maxLength: 3}), async (edits) => {
        await load(mutate(folder.get("config.json")!, edits));
      }),
      {seed: 6, numRuns: 2000}
    );
  });

  test("1,000 indexes of shards with changed bytes do", async () => {
    const weights = folder.get("model.safetensors")!;
    const map = Object.fromEntries(
      [...readSafetensors(weights, "m").keys()].map((n) => [n, "model-1.safetensors"])
    );
    const index = new TextEncoder().encode(
      JSON.stringify({metadata: {total_size: 1}, weight_map: map})
    );
    await fc.assert(
      fc.asyncProperty(fc.array(edit, {minLength: 1, maxLength: 3}), async (edits) => {
        const files = new Map([
          ["config.json", folder.get("config.json")!],
          ["model.safetensors.index.json", mutate(index, edits)],
          ["model-1.safetensors", weights]
        ]);
        await tame(() => readModelFolder(mapFiles(files), "tiny"));
      }),
      {seed: 7, numRuns: 1000}
    );
  });
});
