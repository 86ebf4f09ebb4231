/** The device ladder: which backend computes, tried by a forward and a gradient before it is used. */
import * as tf from "@tensorflow/tfjs-core";
import {setEmulated} from "../albert/optimizers/gradients.js";
import {errorMessage} from "../errors.js";
import {watchDevice} from "./deviceLoss.js";
import {
  backendNames,
  type BackendName,
  type BackendTrial,
  type DeviceReport
} from "./deviceCalls.js";
import {owePlainForm, tryPlainForm} from "./plainForm.js";
import {agreesWhole, testPlan, trustPlan} from "./planTest.js";
import {expected, faultOf} from "./selfTest.js";

/** How one rung is reached on this platform. */
export interface BackendOption {
  /**
   * Why this rung should not be used, or null. `absent` where the platform has none; `slow` where it
   * is there but emulated in software, which loses to the next rungs: used only when asked for.
   */
  inspect(): Promise<{absent?: string; slow?: string; adapter?: string | null}>;
}

/** The rungs that a platform offers; tfjs's backend of the same name must be registered. */
export type BackendOptions = Partial<Record<BackendName, BackendOption>>;

/** The device went away while it was tried: that says nothing of it, and a new worker may try again. */
export class DeviceLostError extends Error {
  override name = "DeviceLostError";
}

/** Milliseconds that the word of a loss may take to arrive after the failure that it explains. */
const wordOfLoss = 300;
/** Milliseconds between two looks at a device that is tried: what is asked of a lost one may never end. */
const lookEveryMs = 100;

/** Largest gradient error, relative to the largest gradient, that passes; webgl may store 16 bits. */
const tolerance: Record<BackendName, number> = {webgpu: 1e-3, webgl: 1e-2, wasm: 1e-3, cpu: 1e-6};

/**
 * Climbs down the ladder until a rung computes the same loss and gradients as the cpu backend, and
 * leaves tfjs on it. Where there is a compiled plan, that is the plan's part; the plain form's follows before what
 * needs it (`plainFormFault`). Browsers exist whose WebGPU gradients are silently zero: such a rung is refused.
 *
 * @param forced the only rung to try, or null for the ladder
 * @param without rungs not to try: their device was lost too often, or they gave wrong numbers
 * @param passed what was chosen before its device was lost: on an adapter of the same name it is not
 *   tested again, which takes seconds of compiling; WebAssembly's compiled plan is
 * @throws Error when no rung passes, or the forced one does not; DeviceLostError when a device was
 *   lost on the way
 */
export async function chooseBackend(
  options: BackendOptions,
  {
    forced = null,
    without: avoided = [],
    passed = null,
    onTrial
  }: {
    forced?: BackendName | null;
    without?: readonly BackendName[];
    passed?: DeviceReport | null;
    onTrial?: (trial: BackendTrial) => void;
  } = {}
): Promise<DeviceReport> {
  const trials: BackendTrial[] = [];
  let chosen: BackendName | null = null;
  let adapter: string | null = null;
  const note = (trial: BackendTrial) => {
    trials.push(trial);
    onTrial?.(trial);
  };
  for (const name of backendNames) {
    const without = {elapsedMs: null, compileMs: null, gradientError: null};
    if (chosen !== null) {
      note({name, outcome: "skipped", reason: `${chosen} was chosen`, ...without});
      continue;
    }
    if (forced !== null && forced !== name) {
      note({name, outcome: "skipped", reason: `${forced} was asked for`, ...without});
      continue;
    }
    if (avoided.includes(name)) {
      note({
        name,
        outcome: "refused",
        reason: "it was lost again and again, or gave wrong numbers",
        ...without
      });
      continue;
    }
    const option = options[name];
    const found = option ? await option.inspect() : {absent: "not offered on this platform"};
    if (found.absent !== undefined) {
      note({name, outcome: "absent", reason: found.absent, ...without});
      continue;
    }
    if (found.slow !== undefined && forced !== name) {
      note({name, outcome: "refused", reason: found.slow, ...without});
      continue;
    }
    const isSame = passed?.backend === name && found.adapter && passed.adapter === found.adapter;
    const before = isSame ? passed.trials.find(({outcome}) => outcome === "chosen") : undefined;
    const trial = await tryBackend(name, found.slow !== undefined, before);
    note(trial);
    if (trial.outcome === "chosen") {
      chosen = name;
      adapter = found.adapter ?? null;
    }
  }
  if (chosen === null) {
    const why = trials.filter((trial) => trial.outcome !== "skipped");
    if (forced !== null)
      throw new Error(
        `the backend that was asked for cannot be used: ${forced}: ${why[0]!.reason}; ask for another, or for none to have one chosen`
      );
    throw new Error(
      `no backend can be used: ${why.map((trial) => `${trial.name}: ${trial.reason}`).join("; ")}`
    );
  }
  return {backend: chosen, forced, trials, adapter};
}

