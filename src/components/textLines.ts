/**
 * Words as lines that fit a width, as a browser would break them.
 *
 * @param width in pixels
 * @param font size in pixels, weight and family, as CSS writes them
 */
export function textLines(
  text: string,
  width: number,
  {size, weight = 400, family}: {size: number; weight?: number; family: string}
): string[] {
  const context = document.createElement("canvas").getContext("2d");
  if (context) context.font = `${weight} ${size}px ${family}`;
  const measure = (line: string) =>
    context ? context.measureText(line).width : line.length * size * 0.55;
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const word of paragraph.split(/\s+/).filter(Boolean)) {
      const longer = line ? `${line} ${word}` : word;
      if (line && measure(longer) > width) {
        lines.push(line);
        line = word;
      } else line = longer;
    }
    if (line) lines.push(line);
  }
  return lines;
}
