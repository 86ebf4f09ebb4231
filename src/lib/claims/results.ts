/** Claims 21 to 37: what ALBERT reaches, against whom, and what is to come. */
import {parametersAndWork, sameTraining, smallModels} from "./checks.js";
import type {Claim} from "./claim.js";

export const resultClaims: readonly Claim[] = [
  {
    number: 21,
    claim: "It is remarkable on SQuAD.",
    verdict: "correct",
    finding:
      "xxlarge is. Base is below BERT-base under the same training (89.3 against 90.4 F1 on version 1.1).",
    source: "ALBERT paper, Tables 2 and 10",
    check: {
      sql: `SELECT model, variant, task, metric, split, setting, value FROM glue_results
WHERE task LIKE 'SQuAD%' AND model IN ('ALBERT', 'BERT') AND metric = 'f1' AND suspect = 0
ORDER BY task, split, value DESC`,
      reads: "Compare within one set and one setting only."
    },
    page: {path: "/finetune", label: "answers in a text, at our size"}
  },
  {
    number: 22,
    claim: "Businesses use it more and more for sentiment analysis.",
    verdict: "unsupported",
    finding: "No source is given. A score on SST-2 shows that it could be used, not that it is.",
    source: "none; ability: ALBERT README",
    check: {
      sql: "SELECT variant, split, value, source_title FROM glue_results WHERE task = 'SST-2' AND model = 'ALBERT' ORDER BY value DESC",
      reads: "Ability, not adoption."
    },
    page: {path: "/finetune", label: "train a sentiment classifier"}
  },
  {
    number: 23,
    claim: "It suits text classification such as spam or topics.",
    verdict: "unsupported",
    finding:
      "Plausible, as GLUE is mostly classification; no result on spam or topics is published.",
    source: "ALBERT paper, section 4",
    page: {path: "/finetune", label: "classes of your own, beside a bag of words"}
  },
  {
    number: 24,
    claim: "It excels at recognising named entities.",
    verdict: "unsupported",
    finding:
      "The evidence points the other way: English models fold case away, and an early test on CoNLL found F1 89.2 for ALBERT-base and 91.4 for BERT-base.",
    source: "transformers pull request 1683",
    page: {path: "/tokenizer", label: "what happens to capitals"}
  },
  {
    number: 25,
    claim: "It is valuable for translation and many languages.",
    verdict: "unsupported",
    finding:
      "It is an encoder for English (another set is for Chinese); no translation is reported.",
    source: "ALBERT paper; ALBERT README",
    page: {path: "/tokenizer", label: "cut a text of another language"}
  },
  {
    number: 26,
    claim: "On GLUE it consistently beats BERT at a fraction of the size.",
    verdict: "wrong",
    finding:
      "Trained alike, base and large lose on every task. xlarge about equals BERT-large at four times its work; only xxlarge wins throughout, with two thirds of the parameters and 7.9 times the work. base-v2 reaches BERT-base's average after 80 times the steps and with more data.",
    source: "ALBERT paper, Table 2; ALBERT README",
    check: sameTraining,
    page: {path: "/glue/", label: "all published scores"}
  },
  {
    number: 27,
    claim: "It leads the field.",
    verdict: "unsupported",
    finding:
      "It was first on GLUE, SQuAD 2.0 and RACE in September 2019. In 2020 ELECTRA's README called its large model slightly better on GLUE; on the three tasks that both print alike the two are level.",
    source: "ALBERT paper, Tables 9 and 10; ELECTRA README",
    check: {
      sql: `SELECT model, variant, round(avg(value), 1) AS mean_of_tasks, count(*) AS tasks
FROM glue_results
WHERE source IN ('albert-t9-dev', 'fairseq-t9', 'electra-readme-dev', 'xlnet-readme-glue')
  AND task IN ('MNLI-m', 'QNLI', 'SST-2') AND metric = 'acc' AND split = 'dev'
GROUP BY model, variant HAVING count(*) = 3 ORDER BY mean_of_tasks DESC`,
      reads: "Development sets, one model each, the tasks that nobody fine-tuned by way of another."
    },
    page: {path: "/glue/", label: "all published scores by year"}
  },
  {
    number: 28,
    claim: "RoBERTa scores higher than BERT at a similar size.",
    verdict: "correct",
    finding: "90.2 against 86.6 on MNLI with 355 and 340 million parameters.",
    source: "fairseq and XLNet READMEs, repeated in ALBERT paper, Table 9",
    check: {
      sql: `SELECT model, variant, params_millions, value FROM glue_results
WHERE task = 'MNLI-m' AND source IN ('fairseq-t9', 'xlnet-readme-bert') ORDER BY value DESC`,
      reads: "Development set, large models."
    }
  },
  {
    number: 29,
    claim: "It outdoes RoBERTa and DistilBERT in computational efficiency without losing accuracy.",
    verdict: "wrong",
    finding:
      "ALBERT-base computes as much as RoBERTa-base, DistilBERT half as much. ALBERT is smaller on disk, and about three points below RoBERTa-base on MNLI.",
    source: "exact counts; READMEs of ALBERT, RoBERTa and of Hugging Face's distillation",
    check: smallModels,
    page: {path: "/compare", label: "parameters, bytes and work"}
  },
  {
    number: 30,
    claim: "What sets it apart is its light structure.",
    verdict: "correct",
    finding:
      "If light means stored: ALBERT-base is 46.7 MB in 32-bit numbers, 11.7 MB in 8-bit ones.",
    source: "exact counts",
    check: {
      sql: `SELECT model, round(4 * total / 1e6, 1) AS mb_float32, round(2 * total / 1e6, 1) AS mb_float16, round(total / 1e6, 1) AS mb_int8
FROM configs ORDER BY total`,
      reads: "Bytes of the weights alone."
    },
    page: {path: "/compare", label: "bytes at each precision"}
  },
  {
    number: 31,
    claim: "It is prone to overfit small data sets.",
    verdict: "unsupported",
    finding:
      "The paper reads its parameters the other way, as regularisation, and says that even the largest models do not overfit. What users meet is fine-tuning that fails to start, which is a matter of optimisation (Mosbach et al., ICLR 2021).",
    source:
      "ALBERT paper, sections 1 and 4.8; transformers issue 2104; google-research/albert issue 151",
    page: {path: "/finetune", label: "few examples"}
  },
  {
    number: 32,
    claim: "Shared parameters may limit what it can express.",
    verdict: "correct",
    finding: "Sharing costs points, and nearly all of them are the feed-forward part's.",
    source: "ALBERT paper, Table 4",
    check: {
      sql: `SELECT embedding_size AS E, sharing, avg_published AS average FROM ablations
WHERE paper_table = 4 AND sharing <> 'all' ORDER BY E, average DESC`,
      reads: "Sharing attention costs nothing at E = 128; sharing the feed-forward part does."
    },
    page: {path: "/sharing", label: "attention or feed-forward"}
  },
  {
    number: 33,
    claim: "Its architecture is complex and hard to understand.",
    verdict: "unsupported",
    finding:
      "An opinion; sharing a layer is one variable scope in the original code, one loop in others.",
    source: "google-research/albert modeling.py",
    page: {path: "/sharing", label: "the one loop that sharing is"}
  },
  {
    number: 34,
    claim: "Future work will make it still more frugal with parameters.",
    verdict: "not checkable",
    finding: "The paper itself names speed as what is open: sparse and block attention.",
    source: "ALBERT paper, section 5",
    page: {path: "/performance", label: "where the time of a step goes"}
  },
  {
    number: 35,
    claim: "Multimodal, interpretable and specialised versions will follow.",
    verdict: "not checkable",
    finding: "Nothing on it in the paper.",
    source: "none"
  },
  {
    number: 36,
    claim: "All in all it minimises computation and keeps high performance.",
    verdict: "wrong",
    finding: "Claims 2, 6, 26 and 29 together, and as wrong as they are.",
    source: "as there",
    check: parametersAndWork,
    page: {path: "/compare", label: "work, bytes and time"}
  },
  {
    number: 37,
    claim: "It makes language understanding accessible to more people.",
    verdict: "unsupported",
    finding: "An opinion. The small download is real; the waiting is BERT's.",
    source: "exact counts",
    check: parametersAndWork,
    page: {path: "/compare", label: "download against work"}
  }
];
