import {existsSync, readdirSync, readFileSync, statSync} from "node:fs";
import {basename, join} from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import {describe, expect, test} from "vitest";
import {InputError} from "../../../../src/lib/errors.js";
import {forward} from "../../../../src/lib/albert/heads.js";
import {modelInputs, namedInputsFromJson} from "../../../../src/lib/albert/namedInputs.js";
import {disposeParameters, uploadParameters} from "../../../../src/lib/albert/params.js";
import {parameterSpecs} from "../../../../src/lib/albert/specs.js";
import type {FileSource} from "../../../../src/lib/albert/checkpoint/folder.js";
import {mapFiles, readModelFolder} from "../../../../src/lib/albert/checkpoint/folder.js";
import {
  readSafetensors,
  readSafetensorsHeader,
  writeSafetensors
} from "../../../../src/lib/albert/checkpoint/safetensors.js";
import {writeModelFolder} from "../../../../src/lib/albert/checkpoint/write.js";
import {useBackend} from "../backends.js";

const root = process.env.ALBERT_PARITY_DIR ?? "";
const isThere = existsSync(join(root, "bad/expect.json"));
const why = isThere ? "" : " (skipped: ALBERT_PARITY_DIR names no folder of reference cases)";

interface Entry {
  path: string;
  expect: string;
  values?: Record<string, unknown>;
  bits?: Record<string, number[]>;
  message_should_say?: string;
  inputs?: Record<string, unknown>;
  expected_logits?: number[][];
}

const entries: Entry[] = isThere
  ? JSON.parse(readFileSync(join(root, "bad/expect.json"), "utf8")).entries
  : [];
const under = (folder: string) => entries.filter(({path}) => path.startsWith(folder));
const models = isThere
  ? readdirSync(join(root, "models")).filter((n) =>
      existsSync(join(root, "models", n, "config.json"))
    )
  : [];

/** A folder, or a single file, of the reference cases; their expected results left out. */
function open(path: string): FileSource {
  const paths = statSync(path).isDirectory()
    ? readdirSync(path)
        .filter((name) => !/^(expected.*|case\.json)$/.test(name))
        .map((name) => join(path, name))
    : [path];
  return mapFiles(new Map(paths.map((p) => [basename(p), new Uint8Array(readFileSync(p))])));
}

/** What a loader did: its value, or the error, which must be one for people. */
async function outcome<T>(load: () => T | Promise<T>): Promise<{value?: T; error?: InputError}> {
  try {
    return {value: await load()};
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).not.toMatch(/\n|\[object|out of bounds|undefined|NaN bytes/);
    return {error: error as InputError};
  }
}

/** Every number or text of nested lists, "Infinity" as the number; 64-bit integers as BigInt. */
function flat(value: unknown): (number | bigint)[] {
  if (Array.isArray(value)) return value.flatMap(flat);
  if (typeof value === "string")
    return [/Infinity|NaN/.test(value) ? Number(value) : BigInt(value)];
  return [value as number];
}

describe.skipIf(!isThere)(`reference cases of bad safetensors files${why}`, () => {
  test.each(under("safetensors/").map((e) => [basename(e.path), e] as const))(
    "%s",
    async (name, entry) => {
      const bytes = new Uint8Array(readFileSync(join(root, "bad", entry.path)));
      const {value, error} = await outcome(() => readSafetensors(bytes, name));
      if (entry.expect === "refuse") expect(error).toBeDefined();
      if (entry.expect === "accept") expect(error?.message).toBeUndefined();
      if (error) expect(error.message).toContain(name);
      for (const [key, wanted] of Object.entries(entry.values ?? {})) {
        const {data} = value!.get(key.replace(/_as_f64$/, ""))!;
        const list = flat(wanted);
        expect(data).toHaveLength(list.length);
        list.forEach((x, i) => {
          const got = (data as ArrayLike<number | bigint>)[i]!;
          if (typeof x === "bigint") expect(got).toBe(x);
          else if (data instanceof Float64Array) expect(Object.is(got, x)).toBe(true);
          else
            expect(Number(got)).toBeCloseTo(
              x,
              Number.isFinite(x) && x !== 0 ? 7 - Math.floor(Math.log10(Math.abs(x))) : 7
            );
        });
      }
      for (const [key, wanted] of Object.entries(entry.bits ?? {})) {
        const {begin, end} = readSafetensorsHeader(bytes, name).entries.get(key)!;
        const again = writeSafetensors(new Map([[key, value!.get(key)!]]), null);
        expect([...new Uint16Array(again.slice(-(end - begin)).buffer)]).toEqual(wanted);
      }
    }
  );
});

