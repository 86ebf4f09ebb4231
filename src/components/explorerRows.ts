import {attentionRows} from "./attentionRows.js";
import type {AttentionUnits} from "./attentionUnits.js";
import type {Row} from "./downloads.js";
import {formatNumber, formatPercent} from "./formats.js";
import {headSummary} from "./headSummary.js";
import type {HeadSummary} from "./headSummary.js";

/** Of a long text a head's averages take milliseconds, and the pointer asks for them again and again. */
const known = new WeakMap<ArrayLike<number>, HeadSummary>();

/** Averages over one head as it is shown. */
export function summaryOf(units: AttentionUnits, layer: number, head: number): HeadSummary {
  const weights = units.probs[layer]![head]!;
  const found = known.get(weights);
  if (found) return found;
  const summary = headSummary(weights, units.tokens, units.rows, units.columns);
  known.set(weights, summary);
  return summary;
}

/** A row for each head, for the table of the small multiples. */
export function summaryRows(units: AttentionUnits, group: readonly number[]): Row[] {
  return units.probs.flatMap((heads, layer) =>
    heads.map((_, head) => ({
      depth: layer + 1,
      head: head + 1,
      stored_layer: group[layer]! + 1,
      ...summaryOf(units, layer, head)
    }))
  );
}

/** A row for each weight of some heads of one depth, hidden ones left out. */
export function weightRows(units: AttentionUnits, layer: number, heads: readonly number[]): Row[] {
  const names = (list: readonly number[]) => list.map((i) => units.tokens[i]!);
  const [rows, columns] = [names(units.rows), names(units.columns)];
  return heads.flatMap((head) =>
    attentionRows(units.probs[layer]![head]!, rows, columns).map((row) => ({
      depth: layer + 1,
      head: head + 1,
      ...row
    }))
  );
}

/** A head in a few words: how spread out it is, and the place it likes best. */
export function describeHead(units: AttentionUnits, layer: number, head: number): string {
  const {entropy, previous, next, self, cls, sep} = summaryOf(units, layer, head);
  const places: [string, number][] = [
    ["the token before", previous],
    ["the token after", next],
    ["the token itself", self],
    ["[CLS]", cls],
    ["[SEP]", sep]
  ];
  const [most, share] = places.reduce((a, b) => (b[1] > a[1] ? b : a));
  const where = share > 0 ? `, ${formatPercent(share)} on ${most}` : "";
  return `entropy ${formatNumber(entropy)} nats${where}`;
}
