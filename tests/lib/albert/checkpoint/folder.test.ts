import {describe, expect, test} from "vitest";
import {InputError} from "../../../../src/lib/errors.js";
import type {AlbertConfig} from "../../../../src/lib/albert/config.js";
import {initParameters} from "../../../../src/lib/albert/specs.js";
import type {StoredTensor} from "../../../../src/lib/albert/checkpoint/safetensors.js";
import {
  readSafetensors,
  writeSafetensors
} from "../../../../src/lib/albert/checkpoint/safetensors.js";
import {
  blobFiles,
  mapFiles,
  readModelFolder
} from "../../../../src/lib/albert/checkpoint/folder.js";
import {writeModelFolder} from "../../../../src/lib/albert/checkpoint/write.js";
import {editConfig, editTensors, tinyConfig, tinyFolder} from "./tiny.js";

type Folder = Map<string, Uint8Array>;

const layer = "albert.encoder.albert_layer_groups.0.albert_layers.0.";
const read = (folder: Folder, options = {}) => readModelFolder(mapFiles(folder), "tiny", options);
const bytes = (text: string) => new TextEncoder().encode(text);
const rename = (folder: Folder, from: RegExp, to: string) =>
  editTensors(folder, (tensors) => new Map([...tensors].map(([n, t]) => [n.replace(from, to), t])));

/** A folder with its tensors spread over three shards. */
function sharded(partial: Partial<AlbertConfig> = {}): Folder {
  const folder = tinyFolder(partial);
  const tensors = [...readSafetensors(folder.get("model.safetensors")!, "m")];
  folder.delete("model.safetensors");
  const map: Record<string, string> = {};
  for (let i = 0; i < 3; ++i) {
    const name = `model-0000${i + 1}-of-00003.safetensors`;
    const part = tensors.filter((_, j) => j % 3 === i);
    folder.set(name, writeSafetensors(new Map(part)));
    for (const [tensor] of part) map[tensor] = name;
  }
  folder.set("model.safetensors.index.json", bytes(JSON.stringify({weight_map: map})));
  return folder;
}

