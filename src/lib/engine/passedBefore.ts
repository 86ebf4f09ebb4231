/**
 * What passed the self-test in this browser, for a worker that takes the place of one that was lost before
 * it had chosen a backend: trying everything anew takes seconds, and what counts then is to go on.
 */
import {backendNames, type DeviceReport} from "./deviceCalls.js";

const key = "albert-passed";

/** What is kept: the report, and the worker and browser that it holds for. */
interface Kept {
  script: string;
  agent: string;
  report: DeviceReport;
}

/** Remembers what was chosen, where that is on a named adapter. */
export function rememberPassed(script: string, report: DeviceReport): void {
  if (!report.adapter) return;
  const kept: Kept = {script, agent: navigator.userAgent, report};
  try {
    localStorage.setItem(key, JSON.stringify(kept));
  } catch {
    // no storage: the next loss takes longer
  }
}

/** What was chosen last by the same worker in the same browser; null where nothing is known. */
export function passedBefore(script: string): DeviceReport | null {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? "null") as Partial<Kept> | null;
    if (kept?.script !== script || kept.agent !== navigator.userAgent) return null;
    const {report} = kept;
    const isWhole = report && backendNames.includes(report.backend) && Array.isArray(report.trials);
    return isWhole ? report : null;
  } catch {
    return null;
  }
}
