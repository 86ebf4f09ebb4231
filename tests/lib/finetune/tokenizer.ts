/** A vocabulary small enough that most words fall into several pieces. */
import {trainUnigram} from "../../../src/lib/tokenizer/train.js";

const lines = [
  "the kettle is old and the garden is wet",
  "a garden of old roses was watered by mara",
  "who watered the roses? mara watered them in brennick",
  "the film is dull, and the story was never told",
  "a lovely film with a lovely story",
  "nobody in brennick told mara of the kettle"
];

export const tokenizer = trainUnigram([...lines, ...lines], {vocabSize: 90, seed: 1});
