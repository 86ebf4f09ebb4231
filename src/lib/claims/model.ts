/** Claims 1 to 13: what ALBERT is and what its two ideas do. */
import {costOfSharing, parametersAndWork} from "./checks.js";
import type {Claim} from "./claim.js";

export const modelClaims: readonly Claim[] = [
  {
    number: 1,
    claim: "ALBERT stands for “A Lite BERT” and comes from Google Research.",
    verdict: "correct",
    finding: "Google Research together with the Toyota Technological Institute at Chicago.",
    source: "ALBERT paper, title page"
  },
  {
    number: 2,
    claim: "It improves on BERT while needing less computation.",
    verdict: "wrong",
    finding:
      "It needs fewer parameters, and less traffic between machines, not less computation: ALBERT-base does 1.001 times the operations of BERT-base, and the best model is slower than BERT-large.",
    source: "exact counts of both shapes; ALBERT paper, Table 2 and section 5",
    check: parametersAndWork,
    page: {path: "/sharing", label: "work and memory of a shared layer"}
  },
  {
    number: 3,
    claim:
      "BERT appeared in 2018: a bidirectional stack of encoder layers that beat earlier models.",
    verdict: "correct",
    finding: "On GLUE and SQuAD, as its paper and repository report.",
    source: "BERT paper, Tables 1 and 2",
    check: {
      sql: `SELECT variant, task, metric, split, value FROM glue_results
WHERE source IN ('bert-t1', 'bert-t2') ORDER BY source, variant, task`,
      reads: "BERT's own scores as printed."
    },
    page: {path: "/attention", label: "attention on both sides of a blank"}
  },
  {
    number: 4,
    claim: "BERT's appetite for memory and computation was the reason for ALBERT.",
    verdict: "correct",
    finding:
      "Memory and communication first of all. With 32-bit numbers, weights and the optimizer's two moments of BERT-large take 4.0 GB, those of ALBERT-large 0.2 GB; the activations of a training step do not shrink.",
    source: "ALBERT paper, abstract and section 1",
    check: {
      sql: `SELECT model, total, round(total * 12.0 / 1e9, 2) AS gigabytes_with_moments
FROM configs WHERE model IN ('bert-large-uncased', 'albert-large-v2')`,
      reads: "Three 32-bit numbers a parameter."
    },
    page: {path: "/compare", label: "bytes of weights, gradients and moments"}
  },
  {
    number: 5,
    claim: "It brings two significant innovations.",
    verdict: "oversimplified",
    finding:
      "Three: the factorised embedding, the shared layers, and a loss for the order of sentences (SOP).",
    source: "ALBERT paper, section 3.1",
    page: {path: "/pretrain", label: "all three as switches"}
  },
  {
    number: 6,
    claim: "It saves parameters without giving up performance.",
    verdict: "wrong",
    finding:
      "At equal shape and equal steps it is worse: 80.1 against 82.3 for base, 82.4 against 85.2 for large. Its best results come from spending the saved parameters on width.",
    source: "ALBERT paper, Tables 2 and 4",
    check: costOfSharing,
    page: {path: "/sharing", label: "the same at our size"}
  },
  {
    number: 7,
    claim:
      "The factorised embedding frees the width of the vocabulary's table from that of the encoder.",
    verdict: "correct",
    finding: "V×H becomes V×E + E×H; every released model has E = 128.",
    source: "ALBERT paper, section 3.1",
    check: {
      sql: `SELECT model, vocab_size * hidden_size AS wide, vocab_size * embedding_size + embedding_size * hidden_size AS factorised
FROM configs WHERE model LIKE 'albert-%-v2' ORDER BY wide`,
      reads: "23.0 million become 3.9 million for ALBERT-base."
    },
    page: {path: "/embedding", label: "any V, E and H"}
  },
  {
    number: 8,
    claim: "The narrow embedding greatly reduces the number of parameters.",
    verdict: "correct",
    finding:
      "It does, and it is the smaller part: of BERT-base's 109.1 million it takes away 19.4, sharing the layers 78.0.",
    source: "ALBERT paper, Tables 3 and 4, counted exactly",
    check: {
      sql: `SELECT embedding_size AS E, sharing, params_exact FROM ablations
WHERE paper_table = 3 AND ((embedding_size = 768 AND sharing = 'none') OR embedding_size = 128)
ORDER BY params_exact DESC`,
      reads: "From 109.1 to 89.7 by factorising, to 11.7 by sharing."
    },
    page: {path: "/embedding", label: "the waterfall"}
  },
  {
    number: 9,
    claim: "All layers share one set of parameters.",
    verdict: "correct",
    finding:
      "In every release. The code also knows groups of layers, and the paper tried to share only attention or only the feed-forward part.",
    source: "ALBERT paper, Table 4; google-research/albert modeling.py",
    check: {
      sql: "SELECT sharing, count(*) AS models FROM configs WHERE family = 'ALBERT' GROUP BY sharing",
      reads: "All eight releases."
    },
    page: {path: "/sharing", label: "which tensor serves which depth"}
  },
  {
    number: 10,
    claim: "Sharing makes training more efficient.",
    verdict: "oversimplified",
    finding:
      "ALBERT-large trained 1.7 times as fast as BERT-large on 64 to 512 TPUs, which exchange fewer gradients; it also needs more width or steps for the same quality. On one device users saw no gain.",
    source:
      "ALBERT paper, Tables 2 and 6; google-research/albert issue 150; transformers issue 3067",
    check: {
      sql: "SELECT label, params_published_millions, throughput, avg_published AS average FROM ablations WHERE paper_table = 2 ORDER BY throughput DESC",
      reads: "Throughput relative to BERT-large: xlarge and xxlarge are slower than it."
    },
    page: {path: "/sharing", label: "time for a step"}
  },
  {
    number: 11,
    claim: "It does so by learning a more consistent representation across layers.",
    verdict: "oversimplified",
    finding:
      "Steps from layer to layer are smoother than BERT's, but the representation oscillates and does not settle; that this makes training efficient is nowhere shown.",
    source: "ALBERT paper, Figure 1 and section 3.1",
    page: {path: "/sharing", label: "step lengths over depth"}
  },
  {
    number: 12,
    claim: "It comes as base, large and xlarge.",
    verdict: "oversimplified",
    finding:
      "The one behind all headline numbers is missing: xxlarge, 4,096 wide. Each size has two versions, and there is a Chinese set.",
    source: "ALBERT README",
    check: {
      sql: "SELECT model, num_hidden_layers, hidden_size, total FROM configs WHERE family = 'ALBERT' ORDER BY total, model",
      reads: "Four sizes, two versions each."
    },
    page: {path: "/compare", label: "every release counted"}
  },
  {
    number: 13,
    claim: "Each of them trades performance against cost differently.",
    verdict: "correct",
    finding: "From 5.6 times BERT-large's training speed at 80.1 points to 0.3 times at 88.7.",
    source: "ALBERT paper, Table 2",
    check: {
      sql: `SELECT label, params_published_millions, throughput, avg_published AS average FROM ablations
WHERE paper_table = 2 AND label LIKE 'ALBERT%' ORDER BY average`,
      reads: "The more points, the slower: throughput is relative to BERT-large."
    },
    page: {path: "/glue/", label: "scores against parameters and work"}
  }
];
