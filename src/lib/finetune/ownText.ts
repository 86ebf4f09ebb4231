/** The text of a task's rows, to pretrain on before it is fine-tuned for. */
import type {Dataset} from "./dataset.js";

/** Every text of the rows once, in their order: sentences, both of a pair, contexts and questions. */
export function ownTexts(data: Dataset): string[] {
  const texts = (() => {
    switch (data.kind) {
      case "tags":
        return data.examples.map(({words}) => words.join(" "));
      case "answers":
        return data.examples.flatMap(({context, question}) => [context, question]);
      default:
        return data.examples.flatMap(({text, pair}) => (pair === null ? [text] : [text, pair]));
    }
  })();
  const lines = texts.map((text) => text.replace(/\s+/g, " ").trim());
  return [...new Set(lines)].filter((line) => line !== "");
}
