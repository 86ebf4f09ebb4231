/** Coordinates rounded to 3 decimals, so that a snapshot says what changed and not how it was added up. */
function rounded(text: string): string {
  return text.replace(/-?\d+\.\d{3,}(e-?\d+)?/g, (number) => String(+Number(number).toFixed(3)));
}

/** An element as stable text, one tag a line. */
export function markup(node: Element): string {
  return `${rounded(node.outerHTML).replace(/></g, ">\n<")}\n`;
}
