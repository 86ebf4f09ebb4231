import type {DomainChange, DomainResult} from "../lib/engine/fineTuning/domain.js";
import {metricName} from "./scoreTable.js";
import type {Row} from "./downloads.js";
import {numberTable} from "./numberTable.js";

/** What is compared, in order. */
function changesOf({losses, score, domain, general}: DomainResult): [string, DomainChange][] {
  const changes: [string, DomainChange][] = [
    [`masked-LM loss, ${domain}`, losses.domain],
    [`masked-LM loss, ${general}`, losses.general]
  ];
  if (score) changes.push([`${score.task}, ${metricName(score.metric)}`, score]);
  return changes;
}

/** A number with its sign, three decimals and a minus sign that is one. */
const written = (x: number, isSigned = false) =>
  `${isSigned && x > 0 ? "+" : ""}${x.toFixed(3)}`.replace("-", "−");

/** Losses and the task's score before and after, with the interval of what changed. */
export function domainTable(result: DomainResult): HTMLElement {
  return numberTable(
    "losses and score before and after going on",
    "held-out rows",
    ["before", "after", "change", "95% interval", "pairs"],
    changesOf(result).map(([name, {before, after, change}]) => ({
      name,
      cells: [
        written(before),
        written(after),
        written(change.mean, true),
        Number.isFinite(change.low)
          ? `${written(change.low, true)} to ${written(change.high, true)}`
          : "one pair has none",
        String(change.n)
      ]
    }))
  );
}

/** The same numbers as rows. */
export function domainRows(result: DomainResult): Row[] {
  return changesOf(result).map(([name, {before, after, change}]) => ({
    name,
    before,
    after,
    change: change.mean,
    low: change.low,
    high: change.high,
    pairs: change.n
  }));
}

/** What changed, as one sentence for a title. */
export function domainTitle({losses, domain}: DomainResult): string {
  const {low, high, mean} = losses.domain.change;
  const by = written(Math.abs(mean));
  if (low > 0 || high < 0)
    return `Going on ${mean < 0 ? "lowers" : "raises"} the loss on ${domain} by ${by} nats a masked piece`;
  return `Going on moves the loss on ${domain} by no more than its rows differ`;
}
