import type {PatchManyResult, PatchResult} from "../lib/engine/probing/protocol.js";
import {bootstrapMean} from "../lib/experiments/statistics.js";
import {cellGrid} from "./cellGrid.js";
import type {GridCell, GridValue} from "./cellGrid.js";
import type {View} from "./dom.js";
import type {Row} from "./downloads.js";
import {depthName} from "./lensView.js";
import {divergingColor, divergingTextColor} from "./scales.js";
import {pieceName} from "./text.js";

const written = (x: number) =>
  Number.isNaN(x)
    ? "–"
    : x
        .toFixed(2)
        .replace(/^-(?=.*[1-9])/, "−")
        .replace("-", "");

const cellOf = (recovery: number, speech: string): GridCell => ({
  color: divergingColor(recovery, 1),
  ink: divergingTextColor(recovery, 1),
  text: written(recovery),
  speech
});

const depthNames = (depths: number) => Array.from({length: depths}, (_, d) => depthName(d));

/** A position's piece, and that of the corrupted text where it differs. */
function positionName({tokens}: PatchResult, i: number): string {
  const [clean, corrupted] = [pieceName(tokens.clean[i]!), pieceName(tokens.corrupted[i]!)];
  return clean === corrupted ? clean : `${clean} (${corrupted})`;
}

/** Less than this is written 0.00. */
const least = 0.005;
/** So many neighbours at which nothing is recovered share a row. */
const fewest = 3;

/**
 * Positions in rows: neighbours at which no depth recovers anything stand in one row, unless the
 * texts differ there or are asked there.
 *
 * @returns `[first, last]` of each row
 */
function patchedRows({
  byPosition,
  tokens,
  changed,
  position,
  depths
}: PatchResult): [number, number][] {
  const n = tokens.clean.length;
  const isQuiet = (i: number) =>
    i !== position &&
    !changed.includes(i) &&
    Array.from({length: depths}, (_, depth) => byPosition[depth * n + i]!).every(
      (recovery) => Math.abs(recovery) < least
    );
  const rows: [number, number][] = [];
  for (let first = 0; first < n; ++first) {
    let last = first;
    if (isQuiet(first)) while (last + 1 < n && isQuiet(last + 1)) ++last;
    if (last - first + 1 >= fewest) rows.push([first, last]);
    else for (let i = first; i <= last; ++i) rows.push([i, i]);
    first = last;
  }
  return rows;
}

/**
 * Recovery by position and depth: the residual stream of the clean text, put in at one place.
 * Neighbours at which nothing is recovered share a row; {@link patchRows} has them all.
 */
export function patchPositions(
  result: PatchResult,
  {width = 640}: {width?: number} = {}
): View<GridValue> {
  const n = result.tokens.clean.length;
  const rows = patchedRows(result);
  const name = (i: number) => `${positionName(result, i)} (${i})`;
  return cellGrid(
    (row, depth) => {
      const [first, last] = rows[row]!;
      const recovery = result.byPosition[depth * n + first]!;
      if (first === last)
        return cellOf(
          recovery,
          `${name(first)}, ${depthName(depth)}: recovery ${written(recovery)}`
        );
      const places = `each of ${last - first + 1} pieces from ${name(first)} to ${name(last)}`;
      return {...cellOf(0, `${places}, ${depthName(depth)}: recovery under ${least}`), text: "·"};
    },
    {
      rows: rows.map(([first, last]) =>
        first === last ? positionName(result, first) : `… ${last - first + 1} pieces`
      ),
      columns: depthNames(result.depths),
      corner: "piece ↓ depth →",
      label: "recovery by position and depth",
      width,
      minCell: 56
    }
  );
}

/** Recovery by head: what one head averages in the clean text, put in at every position. */
export function patchHeads(
  {byHead, heads, depths}: Pick<PatchResult, "byHead" | "heads" | "depths">,
  {width = 640}: {width?: number} = {}
): View<GridValue> {
  return cellGrid(
    (layer, head) => {
      const recovery = byHead[layer * heads + head]!;
      return cellOf(
        recovery,
        `depth ${layer + 1}, head ${head + 1}: recovery ${written(recovery)}`
      );
    },
    {
      rows: Array.from({length: depths - 1}, (_, layer) => depthName(layer + 1)),
      columns: Array.from({length: heads}, (_, head) => `head ${head + 1}`),
      corner: "depth ↓ head →",
      label: "recovery by head",
      width,
      minCell: 52
    }
  );
}

