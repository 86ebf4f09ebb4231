/** The worker's half of probing. */
import type {CallContext, EngineHandlers} from "../listen.js";
import type {LoadedModel} from "../loadedModel.js";
import {attribute} from "./attribute.js";
import {readLens} from "./lens.js";
import {patchMany, patchPair} from "./patch.js";
import {probeDepths} from "./probeDepths.js";
import type {ProbingCalls} from "./protocol.js";
import {compareDepths} from "./similarity.js";

type Input<Name extends keyof ProbingCalls> = ProbingCalls[Name]["input"];

export class ProbingHost implements Pick<EngineHandlers, keyof ProbingCalls> {
  readonly #model: () => Promise<LoadedModel>;

  /** @param model gives the model in use */
  constructor(model: () => Promise<LoadedModel>) {
    this.#model = model;
  }

  lens = async (input: Input<"lens">) => readLens(await this.#model(), input);

  probe = async ({source, settings}: Input<"probe">, {report, signal}: CallContext<"probe">) =>
    probeDepths(await this.#model(), source, settings, {report, signal});

  patch = async (input: Input<"patch">) => patchPair(await this.#model(), input);

  patchMany = async (input: Input<"patchMany">, {report, signal}: CallContext<"patchMany">) =>
    patchMany(await this.#model(), input, {report, signal});

  attribute = async (input: Input<"attribute">, {report, signal}: CallContext<"attribute">) =>
    attribute(await this.#model(), input, report, signal);

  similarity = async (input: Input<"similarity">, {report, signal}: CallContext<"similarity">) =>
    compareDepths(await this.#model(), input, report, signal);
}
