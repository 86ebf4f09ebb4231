/** A model with the head of a task: the body of another model, and a head of its own where it has none. */
import {makeConfig, type AlbertConfig, type Architecture} from "../../albert/config.js";
import {bodyPrefix} from "../../albert/sharing.js";
import {initParameter, parameterSpecs, type ParameterData} from "../../albert/specs.js";
import {InputError} from "../../errors.js";
import type {Dataset} from "../../finetune/dataset.js";
import type {FineTuneRecipe} from "../../finetune/recipe.js";
import type {TaskKind} from "../../finetune/tasks.js";
import type {Tokenizer} from "../../tokenizer/tokenizer.js";

/** A model to start from. */
export interface StartModel {
  /** How messages call it. */
  name: string;
  config: AlbertConfig;
  data: ParameterData;
  tokenizer: Tokenizer | null;
}

/** The head of each kind of task. */
export const headOf: Record<TaskKind, Architecture> = {
  classification: "AlbertForSequenceClassification",
  regression: "AlbertForSequenceClassification",
  tags: "AlbertForTokenClassification",
  answers: "AlbertForQuestionAnswering"
};

/**
 * A configuration with the head and the labels of a task.
 *
 * @param isApart whether two texts are read apart and compared piece by piece
 */
export function headConfig(
  config: AlbertConfig,
  {kind, labels}: Pick<Dataset, "kind" | "labels">,
  dropout: FineTuneRecipe["model"] = {},
  isApart = false
): AlbertConfig {
  return makeConfig(
    {
      ...config,
      architecture: isApart ? "AlbertForTextPairs" : headOf[kind],
      id2label: [...labels],
      problemType:
        kind === "regression"
          ? "regression"
          : kind === "classification"
            ? "single_label_classification"
            : null,
      hiddenDropoutProb: dropout.hidden_dropout_prob ?? config.hiddenDropoutProb,
      attentionProbsDropoutProb:
        dropout.attention_probs_dropout_prob ?? config.attentionProbsDropoutProb,
      classifierDropoutProb: dropout.classifier_dropout_prob ?? config.classifierDropoutProb
    },
    "model"
  );
}

/**
 * Parameters of a configuration from those of another with the same body: what has the same name and
 * shape is taken over, the rest (a new head, a missing pooler) starts anew from the seed. A head for
 * other labels is not taken over, even if it has as many, but for what compares two texts, which is the
 * same whatever is asked of them.
 *
 * @returns the names of what is new
 */
export function withHead(
  config: AlbertConfig,
  from: StartModel,
  seed: number
): {parameters: ParameterData; fresh: string[]} {
  const isSameKind = from.config.architecture === config.architecture;
  const isSameHead = isSameKind && `${from.config.id2label}` === `${config.id2label}`;
  const prefix = bodyPrefix(config);
  const oldPrefix = bodyPrefix(from.config);
  const fresh: string[] = [];
  const parameters: ParameterData = new Map();
  for (const spec of parameterSpecs(config)) {
    const isBody = spec.part !== "head" && spec.part !== "sentence" && spec.part !== "mlm";
    const name = isBody ? oldPrefix + spec.name.slice(prefix.length) : spec.name;
    const isComparison = isSameKind && spec.name.startsWith("alignment.");
    const known = isBody || isSameHead || isComparison ? from.data.get(name) : undefined;
    if (known && `${known.shape}` === `${spec.shape}`)
      parameters.set(spec.name, {shape: [...spec.shape], data: known.data.slice()});
    else {
      fresh.push(spec.name);
      const data = initParameter(spec, config.initializerRange, seed);
      parameters.set(spec.name, {shape: [...spec.shape], data});
    }
  }
  return {parameters, fresh};
}

/** The tokenizer of a model. @throws InputError where there is none, or it has more pieces than the model */
export function tokenizerFor({name, tokenizer, config}: StartModel): Tokenizer {
  if (!tokenizer) throw new InputError(`${name}: has no spiece.model or tokenizer.json`);
  if (tokenizer.vocabSize > config.vocabSize)
    throw new InputError(
      `${name}: the tokenizer has ${tokenizer.vocabSize} pieces, the model only ${config.vocabSize} (vocab_size)`
    );
  return tokenizer;
}

/** Most pieces of a row: what is asked for, as far as the model has positions. */
export function longestRow({maxPositionEmbeddings, positionOffset}: AlbertConfig, asked: number) {
  return Math.min(asked, maxPositionEmbeddings - positionOffset);
}
