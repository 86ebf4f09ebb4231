/** Claims 14 to 20: how ALBERT is trained. */
import {sentenceLosses} from "./checks.js";
import type {Claim} from "./claim.js";

export const trainingClaims: readonly Claim[] = [
  {
    number: 14,
    claim: "Training is pretraining and then fine-tuning, as with BERT.",
    verdict: "correct",
    finding: "The same two stages, with other hyper-parameters.",
    source: "ALBERT paper, section 4",
    page: {path: "/finetune", label: "both stages"}
  },
  {
    number: 15,
    claim: "Pretraining has two objectives: masked words and next-sentence prediction.",
    verdict: "wrong",
    finding:
      "Two there are, but the second is the order of two sentences (SOP). The essay itself contradicts this claim two sentences later.",
    source: "ALBERT paper, section 3.1 and Table 5",
    check: sentenceLosses,
    page: {path: "/objectives", label: "each model on each task"}
  },
  {
    number: 16,
    claim: "Some words are masked at random and predicted, as in BERT.",
    verdict: "oversimplified",
    finding:
      "Runs of one to three whole words are masked, n of them with probability proportional to 1/n (6/11, 3/11, 2/11), 15 % in all.",
    source: "ALBERT paper, section 4.1; google-research/albert create_pretraining_data.py",
    page: {path: "/objectives", label: "runs of masks beside single ones"}
  },
  {
    number: 17,
    claim: "ALBERT drops next-sentence prediction and trains on masked words alone.",
    verdict: "wrong",
    finding:
      "NSP is replaced, not dropped: the loss is masked words plus sentence order. Masked words alone is what RoBERTa and XLNet do, and the paper's weakest row.",
    source: "ALBERT paper, Table 5; google-research/albert run_pretraining.py",
    check: sentenceLosses,
    page: {path: "/objectives", label: "none, NSP and SOP side by side"}
  },
  {
    number: 18,
    claim: "Dropping the task makes it converge faster.",
    verdict: "unsupported",
    finding:
      "Nothing of the kind is reported. Adding a sentence loss lowers masked-word accuracy a little (54.9 to 54.0) and raises the average of the tasks.",
    source: "ALBERT paper, Table 5",
    check: sentenceLosses,
    page: {path: "/objectives", label: "the curves of the three"}
  },
  {
    number: 19,
    claim: "It was pretrained on a vast corpus from many sources.",
    verdict: "oversimplified",
    finding:
      "The comparisons use BERT's own 16 GB, books and Wikipedia. Only the final models add XLNet's and RoBERTa's data, and more data hurts SQuAD.",
    source: "ALBERT paper, section 4.1 and Table 7",
    check: {
      sql: `SELECT label, squad1_f1, squad2_f1, mnli_acc, sst2_acc, race_acc, avg_published AS average
FROM ablations WHERE paper_table = 7`,
      reads: "Both SQuADs fall, the other three rise."
    }
  },
  {
    number: 20,
    claim:
      "It is fine-tuned on small labelled sets for sentiment, named entities and classification.",
    verdict: "oversimplified",
    finding: "GLUE (sentiment among it), SQuAD and RACE. Named entities are not in the paper.",
    source: "ALBERT paper, section 4.2",
    check: {
      sql: "SELECT DISTINCT task FROM glue_results WHERE model = 'ALBERT' ORDER BY task",
      reads: "Every task with a published ALBERT score in our tables."
    },
    page: {path: "/finetune", label: "sentiment and more"}
  }
];
