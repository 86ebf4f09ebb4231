/** What a fine-tuning recipe leaves out, task by task. */
import type {FineTuneRecipeInput} from "./recipe.js";
import type {FineTuneTask, TaskKind} from "./tasks.js";

/**
 * For small models (width 128, two layers) that read a task's own text for minutes; tried on sentiment
 * of sentences and on entities. Few rows are learned by heart soon: words are dropped as they come in,
 * and texts get few epochs. Entities are rare and need more passes. A regression goes slowly, so that
 * what practice on pairs has taught is not overwritten: at 0.001 it was.
 */
const byKind: Readonly<Record<TaskKind, FineTuneRecipeInput>> = {
  classification: {
    model: {hidden_dropout_prob: 0.2, classifier_dropout_prob: 0.3},
    optimizer: {learning_rate: 0.001, weight_decay: 0.1},
    batch: {size: 32, sequence_length: 64},
    epochs: 5
  },
  regression: {
    model: {hidden_dropout_prob: 0.1, classifier_dropout_prob: 0.1},
    optimizer: {learning_rate: 0.0003, weight_decay: 0.1},
    batch: {size: 32, sequence_length: 96},
    epochs: 4
  },
  tags: {
    model: {hidden_dropout_prob: 0.1, classifier_dropout_prob: 0.2},
    optimizer: {learning_rate: 0.001},
    batch: {size: 16, sequence_length: 64},
    epochs: 10
  },
  answers: {
    model: {hidden_dropout_prob: 0.1, classifier_dropout_prob: 0.1},
    optimizer: {learning_rate: 0.001},
    batch: {size: 16, sequence_length: 128},
    epochs: 8
  }
};

/**
 * Tasks that ask how alike two texts are: read apart and compared piece by piece, since so small a model
 * does not learn from their few rows how to compare two texts that stand in one row.
 */
const byTask: Readonly<Record<string, FineTuneRecipeInput>> = {
  stsb: {
    ...byKind.regression,
    text_pairs: "late_interaction",
    optimizer: {learning_rate: 0.001, weight_decay: 0.1},
    epochs: 2,
    capture: {evaluate_every: 60}
  }
};

/** The defaults of a task's recipe. */
export function taskDefaults({id, kind}: FineTuneTask): FineTuneRecipeInput {
  return byTask[id] ?? byKind[kind];
}
