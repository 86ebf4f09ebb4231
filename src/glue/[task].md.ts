/** The page of one GLUE task; a loader, so that its title reaches the browser tab and the search. */
import {parseArgs} from "node:util";
import {metricLabels} from "../lib/glue/resultsSpec.js";
import {taskById, tasks} from "../lib/glue/tasks.js";
import type {GlueTask} from "../lib/glue/tasks.js";

const {values} = parseArgs({options: {task: {type: "string"}}});
const task = taskById(values.task ?? "");
if (!task)
  throw new Error(
    `no task "${values.task}" (expected one of ${tasks.map((t) => t.id).join(", ")})`
  );

const count = (n: number | null) => (n == null ? "none" : n.toLocaleString("en-US"));

function scoring({metrics, classes}: GlueTask): string {
  const names = metrics.map((metric) => metricLabels[metric]);
  const answer = classes
    ? `The answer is one of ${classes.length}: ${classes.join(", ")}.`
    : "The answer is a number from 0 to 5.";
  const how =
    names.length > 1
      ? `GLUE scores it by ${names.join(" and ")}, and counts their mean.`
      : `GLUE scores it by ${names[0]}.`;
  return `${answer} ${how}`;
}

process.stdout.write(`---
title: ${task.name}
---

# ${task.name}

**${task.asks}** ${task.title}: ${task.input === "pair" ? "pairs of texts" : "single sentences"}, ${task.domain} (${task.source}).

${scoring(task)}${task.more ? ` ${task.more}` : ""}

| train | dev | test | terms |
|--:|--:|--:|---|
| ${count(task.sizes.train)} | ${count(task.sizes.dev)} | ${count(task.sizes.test)} | ${task.licence} |

\`\`\`js
import {historyChart} from "../components/historyChart.js";
import {publishedTable} from "../components/publishedTable.js";
import {resultPicker, scoreLabel} from "../components/resultPicker.js";
import {scoreChart} from "../components/scoreChart.js";
import {computeByConfig, tableNamed} from "../lib/glue/database.js";
import {yieldToMessages} from "../lib/engine/yield.js";
import {publishedResults, selectResults} from "../lib/glue/results.js";
\`\`\`

\`\`\`js
const database = FileAttachment("../data/glue.json").json();
\`\`\`

\`\`\`js
const names = ${JSON.stringify(task.results)};
const results = publishedResults(tableNamed(database, "glue_results")).filter((row) => names.includes(row.task));
const compute = computeByConfig(tableNamed(database, "configs"));
\`\`\`

## Published results

What models of each size reach. A point is one published number; its source is in the tip and in the figure's table. The kind of number with most rows is shown first.

\`\`\`js
const pick = view(resultPicker(results));
\`\`\`

\`\`\`js
resize((width) =>
  scoreChart(selectResults(results, pick), {
    title: \`\${pick.task}, \${pick.split} set: published scores against \${pick.x}\`,
    yLabel: scoreLabel(pick),
    x: pick.x,
    compute,
    name: ${JSON.stringify(`glue-${task.id}`)},
    width
  })
)
\`\`\`

How they came to be, year by year:

\`\`\`js
// not in one breath with the figure above
resize(async (width) => {
  await yieldToMessages();
  return historyChart(selectResults(results, pick), {
    title: \`\${pick.task}, \${pick.split} set: published scores by year\`,
    yLabel: scoreLabel(pick),
    compute,
    name: ${JSON.stringify(`glue-${task.id}-history`)},
    width
  });
})
\`\`\`

Every number of this kind with its source; ensembles, which have no size, stand here alone.

\`\`\`js
publishedTable(selectResults(results, pick), compute)
\`\`\`

All tasks, and the same rows in SQL: [published results](./). The rows are in \`data/glue/results\`.
`);
