/** Pretraining that goes on from the weights of another model, on other text. */
import type {AlbertConfig} from "../albert/config.js";
import {bodyPrefix} from "../albert/sharing.js";
import {initParameter, parameterSpecs, type ParameterData} from "../albert/specs.js";
import {InputError} from "../errors.js";
import type {RecipeInput} from "../recipe/recipe.js";

/** The weights to go on from. */
export interface StartWeights {
  /** How messages call the model. */
  name: string;
  config: AlbertConfig;
  data: ParameterData;
}

/**
 * The sizes of a model as a recipe names them, for what a recipe leaves out.
 *
 * @throws InputError where no recipe describes what the layers share
 */
export function modelOfRecipe(config: AlbertConfig): NonNullable<RecipeInput["model"]> {
  const {sharing} = config;
  if (typeof sharing === "object" && "layers" in sharing)
    throw new InputError(
      "the model's layers are shared one by one, which no recipe describes (expected none, attention, ffn, all or groups)"
    );
  return {
    embedding_size: config.embeddingSize,
    hidden_size: config.hiddenSize,
    num_hidden_layers: config.numHiddenLayers,
    num_attention_heads: config.numAttentionHeads,
    intermediate_size: config.intermediateSize,
    sharing,
    hidden_act: config.hiddenAct as "gelu",
    max_position_embeddings: config.maxPositionEmbeddings,
    type_vocab_size: config.typeVocabSize,
    initializer_range: config.initializerRange,
    layer_norm_eps: config.layerNormEps
  };
}

/**
 * Parameters of a configuration from those of a model with the same body. Heads that the model has are
 * taken over; what it lacks (the head for the vocabulary of a fine-tuned model, a pooler) starts anew.
 *
 * @returns the names of what is new
 * @throws InputError where the model's body is another than the configuration's
 */
export function continuedParameters(
  config: AlbertConfig,
  {name, config: from, data}: StartWeights,
  seed: number
): {parameters: ParameterData; fresh: string[]} {
  const [prefix, oldPrefix] = [bodyPrefix(config), bodyPrefix(from)];
  const fresh: string[] = [];
  const parameters: ParameterData = new Map();
  for (const spec of parameterSpecs(config)) {
    const isBody = spec.part !== "head" && spec.part !== "sentence" && spec.part !== "mlm";
    const known = data.get(isBody ? oldPrefix + spec.name.slice(prefix.length) : spec.name);
    const fits = known !== undefined && `${known.shape}` === `${spec.shape}`;
    if (!fits && isBody && !/pooler/.test(spec.name))
      throw new InputError(
        `${name}: ${spec.name} is ${known ? `[${known.shape.join(", ")}]` : "missing"}, expected [${spec.shape.join(", ")}] (the recipe's model must be this one)`
      );
    if (!fits) fresh.push(spec.name);
    const values = fits ? known.data.slice() : initParameter(spec, config.initializerRange, seed);
    parameters.set(spec.name, {shape: [...spec.shape], data: values});
  }
  return {parameters, fresh};
}
