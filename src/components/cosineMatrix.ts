import {chartSvg} from "./chartFrame.js";
import {divergingColor, divergingTextColor, ink} from "./scales.js";

/** Options of {@link cosineMatrix}. */
export interface CosineMatrixOptions {
  /** What is compared, for the label. */
  label: string;
  /** Width in pixels, default 260. */
  width?: number;
  /** Number of the first depth: 1 for layers (default), 0 where the embeddings come first. */
  first?: 0 | 1;
}

/**
 * Cosines between the depths of a model as a square of numbered cells: orange where two depths pull
 * the same way, blue where they pull against each other.
 *
 * @param values `[depth][depth]`, in [-1, 1]
 */
export function cosineMatrix(
  values: readonly (readonly number[])[],
  {label, width = 260, first = 1}: CosineMatrixOptions
): SVGSVGElement {
  const n = values.length;
  const left = 30;
  const cell = Math.min(44, (width - left) / n);
  const size = left + n * cell;
  const svg = chartSvg(
    size,
    size,
    `${label}: ${values.map((row, i) => `depth ${i + first}: ${row.map((v) => v.toFixed(2)).join(", ")}`).join("; ")}`
  );
  svg.append("text").attr("class", "obs-tick").attr("x", 0).attr("y", 8).text("depth ↓ depth →");
  for (let i = 0; i < n; ++i) {
    for (const [at, anchor] of [
      [[left + (i + 0.5) * cell, 20], "middle"],
      [[left - 8, left + (i + 0.5) * cell + 4], "end"]
    ] as const)
      svg
        .append("text")
        .attr("class", "obs-tick")
        .attr("x", at[0]!)
        .attr("y", at[1]!)
        .attr("text-anchor", anchor)
        .text(i + first);
    for (let j = 0; j < n; ++j) {
      const value = values[i]![j]!;
      svg
        .append("rect")
        .attr("x", left + j * cell + 0.5)
        .attr("y", left + i * cell + 0.5)
        .attr("width", cell - 1)
        .attr("height", cell - 1)
        .attr("fill", divergingColor(value, 1))
        .attr("stroke", ink.grid);
      if (cell >= 30)
        svg
          .append("text")
          .attr("x", left + (j + 0.5) * cell)
          .attr("y", left + (i + 0.5) * cell + 4)
          .attr("text-anchor", "middle")
          .attr("font-size", 10)
          .style("fill", divergingTextColor(value, 1))
          .text(value.toFixed(2).replace("-0.00", "0.00").replace("-", "−"));
    }
  }
  return svg.node()!;
}
