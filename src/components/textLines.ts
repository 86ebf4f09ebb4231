/**
 * Words as lines that fit a width, as a browser would break them; a word that is wider than that, such as
 * an address with a long query, is cut where it must be.
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
  /** How much of a word fits into a line of its own; one character at the least. */
  const fitting = (word: string) => {
    if (measure(word) <= width) return word.length;
    let [least, most] = [1, word.length - 1];
    while (least < most) {
      const middle = Math.ceil((least + most) / 2);
      if (measure(word.slice(0, middle)) <= width) least = middle;
      else most = middle - 1;
    }
    return least;
  };
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (let word of paragraph.split(/\s+/).filter(Boolean)) {
      for (let end; (end = fitting(word)) < word.length; word = word.slice(end)) {
        if (line) lines.push(line);
        line = "";
        lines.push(word.slice(0, end));
      }
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