describe("readModelFolder(files, folder)", () => {
  const initial = initParameters(tinyConfig(), 1);

  test("gives configuration and parameters of what writeModelFolder wrote", async () => {
    const {config, parameters, notes, files} = await read(tinyFolder());
    expect(config).toEqual(tinyConfig());
    expect(parameters).toEqual(initial);
    expect([...parameters.keys()]).toEqual([...initial.keys()]);
    expect(notes).toEqual([]);
    expect(files).toEqual(["config.json", "model.safetensors", "README.md"]);
  });

  test("reads shards with an index", async () => {
    expect((await read(sharded())).parameters).toEqual(initial);
  });

  test("reads picked files, below the folder that was picked", async () => {
    const list = [...tinyFolder()].map(([name, content]) =>
      Object.assign(new Blob([content as BlobPart]), {
        name,
        webkitRelativePath: `runs/tiny/model/${name}`
      })
    );
    const {parameters, files} = await readModelFolder(blobFiles(list), "tiny");
    expect(parameters).toEqual(initial);
    expect(files).toContain("model.safetensors");
  });

  test("names picked files from the deepest folder that all of them share", () => {
    const pick = (...paths: string[]) =>
      blobFiles(
        paths.map((path) => Object.assign(new Blob([]), {name: "x", webkitRelativePath: path}))
      ).names;
    expect(pick("a/b/m/c.json", "a/b/m/d", "a/b/r.json")).toEqual(["m/c.json", "m/d", "r.json"]);
    expect(pick("a/x", "ab/x")).toEqual(["a/x", "ab/x"]);
    expect(pick()).toEqual([]);
  });

  test("finds the model in the only folder below that has one", async () => {
    const folder = new Map([...tinyFolder()].map(([name, content]) => [`model/${name}`, content]));
    folder.set("recipe.json", bytes("{}"));
    const {parameters, files, source} = await read(folder);
    expect(parameters).toEqual(initial);
    expect(files).toEqual(["config.json", "model.safetensors", "README.md"]);
    expect(await source.size("config.json")).toBeGreaterThan(100);
    folder.set("checkpoints/config.json", bytes("{}"));
    await expect(read(folder)).rejects.toThrow(/2 folders below/);
  });

  test.each<[string, Folder]>([
    ["without the albert. prefix", rename(tinyFolder(), /^albert\./, "")],
    ["under module.", rename(tinyFolder(), /^/, "module.")],
    ["compiled", rename(tinyFolder(), /^/, "_orig_mod.module.")],
    [
      "with gamma and beta",
      rename(
        rename(tinyFolder(), /LayerNorm\.weight$/, "LayerNorm.gamma"),
        /norm\.bias$/,
        "norm.beta"
      )
    ]
  ])("reads tensors named %s", async (_, folder) => {
    const {parameters, notes} = await read(folder);
    expect(parameters).toEqual(initial);
    expect(notes).toEqual([]);
  });

  test("takes a bare model's names with either prefix", async () => {
    const folder = tinyFolder({architecture: "AlbertModel"});
    const expected = initParameters(tinyConfig({architecture: "AlbertModel"}), 1);
    expect([...expected.keys()][0]).toBe("embeddings.word_embeddings.weight");
    expect((await read(folder)).parameters).toEqual(expected);
    expect((await read(rename(folder, /^/, "albert."))).parameters).toEqual(expected);
  });

  test("leaves out copies of tied tensors and position_ids, and says when a copy differs", async () => {
    const folder = editTensors(tinyFolder(), (tensors) => {
      tensors.set(
        "predictions.decoder.weight",
        tensors.get("albert.embeddings.word_embeddings.weight")!
      );
      tensors.set("predictions.decoder.bias", tensors.get("predictions.bias")!);
      tensors.set("albert.embeddings.position_ids", {
        dtype: "I64",
        shape: [1, 7],
        data: BigInt64Array.from({length: 7}, (_, i) => BigInt(i))
      });
    });
    expect(await read(folder)).toMatchObject({parameters: initial, notes: []});
    editTensors(folder, (tensors) => void (tensors.get("predictions.decoder.weight")!.data[3] = 7));
    const {parameters, notes} = await read(folder);
    expect(parameters).toEqual(initial);
    expect(notes).toEqual([
      "predictions.decoder.weight differs from albert.embeddings.word_embeddings.weight and is not used, since tie_word_embeddings is true"
    ]);
  });

  test("takes a decoder bias that is stored under its other name only", async () => {
    const tied = rename(tinyFolder(), /^predictions\.bias$/, "predictions.decoder.bias");
    expect((await read(tied)).parameters).toEqual(initial);
    const untied = {tieWordEmbeddings: false};
    const expected = initParameters(tinyConfig(untied), 1);
    const folder = tinyFolder(untied);
    expect((await read(folder)).parameters).toEqual(expected);
    editTensors(folder, (tensors) => void tensors.delete("predictions.decoder.bias"));
    expect((await read(folder)).parameters).toEqual(expected);
  });

  test("initialises a head that the file does not hold, by seed, and says so", async () => {
    const folder = editTensors(
      tinyFolder({architecture: "AlbertForSequenceClassification", id2label: ["a", "b", "c"]}),
      (tensors) => new Map([...tensors].filter(([name]) => !name.startsWith("classifier")))
    );
    const a = await read(folder, {seed: 3});
    expect(a.parameters.get("classifier.weight")!.shape).toEqual([3, 6]);
    expect(a.notes).toEqual([
      "not in the file, newly initialised with seed 3: classifier.weight, classifier.bias"
    ]);
    expect((await read(folder, {seed: 3})).parameters).toEqual(a.parameters);
    expect((await read(folder, {seed: 4})).parameters).not.toEqual(a.parameters);
  });

  test("puts another head on a pretrained body when asked to", async () => {
    const config = {
      architecture: "AlbertForSequenceClassification",
      id2label: ["a", "b", "c"]
    } as const;
    const {parameters, notes} = await read(tinyFolder(), {
      config: {...config, id2label: [...config.id2label]}
    });
    expect(parameters.get(`${layer}ffn.weight`)).toEqual(initial.get(`${layer}ffn.weight`));
    expect(parameters.get("albert.pooler.weight")).toEqual(initial.get("albert.pooler.weight"));
    expect(notes).toEqual([
      "not in the file, newly initialised with seed 0: classifier.weight, classifier.bias",
      expect.stringMatching(
        /^7 unused tensors, which AlbertForSequenceClassification does not have: /
      )
    ]);
    const finetuned = tinyFolder({architecture: "AlbertForSequenceClassification"});
    const wider = await read(finetuned, {config: {id2label: ["a", "b", "c"]}});
    expect(wider.parameters.get("classifier.bias")!.shape).toEqual([3]);
    expect(wider.notes[0]).toMatch(/newly initialised.*classifier\.weight/);
  });

  test("lists tensors that it does not use", async () => {
    const extra: StoredTensor = {dtype: "U8", shape: [2], data: Uint8Array.of(1, 2)};
    const folder = editTensors(tinyFolder(), (t) => void t.set("some.adapter.weight", extra));
    expect((await read(folder)).notes).toEqual([
      "1 unused tensor, which AlbertForPreTraining does not have: some.adapter.weight"
    ]);
  });

  test("names tensors with values that are not finite", async () => {
    const folder = editTensors(tinyFolder(), (tensors) => {
      tensors.get(`${layer}ffn.weight`)!.data[3] = NaN;
      tensors.get(`${layer}ffn.bias`)!.data[1] = -Infinity;
      const pooler = tensors.get("albert.pooler.bias")!;
      tensors.set("albert.pooler.bias", {
        ...pooler,
        dtype: "F64",
        data: Float64Array.from([1e300, 0, 0, 0, 0, 0])
      });
    });
    expect((await read(folder)).notes.sort()).toEqual([
      `NaN in ${layer}ffn.weight (1 of 66 values): all results will be NaN`,
      `infinite value in ${layer}ffn.bias (1 of 11 values)`,
      "infinite value in albert.pooler.bias (1 of 6 values, in float32)"
    ]);
  });

  test.each(["F16", "BF16", "F64"] as const)("widens or narrows %s to float32", async (dtype) => {
    const folder = editTensors(
      tinyFolder(),
      (tensors) =>
        new Map(
          [...tensors].map(([n, t]) => [
            n,
            {...t, dtype, data: dtype === "F64" ? new Float64Array(t.data as Float32Array) : t.data}
          ])
        )
    );
    const {parameters, notes} = await read(folder);
    expect(notes).toEqual([]);
    for (const [name, {data}] of parameters)
      expect(data).toBeAllClose(initial.get(name)!.data, {
        rtol: 2 ** (dtype === "BF16" ? -8 : -11),
        atol: 2 ** -25
      });
    if (dtype === "F64") expect(parameters).toEqual(initial);
  });

  test("says what cannot be read, whatever the source throws", async () => {
    const files = mapFiles(tinyFolder());
    const broken = {...files, read: () => Promise.reject(new Error("disk gone"))};
    await expect(readModelFolder(broken, "tiny")).rejects.toThrow(InputError);
    await expect(readModelFolder(broken, "tiny")).rejects.toThrow(
      "config.json cannot be read: disk gone"
    );
  });
});

