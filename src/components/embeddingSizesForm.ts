import type {EmbeddingSizes} from "../lib/recipe/factorisation.js";
import {element, emit, withValue} from "./dom.js";
import type {View} from "./dom.js";

/** A published model whose sizes a reader may start from. */
export interface SizedModel {
  name: string;
  sizes: EmbeddingSizes;
}

const fields = [
  {key: "vocabulary", label: "V, vocabulary", max: 1_000_000},
  {key: "embedding", label: "E, embedding", max: 16_384},
  {key: "hidden", label: "H, encoder", max: 16_384}
] as const;

/** The three sizes of a word embedding: those of a published model, or any others. */
export function embeddingSizesForm(
  models: readonly SizedModel[],
  first: EmbeddingSizes = models[0]!.sizes
): View<EmbeddingSizes> {
  const named = (sizes: EmbeddingSizes) =>
    models.find(({sizes: s}) => fields.every(({key}) => s[key] === sizes[key]))?.name ?? "";
  const own = element("option", {value: "", selected: named(first) === ""}, "own sizes");
  const select = element(
    "select",
    {onchange: () => take(models.find(({name}) => name === select.value)?.sizes)},
    models.map(({name}) => element("option", {value: name, selected: name === named(first)}, name)),
    own
  );
  const inputs = fields.map(({key, max}) =>
    element("input", {
      type: "number",
      min: 1,
      max,
      step: 1,
      value: first[key],
      inputmode: "numeric",
      oninput: (event) => {
        event.stopPropagation();
        read();
      }
    })
  );
  const problem = element("p", {class: "obs-error", role: "alert"});
  const node: View<EmbeddingSizes> = withValue(
    element(
      "div",
      {class: "obs-view"},
      element(
        "div",
        {class: "controls"},
        element("label", {}, "published model", select),
        fields.map(({label}, i) => element("label", {}, label, inputs[i]!))
      ),
      problem
    ),
    first
  );
  select.addEventListener("input", (event) => event.stopPropagation());

  function take(sizes: EmbeddingSizes | undefined): void {
    if (!sizes) return;
    fields.forEach(({key}, i) => (inputs[i]!.value = String(sizes[key])));
    problem.textContent = "";
    emit(node, sizes);
  }

  function read(): void {
    select.value = "";
    const sizes = {...node.value};
    for (const [i, {key, label, max}] of fields.entries()) {
      const value = Number(inputs[i]!.value);
      if (!Number.isInteger(value) || value < 1 || value > max) {
        problem.textContent = `${label}: expected a whole number from 1 to ${max.toLocaleString("en")}`;
        return;
      }
      sizes[key] = value;
    }
    problem.textContent = "";
    select.value = named(sizes);
    emit(node, sizes);
  }
  return node;
}
