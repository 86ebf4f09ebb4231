import type {Dataset, TextDataset} from "./dataset.js";
import type {Predictions} from "./score.js";

/**
 * The lines of a GLUE submission: `index` from 0 and `prediction`, the class by its number or, for
 * the inference tasks, by its name; STS-B's scores held within 0 to 5.
 *
 * @param predictions of a task that GLUE takes
 */
export function submissionText(
  {task, labels}: Pick<TextDataset, "task" | "labels">,
  predictions: Predictions
): string {
  const values =
    predictions.kind === "regression"
      ? predictions.values.map((value) => Math.min(5, Math.max(0, value)).toFixed(3))
      : predictions.kind === "classification"
        ? predictions.labels.map((label) => (task.submitsNames ? labels[label]! : String(label)))
        : [];
  return `index\tprediction\n${values.map((value, i) => `${i}\t${value}\n`).join("")}`;
}

/** Predictions for a file: a table of texts, CoNLL lines with the predicted tag, or SQuAD's JSON. */
export function predictionsText(data: Dataset, predictions: Predictions): string {
  switch (predictions.kind) {
    case "classification": {
      const {examples, labels} = data as TextDataset;
      const rows = predictions.labels.map((label, i) =>
        [
          i,
          labels[label]!,
          predictions.probabilities[i]![label]!.toFixed(4),
          labels[examples[i]!.label ?? -1] ?? ""
        ].join("\t")
      );
      return ["index\tprediction\tprobability\tlabel", ...rows, ""].join("\n");
    }
    case "regression":
      return [
        "index\tprediction",
        ...predictions.values.map((value, i) => `${i}\t${value.toFixed(3)}`),
        ""
      ].join("\n");
    case "tags": {
      const {examples} = data as Extract<Dataset, {kind: "tags"}>;
      return examples
        .map(({words, tags}, i) =>
          words
            .map((word, k) =>
              [word, ...(data.isUnlabelled ? [] : [tags[k]]), predictions.tags[i]![k]].join("\t")
            )
            .map((line) => `${line}\n`)
            .join("")
        )
        .join("\n");
    }
    case "answers": {
      const {examples} = data as Extract<Dataset, {kind: "answers"}>;
      const answers = examples.map(({id}, i) => [id, predictions.answers[i]!.text]);
      return `${JSON.stringify(Object.fromEntries(answers), null, 1)}\n`;
    }
  }
}