describe("readModelFolder(files, folder) with half-shared models", () => {
  test.each(["attention", "ffn"] as const)("folds the copies of sharing %s", async (sharing) => {
    const folder = tinyFolder({sharing}, 5);
    const stored = readSafetensors(folder.get("model.safetensors")!, "m");
    expect([...stored.keys()].filter((n) => n.endsWith(".ffn.weight"))).toHaveLength(3);
    expect([...stored.keys()].filter((n) => n.endsWith(".query.weight"))).toHaveLength(3);
    const {config, parameters, notes} = await read(folder);
    expect(config.sharing).toBe(sharing);
    expect(parameters).toEqual(initParameters(tinyConfig({sharing}), 5));
    expect(notes).toEqual([]);
    const json = JSON.parse(new TextDecoder().decode(folder.get("config.json")));
    expect(json).toMatchObject({sharing, num_hidden_groups: 3, inner_group_num: 1});
    expect(new TextDecoder().decode(folder.get("README.md"))).toContain("3 groups");
  });

  test("loads them without sharing once the copies differ, and says so", async () => {
    const query = "albert.encoder.albert_layer_groups.2.albert_layers.0.attention.query.weight";
    const folder = editTensors(
      tinyFolder({sharing: "attention"}),
      (tensors) => void (tensors.get(query)!.data[0] = 9)
    );
    const {config, parameters, notes} = await read(folder);
    expect(config.sharing).toBe("none");
    expect(parameters.get(query)!.data[0]).toBe(9);
    expect(notes).toEqual([
      `config.json says sharing attention, but ${query} differs from group 0: loaded as sharing none`
    ]);
  });
});

