import {hasMaskedLm} from "../../albert/specs.js";
import {InputError} from "../../errors.js";
import type {LoadedModel} from "../loadedModel.js";

/** @throws InputError for a model without a head for the vocabulary */
export function needMaskedLm({name, config}: LoadedModel): void {
  if (!hasMaskedLm(config))
    throw new InputError(`${name}: ${config.architecture} has no masked LM head`);
}
