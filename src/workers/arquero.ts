/**
 * The reshaping worker: Arquero compiles code from strings, which the page's own
 * Content-Security-Policy forbids, so it lives here, in a worker that is loaded by address.
 */
import {answer} from "../lib/store/reshape/pivot.js";
import type {ReshapeCommand} from "../lib/store/reshape/protocol.js";

self.addEventListener("message", ({data}: MessageEvent<ReshapeCommand>) => {
  self.postMessage(answer(data));
});
