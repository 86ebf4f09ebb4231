import {metricLabels} from "../lib/glue/resultsSpec.js";
import {tasks} from "../lib/glue/tasks.js";
import {element} from "./dom.js";
import {formatInteger} from "./formats.js";

/** GLUE's tasks as a table: what each asks, its metric, its sizes, and a link to its page. */
export function taskTable(): HTMLElement {
  const size = (n: number | null) =>
    element("td", {class: "glue-number"}, n == null ? "–" : formatInteger(n));
  const rows = tasks.map((task) =>
    element(
      "tr",
      {},
      element("th", {scope: "row"}, element("a", {href: `./${task.id}`}, task.name)),
      element("td", {}, task.asks),
      element("td", {}, task.metrics.map((metric) => metricLabels[metric]).join(", ")),
      size(task.sizes.train),
      size(task.sizes.dev),
      size(task.sizes.test)
    )
  );
  const heads = ["task", "question", "metric", "train", "dev", "test"].map((name, i) =>
    element("th", {scope: "col", class: i > 2 ? "glue-number" : null}, name)
  );
  return element(
    "div",
    {class: "glue-scroll", tabindex: 0, role: "region", "aria-label": "Tasks, table"},
    element(
      "table",
      {class: "glue-table glue-tasks"},
      element("caption", {class: "obs-sr"}, "GLUE tasks: question, metric and examples per split"),
      element("thead", {}, element("tr", {}, heads)),
      element("tbody", {}, rows)
    )
  );
}
