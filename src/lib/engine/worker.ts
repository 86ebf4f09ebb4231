/** The module worker of a page: listens for calls and owns every tensor. */
import {openStore} from "../store/files.js";
import {keptRunFolder} from "../store/keptRun.js";
import {browserBackends} from "./browserBackends.js";
import {EngineHost} from "./host.js";
import {listen} from "./listen.js";
import type {EnginePort} from "./calls.js";

const host = new EngineHost({backends: browserBackends, openStore: () => openStore(keptRunFolder)});
listen(globalThis as unknown as EnginePort, host);
