/**
 * Everything that crosses between a page and its worker. A page calls; the worker answers each call
 * with any number of `progress` messages and then exactly one `result` or `error`. Tensors never
 * cross: typed arrays with a shape do. Each area states its own calls, in the files imported here.
 */
import type {ArenaCalls} from "./arena.js";
import type {AttentionCalls} from "./attentionCalls.js";
import type {BenchCalls} from "./benchCalls.js";
import type {DeviceCalls} from "./deviceCalls.js";
import type {ExpectationCalls} from "./expectations.js";
import type {ExperimentCalls} from "./experimentCalls.js";
import type {FineTuneCalls} from "./fineTuning/protocol.js";
import type {HeadStudyCalls} from "./headStudy.js";
import type {KeptRunCalls} from "./keptRunCalls.js";
import type {ModelCalls} from "./modelCalls.js";
import type {MomentCalls} from "./moment.js";
import type {ProbingCalls} from "./probing/protocol.js";
import type {ResharingCalls} from "./resharingHost.js";
import type {TokenizerCalls} from "./tokenizerCalls.js";
import type {TrainingCalls} from "./trainingCalls.js";

/** Every call: what goes in, what is reported on the way, what comes out. */
export interface EngineCalls
  extends
    ArenaCalls,
    AttentionCalls,
    BenchCalls,
    DeviceCalls,
    ExpectationCalls,
    ExperimentCalls,
    FineTuneCalls,
    HeadStudyCalls,
    KeptRunCalls,
    ModelCalls,
    MomentCalls,
    ProbingCalls,
    ResharingCalls,
    TokenizerCalls,
    TrainingCalls {}

export type EngineCallName = keyof EngineCalls;

/** Page to worker. `cancel` asks the call of the same id to stop; it still answers. */
export type EngineCommand =
  | {
      [Name in EngineCallName]: {type: Name; id: number; input: EngineCalls[Name]["input"]};
    }[EngineCallName]
  | {type: "cancel"; id: number};

/** Worker to page. */
export type EngineEvent =
  /** The first word of a worker: the lock that it holds while it lives; see lifeline.ts. */
  | {type: "alive"; lifeline: string}
  | {type: "progress"; id: number; value: unknown}
  | {type: "result"; id: number; value: unknown}
  /** `name` tells an InputError, whose message is for the reader, from a fault of ours. */
  | {type: "error"; id: number; message: string; name: string}
  /** The device is gone, or its numbers are wrong (`refused`), and the worker with it: nothing more is answered. */
  | {type: "lost"; message: string; refused?: boolean};
