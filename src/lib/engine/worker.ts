/** The module worker of a page: listens for calls and owns every tensor. */
// the benchmark's stock model uses the gradients of TensorFlow.js itself
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import {openRoot} from "../store/files.js";
import {fineTuneRunsFolder} from "../store/fineTuneRuns.js";
import {runsChannel} from "../store/runs.js";
import {runsFolder} from "../store/runNames.js";
import {browserBackends} from "./browserBackends.js";
import {useBrowserThreads} from "./browserThreads.js";
import type {EnginePort} from "./calls.js";
import {EngineHost} from "./host.js";
import {holdLifeline} from "./lifeline.js";
import {listen} from "./listen.js";

useBrowserThreads();
const saved = new BroadcastChannel(runsChannel);
const port = globalThis as unknown as EnginePort;
const host = new EngineHost({
  backends: browserBackends,
  openStore: () => openRoot(runsFolder),
  openFineTunings: () => openRoot(fineTuneRunsFolder),
  onSaved: (id) => saved.postMessage(id),
  onLost: (message) => port.postMessage({type: "lost", message}, []),
  onRefused: (message) => port.postMessage({type: "lost", message, refused: true}, [])
});
// before anything that may keep it from being heard
const alive = holdLifeline(port);
listen(port, host, async (type) => {
  await alive;
  await host.trust(type);
});
