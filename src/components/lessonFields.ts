import {element, withValue} from "./dom.js";
import type {View} from "./dom.js";

/** A number with its label. */
export interface NumberField {
  key: string;
  label: string;
  value: number;
  min: number;
  max: number;
  step?: number;
}

/** Numbers, and one thing to tick, side by side; the value has a key for each. */
export function lessonFields<T extends Record<string, number | boolean>>(
  numbers: readonly NumberField[],
  tick?: {key: string; label: string; value: boolean}
): View<T> {
  const boxes = numbers.map(({key, value, min, max, step = 1}) => ({
    key,
    box: element("input", {type: "number", required: true, value, min, max, step})
  }));
  const box = tick && element("input", {type: "checkbox", checked: tick.value});
  const node = element(
    "div",
    {class: "obs-view obs-lesson-fields"},
    numbers.map(({label}, i) => element("label", {}, `${label} `, boxes[i]!.box)),
    tick && element("label", {}, box!, ` ${tick.label}`)
  );
  return Object.defineProperty(withValue(node, {} as T), "value", {
    get: () =>
      Object.fromEntries([
        ...boxes.map(({key, box: each}): [string, number] => [key, Number(each.value)]),
        ...(tick ? [[tick.key, box!.checked] as const] : [])
      ]) as T
  });
}