describe("readModelFolder(files, folder) refuses", () => {
  const cases: [string, () => Folder, RegExp][] = [
    ["an empty folder", () => new Map(), /^tiny: config\.json is missing/],
    ["no config.json", () => new Map([...tinyFolder()].slice(1)), /config\.json is missing/],
    [
      "an empty config.json",
      () => tinyFolder().set("config.json", bytes("")),
      /config\.json is empty/
    ],
    [
      "a blank config.json",
      () => tinyFolder().set("config.json", bytes(" \n")),
      /config\.json is empty/
    ],
    [
      "half a config.json",
      () => tinyFolder().set("config.json", bytes('{"a": ')),
      /config\.json is not valid JSON/
    ],
    [
      "an array",
      () => tinyFolder().set("config.json", bytes("[]")),
      /config\.json: expected a JSON object/
    ],
    [
      "Latin-1",
      () => tinyFolder().set("config.json", Uint8Array.of(0x7b, 0xe9, 0x7d)),
      /config\.json is not UTF-8/
    ],
    [
      "a duplicate key",
      () => tinyFolder().set("config.json", bytes('{"a":1,"a":2}')),
      /duplicate key 'a'/
    ],
    [
      "NaN",
      () => tinyFolder().set("config.json", bytes('{"initializer_range":NaN}')),
      /initializer_range is NaN/
    ],
    [
      "text for a number",
      () => editConfig(tinyFolder(), (c) => (c.hidden_size = "6")),
      /hidden_size is "6"/
    ],
    [
      "depth 2^24",
      () => editConfig(tinyFolder(), (c) => (c.num_hidden_layers = 2 ** 24)),
      /num_hidden_layers/
    ],
    [
      "another size",
      () => editConfig(tinyFolder(), (c) => (c.hidden_size = 8)),
      /embedding_hidden_mapping_in\.weight has shape \[6, 4\], expected \[8, 4\] \(config\.json: hidden_size 8, embedding_size 4\)/
    ],
    [
      "a gigantic size",
      () => editConfig(tinyFolder(), (c) => (c.vocab_size = 2 ** 24)),
      /expected \[16777216, 4\] \(config\.json: vocab_size 16777216/
    ],
    [
      "missing groups",
      () => editConfig(tinyFolder(), (c) => (c.num_hidden_groups = 3)),
      /missing tensor albert\.encoder\.albert_layer_groups\.1\./
    ],
    ["no weights", () => new Map([...tinyFolder()].slice(0, 1)), /model\.safetensors is missing/],
    [
      "a million labels on a small body",
      () =>
        editConfig(tinyFolder(), (c) => {
          c.architectures = ["AlbertForSequenceClassification"];
          delete c.id2label;
          c.num_labels = 1e6;
        }),
      /classifier\.weight would be new and \[1000000, 6\], larger than/
    ],
    [
      "two weights files",
      () =>
        new Map(
          [...tinyFolder()]
            .map(([n, b]) => [n.replace("model.", "a."), b] as const)
            .concat([["b.safetensors", bytes("")]])
        ),
      /unclear which of 2/
    ],
    [
      "a pickle",
      () =>
        new Map([
          ["config.json", bytes("{}")],
          ["pytorch_model.bin", bytes("")]
        ]),
      /pytorch_model\.bin is a Python pickle/
    ],
    [
      "a single pickle without a telling name",
      () => new Map([["weights", Uint8Array.of(0x80, 4, 0x95)]]),
      /weights is a Python pickle/
    ],
    [
      "TensorFlow weights",
      () =>
        new Map([
          ["config.json", bytes("{}")],
          ["tf_model.h5", bytes("")]
        ]),
      /tf_model\.h5 is not a safetensors/
    ],
    [
      "a missing body tensor",
      () => editTensors(tinyFolder(), (t) => void t.delete(`${layer}ffn.bias`)),
      /missing tensor .*ffn\.bias \[11\]/
    ],
    [
      "half a head",
      () => editTensors(tinyFolder(), (t) => void t.delete("predictions.LayerNorm.bias")),
      /missing tensor predictions\.LayerNorm\.bias/
    ],
    [
      "integers for weights",
      () =>
        editTensors(
          tinyFolder(),
          (t) =>
            void t.set(`${layer}ffn.bias`, {dtype: "I32", shape: [11], data: new Int32Array(11)})
        ),
      /ffn\.bias has dtype I32, expected F32/
    ],
    [
      "a transposed weight",
      () => editTensors(tinyFolder(), (t) => void (t.get(`${layer}ffn.weight`)!.shape = [6, 11])),
      /ffn\.weight has shape \[6, 11\], expected \[11, 6\]/
    ],
    [
      "another number of labels",
      () =>
        editTensors(
          tinyFolder(),
          (t) =>
            void t.set("sop_classifier.classifier.bias", {
              dtype: "F32",
              shape: [3],
              data: new Float32Array(3)
            })
        ),
      /sop_classifier\.classifier\.bias has shape \[3\], expected \[2\].*number of labels 2/
    ],
    [
      "BERT",
      () => rename(tinyFolder(), /^albert\.encoder\.albert_layer_groups/, "bert.encoder.layer"),
      /not an ALBERT checkpoint, .*'bert\.encoder\.layer/
    ],
    [
      "another model_type",
      () => editConfig(tinyFolder(), (c) => (c.model_type = "gpt2")),
      /model_type is "gpt2", expected albert, bert/
    ],
    [
      "two names of one tensor",
      () =>
        editTensors(tinyFolder(), (t) => void t.set("pooler.bias", t.get("albert.pooler.bias")!)),
      /'albert\.pooler\.bias' and 'pooler\.bias' are both/
    ],
    [
      "a missing shard",
      () => {
        const f = sharded();
        f.delete("model-00002-of-00003.safetensors");
        return f;
      },
      /model-00002-of-00003\.safetensors is missing/
    ],
    [
      "a tensor in two shards",
      () => {
        const f = sharded();
        return f.set(
          "model-00002-of-00003.safetensors",
          f.get("model-00001-of-00003.safetensors")!
        );
      },
      /is also in model-00001/
    ]
  ];
  test.each(cases)("%s", async (_, make, message) => {
    await expect(read(make())).rejects.toThrow(InputError);
    await expect(read(make())).rejects.toThrow(message);
  });

  test.each([
    "../x.safetensors",
    "/etc/x.safetensors",
    "a/b.safetensors",
    "a\\b.safetensors",
    "C:x.safetensors",
    "https://example.org/x.safetensors",
    ".x.safetensors",
    "x.bin",
    ""
  ])("an index that names '%s', without reading it", async (shard) => {
    const asked: string[] = [];
    const files = mapFiles(
      sharded().set("model.safetensors.index.json", bytes(JSON.stringify({weight_map: {a: shard}})))
    );
    const spied = {
      ...files,
      read: (name: string, ...range: number[]) => (asked.push(name), files.read(name, ...range))
    };
    await expect(readModelFolder(spied, "tiny")).rejects.toThrow(/index\.json: weight_map of 'a'/);
    expect(asked).not.toContain(shard);
  });
});

describe("writeModelFolder(model)", () => {
  test("writes config.json as save_pretrained formats it", () => {
    const folder = tinyFolder({layerNormEps: 1, architecture: "AlbertForMaskedLM"});
    const text = new TextDecoder().decode(folder.get("config.json"));
    expect(text).toContain('  "hidden_dropout_prob": 0.0,\n');
    expect(text).toContain('  "layer_norm_eps": 1.0,\n');
    expect(text).toContain('  "num_hidden_groups": 1,\n');
    const keys = Object.keys(JSON.parse(text));
    expect(keys).toEqual([...keys].sort());
    expect(JSON.parse(text).architectures).toEqual(["AlbertForMaskedLM"]);
    expect(text.endsWith("}\n")).toBe(true);
  });

  test("stores tied tensors once, and an untied bias under both its names", () => {
    const names = (partial: Partial<AlbertConfig>) => [
      ...readSafetensors(tinyFolder(partial).get("model.safetensors")!, "m").keys()
    ];
    expect(names({})).toHaveLength(32);
    expect(names({}).filter((n) => n.includes("decoder"))).toEqual([]);
    expect(
      names({tieWordEmbeddings: false}).filter((n) => /decoder|predictions.bias/.test(n))
    ).toEqual(["predictions.bias", "predictions.decoder.bias", "predictions.decoder.weight"]);
  });

  test("writes the tokenizer's files and a model card", () => {
    const config = tinyConfig();
    const files = writeModelFolder({
      config,
      parameters: initParameters(config, 1),
      about: "Trained on nothing.",
      tokenizer: {
        toSpiece: () => Uint8Array.of(10),
        toTokenizerJson: () => "{}",
        toTokenizerConfig: () => "{}",
        toSpecialTokensMap: () => "{}"
      }
    });
    expect([...files.keys()]).toEqual([
      "config.json",
      "model.safetensors",
      "README.md",
      "spiece.model",
      "tokenizer.json",
      "tokenizer_config.json",
      "special_tokens_map.json"
    ]);
    const card = new TextDecoder().decode(files.get("README.md"));
    expect(card).toMatch(/^---\nlibrary_name: transformers\npipeline_tag: fill-mask\n/);
    expect(card).toContain("Trained on nothing.");
    expect(card).toContain("AlbertForPreTraining.from_pretrained");
  });

  test("refuses parameters that are not the configuration's", () => {
    const config = tinyConfig();
    const parameters = initParameters(config, 1);
    parameters.delete("albert.pooler.bias");
    expect(() => writeModelFolder({config, parameters})).toThrow(
      "albert.pooler.bias: missing parameter"
    );
    parameters.set("albert.pooler.bias", {shape: [5], data: new Float32Array(5)});
    expect(() => writeModelFolder({config, parameters})).toThrow(
      "albert.pooler.bias: expected shape [6], got [5]"
    );
  });
});
