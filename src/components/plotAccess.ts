/**
 * Makes a drawing of Observable Plot readable to assistive technology: the drawing is a named group,
 * each mark that has a name is an image of its own, and the names that Plot gives to its layers
 * (`dot`, `line`, `tip`), which nothing may carry without a role, are taken away.
 *
 * @param label what the drawing shows, and where its numbers stand as text
 */
export function nameMarks(svg: SVGSVGElement, label: string): SVGSVGElement {
  svg.setAttribute("role", "group");
  svg.setAttribute("aria-label", label);
  for (const layer of svg.querySelectorAll("g[aria-label]")) {
    layer.setAttribute("data-layer", layer.getAttribute("aria-label")!);
    layer.removeAttribute("aria-label");
  }
  for (const mark of svg.querySelectorAll("[aria-label]:not(svg)"))
    mark.setAttribute("role", "img");
  // the tip is drawn anew as the pointer moves, name and all
  const tip = svg.querySelector("[data-layer='tip']");
  if (tip) tip.setAttribute("aria-hidden", "true");
  return svg;
}
