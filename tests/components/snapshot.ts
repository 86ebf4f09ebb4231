/** Coordinates rounded to 3 decimals, so that a snapshot says what changed and not how it was added up. */
function rounded(text: string): string {
  return text.replace(/-?\d+\.\d{3,}(e-?\d+)?/g, (number) => String(+Number(number).toFixed(3)));
}

/** Names that a page's views number as they are made, as those of this element alone would be. */
function renumbered(text: string): string {
  const numbers = new Map<string, Map<string, number>>();
  return text.replace(
    /\b(choices|obs-hatch|embedding-map|lattice|lesson)-(\d+)\b/g,
    (_, name: string, number: string) => {
      const known = numbers.get(name) ?? new Map<string, number>();
      numbers.set(name, known);
      if (!known.has(number)) known.set(number, known.size + 1);
      return `${name}-${known.get(number)}`;
    }
  );
}

/** An element as stable text, one tag a line. */
export function markup(node: Element): string {
  return `${renumbered(rounded(node.outerHTML)).replace(/></g, ">\n<")}\n`;
}