/** Both maps as rows. */
export function patchRows(result: PatchResult): Row[] {
  const n = result.tokens.clean.length;
  const positions = Array.from(result.byPosition, (recovery, at): Row => ({
    what: "position",
    depth: Math.floor(at / n),
    position: at % n,
    piece: result.tokens.clean[at % n]!,
    corrupted: result.tokens.corrupted[at % n]!,
    head: null,
    recovery
  }));
  const heads = Array.from(result.byHead, (recovery, at): Row => ({
    what: "head",
    depth: Math.floor(at / result.heads) + 1,
    position: null,
    piece: null,
    corrupted: null,
    head: (at % result.heads) + 1,
    recovery
  }));
  return [...positions, ...heads];
}

/** What patching everything and nothing gives at each depth, in a sentence. */
export function identitySentence({all, none}: {all: number[]; none: number[]}): string {
  const list = (values: readonly number[]) => values.map((x) => x.toFixed(4)).join(", ");
  return `Checked here: all positions at once recover ${list(all)} from depth 0 on, none ${list(none)}.`;
}

/** The same over many pairs: the extremes of every pair and depth. */
export function identitiesSentence({all, none}: PatchManyResult): string {
  const [least, most] = [Math.min(...all.flat()), Math.max(...all.flat())];
  const nothing = Math.max(...none.flat().map(Math.abs));
  return `Checked in every pair at every depth: all positions at once recover ${least.toFixed(4)} to ${most.toFixed(4)}, none at most ${nothing.toFixed(4)}.`;
}

/** The mean of one cell over pairs, NaN left out. */
function meanOf(lists: readonly Float64Array[], at: number) {
  return bootstrapMean(lists.map((list) => list[at]!).filter((x) => !Number.isNaN(x)));
}

function meanSpeech(where: string, {mean, low, high, n}: ReturnType<typeof meanOf>): string {
  const range = Number.isFinite(low) ? ` [${written(low)}, ${written(high)}]` : "";
  return n === 0
    ? `${where}: in no pair`
    : `${where}: mean recovery ${written(mean)}${range}, n = ${n} pairs`;
}

/** Mean recovery over pairs by part of the text and depth. */
export function patchRoleMeans(
  {roles, depths, byRole}: PatchManyResult,
  {width = 640}: {width?: number} = {}
): View<GridValue> {
  return cellGrid(
    (role, depth) => {
      const interval = meanOf(byRole, depth * roles.length + role);
      return cellOf(
        interval.n === 0 ? NaN : interval.mean,
        meanSpeech(`${roles[role]!}, ${depthName(depth)}`, interval)
      );
    },
    {
      rows: roles,
      columns: depthNames(depths),
      corner: "part ↓ depth →",
      label: "mean recovery by part of the text and depth",
      width,
      minCell: 56
    }
  );
}

/** Mean recovery over pairs by head. */
export function patchHeadMeans(
  {heads, depths, byHead}: PatchManyResult,
  {width = 640}: {width?: number} = {}
): View<GridValue> {
  return cellGrid(
    (layer, head) => {
      const interval = meanOf(byHead, layer * heads + head);
      return cellOf(interval.mean, meanSpeech(`depth ${layer + 1}, head ${head + 1}`, interval));
    },
    {
      rows: Array.from({length: depths - 1}, (_, layer) => depthName(layer + 1)),
      columns: Array.from({length: heads}, (_, head) => `head ${head + 1}`),
      corner: "depth ↓ head →",
      label: "mean recovery by head",
      width,
      minCell: 52
    }
  );
}

/** The means with their intervals as rows. */
export function patchMeanRows({roles, depths, heads, byRole, byHead}: PatchManyResult): Row[] {
  const row = (what: string, depth: number, interval: ReturnType<typeof meanOf>): Row => ({
    what,
    depth,
    recovery: interval.mean,
    low: interval.low,
    high: interval.high,
    pairs: interval.n
  });
  const parts = Array.from({length: depths * roles.length}, (_, at) =>
    row(roles[at % roles.length]!, Math.floor(at / roles.length), meanOf(byRole, at))
  );
  const each = Array.from({length: (depths - 1) * heads}, (_, at) =>
    row(`head ${(at % heads) + 1}`, Math.floor(at / heads) + 1, meanOf(byHead, at))
  );
  return [...parts, ...each];
}
