/** The columns of the tables of one's own results: what each is called, holds and means. */
import type {ColumnType} from "../glue/table.js";

/** What every row of one's own says beside published numbers. */
export const notComparable = "not comparable";

/** Name, type and meaning of each column, in order. */
export type Columns = readonly (readonly [name: string, type: ColumnType, description: string])[];

const mark = [
  "comparability",
  "text",
  "always 'not comparable': small models, other data"
] as const;

export const runColumns: Columns = [
  ["run", "text", "id of the run"],
  ["kind", "text", "pretraining or fine-tuning"],
  ["name", "text", "what you call it, or the model and the data it began with"],
  ["task", "text", "MLM, or the task it was fine-tuned for, named as in glue_results"],
  ["corpus", "text", "what it read"],
  ["start", "text", "fine-tuning: pretrained or random weights"],
  ["parameters", "integer", "stored parameters, shared ones once"],
  ["embedding_size", "integer", "E; null for fine-tuning, whose model is in name"],
  ["hidden_size", "integer", "H"],
  ["num_hidden_layers", "integer", "L"],
  ["sharing", "text", "what the layers share"],
  ["sentence", "text", "sentence objective: none, nsp or sop"],
  ["learning_rate", "number", "peak learning rate"],
  ["batch_size", "integer", "rows a step"],
  ["seed", "integer", "seed of all that is random"],
  ["step", "integer", "steps taken"],
  ["steps", "integer", "steps of the whole run"],
  ["loss", "number", "training loss of the newest step: nats, or squared error"],
  ["score", "number", "the newest held-out masked accuracy, or the best dev score; 0 to 1"],
  ["metric", "text", "what score is"],
  ["computed_by", "text", "backend and executor"],
  ["recipe", "text", "hash of the recipe (pretraining)"],
  ["created_at", "text", "ISO date"],
  ["saved_at", "text", "ISO date"],
  mark
];

export const stepColumns: Columns = [
  ["run", "text", "id of the run"],
  ["step", "integer", "updates made, this one included"],
  ["loss", "number", "of the batch: nats, or squared error"],
  ["mlm_loss", "number", "masked words alone, nats; null for fine-tuning"],
  ["sentence_loss", "number", "sentence objective alone, nats"],
  ["mlm_accuracy", "number", "masked words right in the batch, 0 to 1"],
  ["learning_rate", "number", "of this step"],
  ["gradient_norm", "number", "before clipping"],
  ["tokens_per_second", "number", "pieces a second"]
];

export const evalColumns: Columns = [
  ["run", "text", "id of the run"],
  ["step", "integer", "at which step"],
  ["split", "text", "held-out, dev or train"],
  ["task", "text", "MLM, SOP or NSP, or the task as in glue_results"],
  ["metric", "text", "acc, f1, mcc, pearson, spearman as in glue_results; else its own name"],
  ["value", "number", "shares 0 to 1, losses in nats, SQuAD's em and f1 in percent"],
  ["n", "integer", "examples or masked pieces scored"],
  mark
];

export const probeColumns: Columns = [
  ["probe_id", "text", "id of the measurement"],
  ["model", "text", "what was probed"],
  ["run", "text", "id of its run, where it is one of this browser's"],
  ["task", "text", "what the probe is asked"],
  ["probe", "text", "kind of probe"],
  ["depth", "integer", "0: the embedding; else after so many layers"],
  ["metric", "text", "what value is"],
  ["value", "number", "the probe's score"],
  ["control", "number", "the same on labels that mean nothing"],
  ["n", "integer", "examples scored"],
  ["seed", "integer", "seed of the probe"],
  ["saved_at", "text", "ISO date"],
  mark
];

export const sweepColumns: Columns = [
  ["sweep", "text", "name of the sweep"],
  ["cell", "text", "what this run varies, as JSON"],
  ["seed", "integer", "seed"],
  ["recipe", "text", "hash of the recipe"],
  ["parameters", "integer", "stored parameters, shared ones once"],
  ["flops_per_token", "number", "forward operations of the encoder for one piece"],
  ["steps", "integer", "steps of the run"],
  ["mlm_loss", "number", "held out, nats"],
  ["mlm_accuracy", "number", "held out, 0 to 1"],
  ["sentence_accuracy", "number", "held out, 0 to 1"],
  ["masked_count", "integer", "masked pieces scored"],
  ["diverged", "text", "what ended it early, or null"],
  ["seconds", "number", "of training"],
  ["tokens_per_second", "number", "pieces a second"],
  mark
];
