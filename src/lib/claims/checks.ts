/** Questions to the published tables that more than one claim rests on. */
import type {ClaimCheck} from "./claim.js";

/** Same training, both families. */
export const sameTraining: ClaimCheck = {
  sql: `SELECT model || ' ' || variant AS network, params_millions, task, metric, value
FROM glue_results
WHERE source = 'albert-t2' AND metric IN ('avg', 'acc')
ORDER BY task, value DESC`,
  reads:
    "Both families trained by the same people for the same steps: base and large ALBERT stand below the BERT of the same shape on every task."
};

/** Parameters against work. */
export const parametersAndWork: ClaimCheck = {
  sql: `SELECT a.model, round(a.total / 1e6, 1) AS parameters_millions, a.mflops_per_token_128,
       round(a.total / b.total, 3) AS parameters_of_bert_base,
       round(a.mflops_per_token_128 / b.mflops_per_token_128, 3) AS work_of_bert_base
FROM configs a, configs b
WHERE b.model = 'bert-base-uncased'
  AND (a.model LIKE 'albert-%-v2' OR a.model IN ('roberta-base', 'distilbert-base-uncased', 'bert-large-uncased'))
ORDER BY work_of_bert_base`,
  reads:
    "ALBERT-base stores a ninth of BERT-base and computes 1.001 times as much; DistilBERT computes half."
};

/** What sharing costs in the average of five tasks. */
export const costOfSharing: ClaimCheck = {
  sql: `SELECT embedding_size AS E, sharing, round(params_exact / 1e6, 1) AS parameters_millions,
       avg_published AS average,
       round(avg_published - max(avg_published) FILTER (sharing = 'none') OVER (PARTITION BY embedding_size), 1)
         AS against_not_shared
FROM ablations
WHERE paper_table = 4
ORDER BY E, average DESC`,
  reads:
    "Sharing everything costs 1.5 points at E = 128 and 2.5 at E = 768; nearly all of it is the feed-forward part's."
};

/** The three sentence losses. */
export const sentenceLosses: ClaimCheck = {
  sql: `SELECT label AS sentence_loss, mlm_acc, nsp_acc, sop_acc, avg_published AS average
FROM ablations
WHERE paper_table = 5`,
  reads:
    "The model trained on NSP is at chance on SOP (52.0); the one trained on SOP does NSP as well (78.9) and is best downstream."
};

/** Dev MNLI of the small models. */
export const smallModels: ClaimCheck = {
  sql: `SELECT r.model || ' ' || r.variant AS network, r.params_millions, r.value AS mnli_dev, c.mflops_per_token_128
FROM glue_results r LEFT JOIN configs c ON c.model = r.config
WHERE r.task = 'MNLI-m' AND r.metric = 'acc' AND r.split = 'dev' AND r.setting = 'single'
  AND r.second_hand = 0 AND r.suspect = 0 AND r.params_millions <= 130
ORDER BY mnli_dev DESC`,
  reads:
    "Three columns, three winners: the smallest, the fastest and the most accurate are different models."
};
