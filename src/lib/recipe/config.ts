import {makeConfig, type AlbertConfig} from "../albert/config.js";
import type {Recipe} from "./recipe.js";

/**
 * The model that a recipe names, for a vocabulary of `vocabSize` pieces. Without a sentence
 * objective it is a masked language model, which has no pooler.
 */
export function configOfRecipe({model, objective}: Recipe, vocabSize: number): AlbertConfig {
  return makeConfig(
    {
      vocabSize,
      embeddingSize: model.embedding_size,
      hiddenSize: model.hidden_size,
      numHiddenLayers: model.num_hidden_layers,
      sharing:
        typeof model.sharing === "object"
          ? {groups: model.sharing.groups, inner: model.sharing.inner}
          : model.sharing,
      ...(model.factorisation === false && {factorisation: false}),
      numAttentionHeads: model.num_attention_heads,
      intermediateSize: model.intermediate_size,
      hiddenAct: model.hidden_act,
      hiddenDropoutProb: model.hidden_dropout_prob,
      attentionProbsDropoutProb: model.attention_probs_dropout_prob,
      maxPositionEmbeddings: model.max_position_embeddings,
      typeVocabSize: model.type_vocab_size,
      initializerRange: model.initializer_range,
      layerNormEps: model.layer_norm_eps,
      architecture: objective.sentence === "none" ? "AlbertForMaskedLM" : "AlbertForPreTraining"
    },
    "recipe"
  );
}
