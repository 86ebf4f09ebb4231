import type {Metric} from "./resultsSpec.js";

/** Examples per split; null where the split does not exist. */
export interface TaskSizes {
  train: number | null;
  dev: number | null;
  test: number;
}

/** One of GLUE's tasks: what it asks and how it is scored. */
export interface GlueTask {
  /** Path segment: /glue/ID. */
  id: string;
  /** Name as in tables. */
  name: string;
  /** Name spelled out. */
  title: string;
  /** The question put to the model, in a sentence. */
  asks: string;
  /** One sentence or two. */
  input: "sentence" | "pair";
  /** Class names in label order; null for a number from 0 to 5. */
  classes: readonly string[] | null;
  /** GLUE's own metrics; where there are two, the score is their mean. */
  metrics: readonly Metric[];
  /** Examples per split. MNLI counts its matched part; the mismatched part is in `more`. */
  sizes: TaskSizes;
  /** Where the sentences come from. */
  domain: string;
  /** Who made it. */
  source: string;
  /** Terms as far as they are stated. */
  licence: string;
  /** Values of `glue_results.task` that belong to it, the main one first. */
  results: readonly string[];
  /** What a reader should know before comparing numbers. */
  more?: string;
}

/**
 * GLUE's nine tasks and its diagnostic set, in the benchmark's order. Sizes count labelled rows of
 * the files as GLUE hands them out.
 *
 * @see Wang et al., GLUE, arXiv 1804.07461, Table 1
 */