/**
 * @param isSlow whether it is emulated in software
 * @param before how the same backend passed on the same adapter
 */
async function tryBackend(
  name: BackendName,
  isSlow: boolean,
  before?: BackendTrial
): Promise<BackendTrial> {
  const refused = (reason: string): BackendTrial => ({
    name,
    outcome: "refused",
    reason,
    elapsedMs: null,
    compileMs: null,
    gradientError: null
  });
  let lost: string | null = null;
  let isLost = () => false;
  try {
    if (!(await tf.setBackend(name))) return refused("it could not be initialised");
    await tf.ready();
    if (isSlow && name === "webgl") setEmulated();
    isLost = watchDevice((reason) => (lost = reason));
    owePlainForm(null);
    const start = performance.now();
    const right = expected();
    const reason = "it agreed with the cpu on this adapter before its device was lost";
    if (before && name === "webgpu" && agreesWhole(before.reason)) {
      trustPlan(name);
      owePlainForm(right, tolerance[name]);
      return {...before, reason: `${before.reason.split(";")[0]}; ${reason}`};
    }
    const plan = await unlessLost(testPlan(name, right, tolerance[name]));
    if (before && name !== "webgpu") return {...before, reason};
    const compileMs = plan?.compileMs ?? null;
    if (plan?.passes) {
      const elapsedMs = performance.now() - start;
      owePlainForm(right, tolerance[name]);
      const {words, gradientError} = plan;
      return {name, outcome: "chosen", reason: words, elapsedMs, compileMs, gradientError};
    }
    const errors = await unlessLost(tryPlainForm(right));
    const elapsedMs = performance.now() - start;
    const {gradientError} = errors;
    const fault = faultOf(errors, tolerance[name]);
    if (fault) {
      await refuseLost();
      return {...refused(fault), elapsedMs, compileMs, gradientError};
    }
    const words = `forward and gradient agree with the cpu${plan ? `; ${plan.words}` : ""}`;
    return {name, outcome: "chosen", reason: words, elapsedMs, compileMs, gradientError};
  } catch (error) {
    await refuseLost();
    return refused(errorMessage(error));
  }

  /** What the work gives, unless the device is lost before. */
  async function unlessLost<T>(work: Promise<T>): Promise<T> {
    let look: ReturnType<typeof setInterval> | undefined;
    const gone = new Promise<never>((_, reject) => {
      look = setInterval(() => isLost() && reject(new Error("the device is lost")), lookEveryMs);
    });
    work.catch(() => undefined); // it may fail after nobody waits for it
    try {
      return await Promise.race([work, gone]);
    } finally {
      clearInterval(look);
    }
  }

  /** What failed because its device went away is no trial. */
  async function refuseLost(): Promise<void> {
    await new Promise((later) => setTimeout(later, wordOfLoss));
    if (isLost()) throw new DeviceLostError(`${lost} while it was tried`);
  }
}