describe.skipIf(!isThere)(`reference cases of bad models${why}`, () => {
  test.each(under("models/").map((e) => [basename(e.path), e] as const))(
    "%s",
    async (name, entry) => {
      const {value, error} = await outcome(() =>
        readModelFolder(open(join(root, "bad", entry.path)), name)
      );
      if (entry.expect === "refuse") expect(error).toBeDefined();
      if (entry.expect.startsWith("accept") && !entry.expect.includes("refuse"))
        expect(error?.message).toBeUndefined();
      if (/warn/.test(entry.expect) && !error) expect(value!.notes).not.toEqual([]);
      const said = error?.message ?? value!.notes.join("\n");
      for (const word of (entry.message_should_say ?? "").match(/\w+(\.\w+)+|\w+_\w+/g) ?? [])
        if (!/0000N/.test(word) && word !== "albert_layer_groups" && said !== "")
          expect(said).toContain(word);
    }
  );

  const computed = under("models/").filter((e) => e.expected_logits);
  test.each(computed.map((e) => [basename(e.path), e] as const))(
    "%s gives the logits of its rounded weights",
    async (name, entry) => {
      await useBackend("cpu");
      const {config, parameters} = await readModelFolder(open(join(root, "bad", entry.path)), name);
      const params = uploadParameters(parameters);
      const {inputs} = modelInputs(namedInputsFromJson(entry.inputs!, name), name);
      const logits = tf.tidy(() =>
        forward(params, inputs, config).logits.get("logits")!.dataSync()
      );
      expect(logits).toBeAllClose(entry.expected_logits!.flat(), {rtol: 0, atol: 1e-5});
      disposeParameters(params);
    }
  );

  test("F16, BF16 and F64 hold the same model as float32", async () => {
    const load = async (name: string) =>
      (await readModelFolder(open(join(root, "bad/models", name)), name)).parameters;
    const exact = await load("valid_f64");
    for (const [name, rtol] of [
      ["valid_f16", 2 ** -11],
      ["valid_bf16", 2 ** -8]
    ] as const)
      for (const [tensor, {data}] of await load(name))
        expect(data).toBeAllClose(exact.get(tensor)!.data, {rtol, atol: 2 ** -24});
  });
});

describe.skipIf(!isThere)(`reference models${why}`, () => {
  test.each(models)("%s loads, and is written back bit for bit", async (name) => {
    const files = open(join(root, "models", name));
    const loaded = await readModelFolder(files, name);
    expect([...loaded.parameters.keys()]).toEqual(parameterSpecs(loaded.config).map((s) => s.name));

    const original = new Map<string, unknown>();
    for (const file of files.names.filter((n) => n.endsWith(".safetensors")))
      for (const entry of readSafetensors(await files.read(file), file)) original.set(...entry);
    const folder = writeModelFolder(loaded);
    const written = folder.get("model.safetensors")!;
    const isLegacy = original.has("albert.embeddings.position_ids"); // with copies and other heads
    if (isLegacy) {
      for (const [tensor, value] of readSafetensors(written, "m"))
        expect(value).toEqual(original.get(tensor));
    } else {
      expect(readSafetensors(written, "m")).toEqual(
        new Map([...original].sort(([a], [b]) => (a < b ? -1 : 1)))
      );
      if (files.names.includes("model.safetensors"))
        expect(Buffer.compare(written, await files.read("model.safetensors"))).toBe(0);
    }

    const config = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes));
    const theirs = config(await files.read("config.json"));
    const ours = config(folder.get("config.json")!);
    for (const [key, value] of Object.entries(theirs))
      if (key in ours && key !== "label2id") expect([key, ours[key]]).toEqual([key, value]);
    const again = await readModelFolder(mapFiles(folder), name);
    expect(again.parameters).toEqual(loaded.parameters);
    expect(again.config).toEqual(loaded.config);
  });
});
