/** A question in words with the SQL that answers it. */
export interface SavedQuery {
  id: string;
  question: string;
  sql: string;
}

/** Questions that the published tables answer; each runs as it stands. */
export const savedQueries: readonly SavedQuery[] = [
  {
    id: "same-training",
    question: "With the same training, is ALBERT better than BERT?",
    sql: `-- Table 2 of the ALBERT paper: both families trained alike, dev sets
SELECT model || ' ' || variant AS network, params_millions, value AS average
FROM glue_results
WHERE source = 'albert-t2' AND metric = 'avg'
ORDER BY average DESC`
  },
  {
    id: "mnli-sizes",
    question: "What does a model of each size reach on MNLI?",
    sql: `-- dev, matched, one model; first-hand rows only
SELECT model || ' ' || variant AS network, params_millions, value AS accuracy, source_title
FROM glue_results
WHERE task = 'MNLI-m' AND metric = 'acc' AND split = 'dev' AND setting = 'single'
  AND second_hand = 0 AND suspect = 0
ORDER BY accuracy DESC`
  },
  {
    id: "compute",
    question: "Does sharing layers save compute, or only parameters?",
    sql: `SELECT model, round(total / 1e6, 1) AS parameters_millions,
       mflops_per_token_128,
       round(mflops_per_token_128 / (total / 1e6), 1) AS mflops_per_million_parameters
FROM configs
WHERE family IN ('ALBERT', 'BERT', 'RoBERTa', 'DistilBERT') AND model NOT LIKE '%-v1'
ORDER BY mflops_per_million_parameters DESC`
  },
  {
    id: "sharing",
    question: "What does each way of sharing cost?",
    sql: `-- Table 4: ALBERT-base, average of five tasks
SELECT sharing || ', E = ' || embedding_size AS network,
       round(params_exact / 1e6, 1) AS parameters_millions, avg_published AS average
FROM ablations
WHERE paper_table = 4
ORDER BY average DESC`
  },
  {
    id: "sentence-loss",
    question: "What do NSP and SOP learn, and what do they bring?",
    sql: `-- Table 5: accuracy on each pretraining task, and the average of five tasks
SELECT label AS sentence_loss, mlm_acc, nsp_acc, sop_acc, avg_published AS average
FROM ablations
WHERE paper_table = 5`
  },
  {
    id: "models-by-tasks",
    question: "How do the large models compare on every task?",
    sql: `-- Table 9, dev; reshape it to models × tasks below the result
SELECT model || ' ' || variant AS network, task, value AS score, metric, note
FROM glue_results
WHERE source IN ('albert-t9-dev', 'fairseq-t9', 'xlnet-readme-glue', 'xlnet-readme-bert')
ORDER BY network, task`
  },
  {
    id: "disagreement",
    question: "How far apart are numbers for the same model and task?",
    sql: `-- one configuration, one task, one metric, one split, several sources
SELECT config || ', ' || task || ' ' || metric AS what, count(*) AS numbers,
       min(value) AS lowest, max(value) AS highest, round(max(value) - min(value), 1) AS spread
FROM glue_results
WHERE config IS NOT NULL AND split = 'dev' AND metric <> 'unspecified'
  AND second_hand = 0 AND suspect = 0
GROUP BY config, task, metric
HAVING count(*) > 1
ORDER BY spread DESC`
  },
  {
    id: "doubtful",
    question: "Which published numbers are doubtful, and why?",
    sql: `SELECT model, variant, task, metric, value, split, note, source_title
FROM glue_results
WHERE suspect = 1 OR inferred = 1
ORDER BY suspect DESC, source_title, task`
  },
  {
    id: "claims",
    question: "Which claims about ALBERT do not hold?",
    sql: `SELECT verdict, count(*) AS claims, min(claim) AS for_example
FROM claims
GROUP BY verdict
ORDER BY claims DESC`
  }
];

/** Questions on the reader's own results; without any, each answers with no rows. */
export const ownQueries: readonly SavedQuery[] = [
  {
    id: "own-runs",
    question: "What have I trained in this browser?",
    sql: `SELECT name, kind, task, parameters, sharing, step, loss, score, metric, saved_at
FROM runs
ORDER BY saved_at DESC`
  },
  {
    id: "own-curves",
    question: "How did the loss of my runs fall?",
    sql: `-- the mean of every hundred steps
SELECT r.name || ' ' || right(r.run, 4) AS run, 100 * (s.step // 100) AS from_step,
       avg(s.loss) AS loss, avg(s.tokens_per_second) AS tokens_per_second
FROM steps s JOIN runs r USING (run)
GROUP BY ALL
ORDER BY run, from_step`
  },
  {
    id: "own-beside-published",
    question: "My scores beside published ones (not comparable)",
    sql: `-- own dev scores are of a small model, on rows of your choice
SELECT 'published: ' || model || ' ' || variant AS network, task, metric, value AS score,
       params_millions, 'its source: ' || source_title AS comparability
FROM glue_results
WHERE split = 'dev' AND setting = 'single' AND second_hand = 0 AND suspect = 0
  AND (task, metric) IN (SELECT (task, metric) FROM evals WHERE split = 'dev')
UNION ALL
SELECT 'own: ' || r.name, e.task, e.metric, round(100 * max(e.value), 1),
       r.parameters / 1e6, any_value(e.comparability)
FROM evals e JOIN runs r USING (run)
WHERE e.split = 'dev' AND e.metric IN ('acc', 'f1', 'mcc', 'pearson', 'spearman')
GROUP BY r.name, r.run, e.task, e.metric, r.parameters
ORDER BY task, metric, network`
  },
  {
    id: "own-sweeps",
    question: "What do my sweeps say, seed by seed?",
    sql: `SELECT sweep, cell, count(*) AS seeds, avg(mlm_loss) AS mean_loss,
       stddev_samp(mlm_loss) AS spread, avg(mlm_accuracy) AS mean_accuracy
FROM sweeps
GROUP BY sweep, cell
ORDER BY sweep, mean_loss`
  },
  {
    id: "own-probes",
    question: "What do my probes find, beyond their control task?",
    sql: `-- selectivity: accuracy less that of the control task; means over seeds
SELECT model, task, depth, count(*) AS seeds, avg(value) AS accuracy,
       avg(value - control) AS selectivity
FROM probes
WHERE metric = 'acc'
GROUP BY model, task, depth
ORDER BY model, task, depth`
  }
];
