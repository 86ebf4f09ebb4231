/** How the cost of a step grows, measured and drawn. */
import {
  growthAxisNames,
  measureGrowth,
  type GrowthRecord,
  type GrowthSeries
} from "../../src/lib/albert/bench/growth.js";
import {kernelName} from "../../src/lib/albert/plan/kernels.js";
import {processorTime} from "../processorTime.js";
import {needKernels, oneThread, showProgress, type Clock} from "./common.js";

/** Times the plan over each size. */
export function timeGrowth(rounds: number, clock: Clock): GrowthRecord {
  const executor = kernelName(needKernels());
  const series = growthAxisNames.map((axis) =>
    measureGrowth(axis, {
      rounds,
      clock: clock === "cpu" ? processorTime : () => performance.now(),
      onRound: (round) => showProgress(`${axis}: ${round} of ${rounds}`)
    })
  );
  showProgress("");
  return {date: new Date().toISOString(), machine: oneThread(), executor, clock, rounds, series};
}

/** The page's figure as a file: black on white, whatever reads it. */
export async function growthPicture(series: readonly GrowthSeries[]): Promise<string> {
  const {JSDOM} = await import("jsdom");
  const {window} = new JSDOM();
  Object.assign(globalThis, {document: window.document});
  const {growthChart} = await import("../../src/components/growthChart.js");
  const figure = growthChart(series);
  figure.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  figure.setAttribute("style", "background: #fff; font: 11px system-ui, sans-serif");
  return `${figure.outerHTML}\n`;
}
