/** The benchmark's forward pass in onnxruntime-web, which is also what transformers.js runs models on. */
import * as ort from "onnxruntime-web";
import {onnxFeeds, onnxFile} from "./onnxFile.mjs";

/**
 * A contender that only reads, on one of onnxruntime-web's providers; a browser is told the address of the
 * folder with its .wasm file and the script of its threads.
 */
export function contender(title, {threads = 1, provider = "wasm", files} = {}) {
  return async ({config, data, batch}) => {
    ort.env.wasm.numThreads = threads;
    if (files) ort.env.wasm.wasmPaths = files;
    const {bytes, output, inputs} = onnxFile(config, data, batch);
    const session = await ort.InferenceSession.create(bytes, {
      executionProviders: [provider],
      graphOptimizationLevel: "all"
    });
    // on Node it leaves a Worker in the globals, which jax-js takes for a browser's
    if (globalThis.process?.versions?.node) delete globalThis.Worker;
    const feeds = onnxFeeds(inputs, batch, (values, dims) => new ort.Tensor("int64", values, dims));
    return {
      name: title,
      step: null,
      async forward() {
        const result = await session.run(feeds);
        return {loss: Number(result[output].data[0])};
      },
      dispose: () => void session.release()
    };
  };
}
