/**
 * The benchmark's forward pass in transformers.js, from the same file as onnxruntime-web. On Node it runs
 * models on the native onnxruntime-node; in a browser on onnxruntime-web.
 */
import {mkdir, mkdtemp, rm, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {AlbertModel, env, Tensor} from "@huggingface/transformers";
import {onnxFeeds, onnxFile} from "./onnxFile.mjs";

/** A contender that only reads. */
export function contender(title, {threads = 1} = {}) {
  return async ({config, data, batch}) => {
    const folder = await mkdtemp(join(tmpdir(), "albert-bench-"));
    const {bytes, output, inputs} = onnxFile(config, data, batch);
    await mkdir(join(folder, "albert", "onnx"), {recursive: true});
    await writeFile(join(folder, "albert", "config.json"), '{"model_type": "albert"}');
    await writeFile(join(folder, "albert", "onnx", "model.onnx"), bytes);
    env.allowRemoteModels = false;
    env.localModelPath = folder;
    const model = await AlbertModel.from_pretrained("albert", {
      dtype: "fp32",
      device: "cpu",
      session_options: {intraOpNumThreads: threads, interOpNumThreads: 1}
    });
    await rm(folder, {recursive: true});
    const feeds = onnxFeeds(inputs, batch, (values, dims) => new Tensor("int64", values, dims));
    return {
      name: title,
      step: null,
      async forward() {
        const result = await model(feeds);
        return {loss: Number(result[output].data[0])};
      },
      dispose: () => void model.dispose()
    };
  };
}
