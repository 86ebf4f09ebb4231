import type {RecipeCost} from "../lib/recipe/cost.js";
import {element} from "./dom.js";
import {formatBytes, formatInteger, formatNumber, unitSpace} from "./formats.js";

/** What a recipe costs before it runs, as a list of figures with their units. */
export function costTable(cost: RecipeCost): HTMLElement {
  const rows: [string, string, string][] = [
    ["parameters", formatInteger(cost.parameters), "stored once, however often they are used"],
    ["weights", formatBytes(cost.parameterBytes), "as 32-bit numbers"],
    [
      "work for a piece",
      `${formatNumber(cost.flopsPerToken)}${unitSpace}FLOP`,
      "encoder, forward only"
    ],
    [
      "work for a step",
      `${formatNumber(cost.flopsPerStep)}${unitSpace}FLOP`,
      "forward and backward"
    ],
    ["memory for a step", formatBytes(cost.stepBytes), "weights, gradients, moments, activations"]
  ];
  return element(
    "dl",
    {class: "obs-cost"},
    rows.map(([name, value, note]) =>
      element(
        "div",
        {},
        element("dt", {}, name),
        element("dd", {}, value, element("span", {class: "obs-muted"}, note))
      )
    )
  );
}
