import type {MethodsResult} from "../lib/engine/attentionCalls.js";
import {element} from "./dom.js";
import type {Row} from "./downloads.js";
import {formatProbability} from "./formats.js";
import {
  categoryColor,
  divergingColor,
  ink,
  probabilityColor,
  probabilityTextColor
} from "./scales.js";
import {scrolledTable, swatch} from "./scrolledTable.js";
import {pieceName} from "./text.js";

/** The scores of every method, for a table. */
export function methodRows({tokens, candidates, methods}: MethodsResult): Row[] {
  return candidates.map((position) => ({
    position,
    piece: tokens[position]!,
    ...Object.fromEntries(methods.map(({name, scores}) => [name, scores[position]!]))
  }));
}

/** The points of every curve, for a table. */
export function curveRows({methods}: MethodsResult): Row[] {
  return methods.flatMap(({name, counts, deletion, insertion}) =>
    counts.map((pieces, i) => ({
      method: name,
      pieces,
      hidden: deletion[i]!,
      shown: insertion[i]!
    }))
  );
}

/**
 * What each method says of each piece, side by side: a row a piece, a column a method, the darker
 * the more. Each column is scaled to its own greatest score, since scores of two methods do not
 * compare; the place in the column's order is written out.
 */
export function methodsTable({tokens, position, candidates, methods}: MethodsResult): HTMLElement {
  const columns = methods.map(({scores}) => {
    const order = [...candidates].sort((a, b) => scores[b]! - scores[a]! || a - b);
    const most = Math.max(1e-300, ...candidates.map((i) => scores[i]!));
    return {
      rank: new Map(order.map((i, rank) => [i, rank + 1])),
      share: (i: number) => Math.max(0, scores[i]! / most)
    };
  });
  const isRanked = new Set(candidates);
  return scrolledTable(
    "methods by piece",
    ["piece", ...methods.map(({name}) => name)],
    tokens.map((token, i) =>
      element(
        "tr",
        {class: i === position ? "obs-guessed" : null},
        element("th", {scope: "row"}, element("bdi", {}, pieceName(token))),
        columns.map(({rank, share}) =>
          isRanked.has(i)
            ? element(
                "td",
                {
                  style: `background: ${probabilityColor(share(i))}; color: ${probabilityTextColor(share(i))}`
                },
                String(rank.get(i))
              )
            : element("td", {style: `color: ${ink.muted}`}, i === position ? "guessed" : "–")
        )
      )
    )
  );
}

/** How each method fares when it is tested, and how far the methods agree (Kendall's τ). */
export function agreementTable({methods, agreement, random}: MethodsResult): HTMLElement {
  const cell = (p: number) => element("td", {}, formatProbability(p));
  const tau = (t: number) =>
    element(
      "td",
      {style: `background: ${divergingColor(0.34 * t, 1)}`},
      Number.isNaN(t) ? "–" : t.toFixed(2).replace("-", "−")
    );
  return scrolledTable(
    "tests and agreement of the methods",
    ["method", "hidden", "shown", ...methods.map(({name}) => `τ ${name}`)],
    [
      ...methods.map(({name, deletionArea, insertionArea}, k) =>
        element(
          "tr",
          {},
          element("th", {scope: "row"}, swatch(categoryColor(k)), name),
          cell(deletionArea),
          cell(insertionArea),
          agreement[k]!.map(tau)
        )
      ),
      element(
        "tr",
        {},
        element("th", {scope: "row"}, `random (mean of ${random.orders})`),
        cell(random.deletionArea),
        cell(random.insertionArea),
        methods.map(() => element("td", {}, ""))
      )
    ]
  );
}
