/** The worker's half of probing. */
import type {EngineHandlers} from "../listen.js";
import type {LoadedModel} from "../loadedModel.js";
import {readLens} from "./lens.js";
import type {ProbingCalls} from "./protocol.js";

type Input<Name extends keyof ProbingCalls> = ProbingCalls[Name]["input"];

export class ProbingHost implements Pick<EngineHandlers, keyof ProbingCalls> {
  readonly #model: () => Promise<LoadedModel>;

  /** @param model gives the model in use */
  constructor(model: () => Promise<LoadedModel>) {
    this.#model = model;
  }

  lens = async (input: Input<"lens">) => readLens(await this.#model(), input);
}
