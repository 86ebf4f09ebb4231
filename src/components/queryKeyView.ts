import type {QueryKeyResult} from "../lib/engine/attentionCalls.js";
import {element} from "./dom.js";
import type {Row} from "./downloads.js";
import {formatNumber, formatProbability} from "./formats.js";
import {divergingColor, ink} from "./scales.js";
import {scrolledTable} from "./scrolledTable.js";
import {pieceName} from "./text.js";

/** The products of one row: `q_d·k_d/√size` by piece and dimension, and their sums. */
export function queryKeyProducts({query, keys}: QueryKeyResult): {
  products: Float64Array[];
  scores: number[];
} {
  const [n, size] = keys.shape as [number, number];
  const products = Array.from({length: n}, (_, to) =>
    Float64Array.from(query, (q, d) => (q * keys.data[to * size + d]!) / Math.sqrt(size))
  );
  return {products, scores: products.map((row) => row.reduce((a, b) => a + b, 0))};
}

/** The numbers shown, as rows of a file. */
export function queryKeyRows(result: QueryKeyResult): Row[] {
  const {products, scores} = queryKeyProducts(result);
  return result.tokens.map((piece, position) => ({
    position,
    piece,
    score: scores[position]!,
    weight: result.probs[position]!,
    ...Object.fromEntries(Array.from(products[position]!, (value, d) => [`dim_${d + 1}`, value]))
  }));
}

/**
 * Why a piece looks where it looks: its query above, and for each piece the product with its key,
 * dimension by dimension, whose sum is the score and whose softmax over the pieces the weight.
 * Orange raises the weight, blue lowers it; one scale for all products, and one for the query.
 */
export function queryKeyView(result: QueryKeyResult): HTMLElement {
  const {tokens, query, probs, from} = result;
  const {products, scores} = queryKeyProducts(result);
  const largest = (values: Iterable<number>) => {
    let most = 0;
    for (const value of values) most = Math.max(most, Math.abs(value));
    return most;
  };
  const extent = largest(products.flatMap((row) => [...row]));
  const cell = (value: number, most: number, what: string) =>
    element("td", {
      class: "obs-dimension",
      style: `background: ${divergingColor(value, most)}`,
      title: `${what}: ${formatNumber(value)}`
    });
  const name = (i: number) => pieceName(tokens[i]!);
  const best = probs.reduce((top, p, i) => (p > probs[top]! ? i : top), 0);
  return element(
    "div",
    {class: "obs-view"},
    scrolledTable(
      "query times key by dimension",
      [
        "piece",
        element(
          "th",
          {scope: "colgroup", colspan: query.length},
          `dimensions 1 to ${query.length} →`
        ),
        "score",
        "weight"
      ],
      [
        element(
          "tr",
          {},
          element("th", {scope: "row"}, `query of ${name(from)}`),
          Array.from(query, (q, d) => cell(q, largest(query), `query, dimension ${d + 1}`)),
          element("td", {style: `color: ${ink.muted}`}, ""),
          element("td", {}, "")
        ),
        ...tokens.map((_, to) =>
          element(
            "tr",
            {class: to === best ? "obs-guessed" : null},
            element("th", {scope: "row"}, element("bdi", {}, name(to))),
            Array.from(products[to]!, (p, d) =>
              cell(p, extent, `${name(from)} · ${name(to)}, dimension ${d + 1}`)
            ),
            element("td", {}, scores[to]!.toFixed(2).replace("-", "−")),
            element("td", {}, formatProbability(probs[to]!))
          )
        )
      ]
    ),
    element(
      "p",
      {class: "obs-readout"},
      `full orange and blue: products of ±${formatNumber(extent)}, in the first row query values of ±${formatNumber(largest(query))}`
    )
  );
}
