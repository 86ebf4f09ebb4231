import {element, emit, withValue} from "./dom.js";
import type {View} from "./dom.js";
import {refill} from "./refill.js";
import {headColor} from "./scales.js";

/** Buttons whose value is the heads in sight, ascending and never empty. */
export type HeadButtons = View<number[]> & {
  update(heads: number, active?: readonly number[]): void;
};

/**
 * A button for each head in its hue: a click toggles it, a double-click shows it alone, and again
 * brings all back. The last one stays.
 *
 * @param heads how many
 * @param active those in sight at first, default all
 */
export function headButtons(heads: number, active?: readonly number[]): HeadButtons {
  const node = withValue(
    element("div", {class: "obs-heads", role: "group", "aria-label": "heads"}),
    [] as number[]
  );
  /** The heads before the first click of what may become a double-click. */
  let before: readonly number[] = [];
  const all = () => Array.from({length: heads}, (_, i) => i);

  function button(head: number): HTMLButtonElement {
    return element(
      "button",
      {
        type: "button",
        class: "obs-head-button",
        style: `--swatch: ${headColor(head, heads)}`,
        "aria-label": `head ${head + 1}`,
        title: "click: show or hide; double-click: alone",
        onclick: (event) => {
          // The clicks of a double-click are the isolation's, not two toggles.
          if ((event as MouseEvent).detail > 1) return;
          before = node.value;
          const next = before.includes(head)
            ? before.filter((other) => other !== head)
            : [...before, head].sort((a, b) => a - b);
          if (next.length > 0) choose(next);
        },
        ondblclick: () => choose(before.length === 1 && before[0] === head ? all() : [head])
      },
      String(head + 1)
    );
  }

  function mark(): void {
    Array.from(node.children).forEach((child, head) =>
      child.setAttribute("aria-pressed", String(node.value.includes(head)))
    );
  }

  function choose(next: number[]): void {
    node.value = next;
    mark();
    emit(node, next);
  }

  function update(count: number, next?: readonly number[]): void {
    if (count !== heads || node.children.length === 0) {
      heads = count;
      refill(node, all().map(button));
      node.value = all();
    }
    if (next) node.value = [...next].sort((a, b) => a - b);
    before = node.value;
    mark();
  }

  update(heads, active);
  return Object.assign(node, {update});
}
