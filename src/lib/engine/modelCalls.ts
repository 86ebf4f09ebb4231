/** What crosses of the model in use: a run's, or one that was loaded. */
import type {PhaseProgress, SentencePrediction} from "./trainingCalls.js";

/** The model in use, as far as a page shows it. */
export interface ModelSummary {
  name: string;
  /** Hugging Face config.json. */
  config: Record<string, unknown>;
  parameters: number;
  vocabSize: number;
  hasTokenizer: boolean;
  notes: string[];
}

/** Calls that load, name, export and ask the model in use. */
export interface ModelCalls {
  /** Loads a Hugging Face folder and makes it the model in use. */
  loadModel: {
    input: {name: string; files: Map<string, Uint8Array>};
    progress: PhaseProgress;
    output: ModelSummary;
  };
  /** Loads a Hugging Face repository or any folder of the same files by address. */
  loadModelFromUrl: {input: {url: string}; progress: PhaseProgress; output: ModelSummary};
  /** The model in use: the run's, else the loaded one; null where there is none. */
  model: {input: Record<string, never>; progress: never; output: ModelSummary | null};
  /** The model in use as a Hugging Face folder. */
  exportModel: {input: Record<string, never>; progress: never; output: Map<string, Uint8Array>};
  /** Predictions at every [MASK] of the text or pair. */
  fill: {
    input: {text: string; pair?: string | null};
    progress: never;
    output: SentencePrediction;
  };
}
