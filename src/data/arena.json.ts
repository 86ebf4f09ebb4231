/** What the page /arena shows before anyone asks: every method on every planted model, seed 1. */
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import {runArena} from "../lib/engine/arena.js";

tf.enableProdMode();
await tf.setBackend("cpu");
const input = {seed: 1, used: 0.1};
process.stdout.write(JSON.stringify({input, cases: await runArena(input, () => {})}));