export const tasks: readonly GlueTask[] = [
  {
    id: "cola",
    name: "CoLA",
    title: "Corpus of Linguistic Acceptability",
    asks: "Would a speaker of English accept this sentence?",
    input: "sentence",
    classes: ["unacceptable", "acceptable"],
    metrics: ["mcc"],
    sizes: {train: 8551, dev: 1043, test: 1063},
    domain: "examples from books and articles on syntax",
    source: "Warstadt, Singh and Bowman 2018",
    licence: "no licence stated; used for research",
    results: ["CoLA"],
    more: "Classes are uneven (about 70 % acceptable), so the Matthews correlation is used: 0 is no better than guessing, 100 is perfect."
  },
  {
    id: "sst-2",
    name: "SST-2",
    title: "Stanford Sentiment Treebank, two classes",
    asks: "Is this phrase from a film review positive or negative?",
    input: "sentence",
    classes: ["negative", "positive"],
    metrics: ["acc"],
    sizes: {train: 67349, dev: 872, test: 1821},
    domain: "film reviews",
    source: "Socher et al. 2013",
    licence: "no licence stated; used for research",
    results: ["SST-2"],
    more: "Most training rows are phrases cut out of sentences; dev and test are whole sentences."
  },
  {
    id: "mrpc",
    name: "MRPC",
    title: "Microsoft Research Paraphrase Corpus",
    asks: "Do these two news sentences mean the same?",
    input: "pair",
    classes: ["not equivalent", "equivalent"],
    metrics: ["f1", "acc"],
    sizes: {train: 3668, dev: 408, test: 1725},
    domain: "news",
    source: "Dolan and Brockett 2005",
    licence: "Microsoft Research terms; used for research",
    results: ["MRPC"],
    more: "Two thirds of the pairs are equivalent. Papers print accuracy, F1 or both, often without saying which; the two are never plotted together here."
  },
  {
    id: "sts-b",
    name: "STS-B",
    title: "Semantic Textual Similarity Benchmark",
    asks: "How alike are these two sentences, from 0 to 5?",
    input: "pair",
    classes: null,
    metrics: ["pearson", "spearman"],
    sizes: {train: 5749, dev: 1500, test: 1379},
    domain: "news, captions, forums",
    source: "Cer et al. 2017",
    licence: "CC BY-SA 4.0 for most parts",
    results: ["STS-B"]
  },
  {
    id: "qqp",
    name: "QQP",
    title: "Quora Question Pairs",
    asks: "Are these two questions asking the same thing?",
    input: "pair",
    classes: ["not duplicate", "duplicate"],
    metrics: ["f1", "acc"],
    sizes: {train: 363846, dev: 40430, test: 390965},
    domain: "questions of a public question site",
    source: "Quora 2017",
    licence: "Quora's terms, not for commercial use",
    results: ["QQP"],
    more: "Test has another share of duplicates than train, so dev and test do not compare."
  },
  {
    id: "mnli",
    name: "MNLI",
    title: "Multi-Genre Natural Language Inference",
    asks: "Does the first sentence entail the second, contradict it, or neither?",
    input: "pair",
    classes: ["entailment", "neutral", "contradiction"],
    metrics: ["acc"],
    sizes: {train: 392702, dev: 9815, test: 9796},
    domain: "ten genres of speech and writing",
    source: "Williams, Nangia and Bowman 2018",
    licence: "open terms of the OANC and others, by genre",
    results: ["MNLI-m", "MNLI-mm"],
    more: "Matched test sets share the genres of the training set; the mismatched ones (9,832 dev, 9,847 test) do not."
  },
  {
    id: "qnli",
    name: "QNLI",
    title: "Question Natural Language Inference",
    asks: "Does this sentence hold the answer to the question?",
    input: "pair",
    classes: ["entailment", "not entailment"],
    metrics: ["acc"],
    sizes: {train: 104743, dev: 5463, test: 5463},
    domain: "Wikipedia, from SQuAD",
    source: "Wang et al. 2018, made from Rajpurkar et al. 2016",
    licence: "CC BY-SA 4.0",
    results: ["QNLI"],
    more: "Some leaderboard entries treat it as ranking the sentences of one question, which is easier."
  },
  {
    id: "rte",
    name: "RTE",
    title: "Recognizing Textual Entailment",
    asks: "Does the first text entail the second?",
    input: "pair",
    classes: ["entailment", "not entailment"],
    metrics: ["acc"],
    sizes: {train: 2490, dev: 277, test: 3000},
    domain: "news and Wikipedia",
    source: "RTE 1, 2, 3 and 5 (Dagan et al. 2006 and after)",
    licence: "no licence stated; used for research",
    results: ["RTE"],
    more: "With 277 dev examples, one example is 0.36 points."
  },
  {
    id: "wnli",
    name: "WNLI",
    title: "Winograd Natural Language Inference",
    asks: "Whom does the pronoun mean: is the sentence with the name put in still true?",
    input: "pair",
    classes: ["not entailment", "entailment"],
    metrics: ["acc"],
    sizes: {train: 635, dev: 71, test: 146},
    domain: "sentences from fiction, written for the test",
    source: "Levesque, Davis and Morgenstern 2011",
    licence: "CC BY 4.0",
    results: ["WNLI"],
    more: "Dev repeats sentences of train with the other answer, so models do worse than guessing there; many papers leave the task out."
  },
  {
    id: "ax",
    name: "AX",
    title: "GLUE diagnostic set",
    asks: "Which phenomena of language does an entailment model handle?",
    input: "pair",
    classes: ["entailment", "neutral", "contradiction"],
    metrics: ["mcc"],
    sizes: {train: null, dev: null, test: 1104},
    domain: "written by experts, by phenomenon",
    source: "Wang et al. 2018",
    licence: "with GLUE; used for research",
    results: ["AX"],
    more: "There is nothing to train on: models fine-tuned on MNLI are asked as they are."
  }
];

/** The pages of the tasks: "/glue/cola", …, for the site's configuration. */
export const taskPaths: readonly string[] = tasks.map((task) => `/glue/${task.id}`);

/** The task with the given id, or undefined. */
export function taskById(id: string): GlueTask | undefined {
  return tasks.find((task) => task.id === id);
}
