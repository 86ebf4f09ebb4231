/** The generated language and the readers of a reader's own text. */
export * from "./types.js";
export {generateCorpus, generateDocument, type GenerateOptions} from "./generate.js";
export {templateNames} from "./planner.js";
export {topics} from "./script.js";
export {corpusText, layoutWords, sentenceText} from "./text.js";
export {corpusStatistics, type CorpusStatistics} from "./statistics.js";
export {readText, type ReadTextOptions} from "./readText.js";
export {decodeText, mostTextBytes, type DecodedText} from "./decode.js";
export {splitSentences} from "./split.js";
export {
  columnIndex,
  describeColumns,
  listColumns,
  parseTable,
  type Table,
  type TableOptions
} from "./table.js";
export type {ExampleOptions} from "./tasks/scene.js";
export {sentimentExamples, type SentimentExample} from "./tasks/sentiment.js";
export {
  acceptabilityExamples,
  type AcceptabilityExample,
  type Violation
} from "./tasks/acceptability.js";
export {paraphraseExamples, type ParaphraseExample} from "./tasks/paraphrase.js";
export {
  entailmentExamples,
  type EntailmentExample,
  type EntailmentLabel
} from "./tasks/entailment.js";
export {questionExamples, type QuestionExample, type QuestionOptions} from "./tasks/questions.js";
export {nerExamples, type EntityExample} from "./tasks/entities.js";
