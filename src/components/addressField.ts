import {element, emit, withValue, type View} from "./dom.js";

/** Asks for the address of a text; its value is the address, or "" for none. */
export function addressField(
  initial = "",
  {label = "or a text at an address", id = "text-address"} = {}
): View<string, HTMLFormElement> {
  const box = element("input", {
    type: "url",
    id,
    placeholder: "https://…",
    value: initial,
    autocomplete: "off"
  });
  const form = withValue(
    element(
      "form",
      {
        class: "obs-address",
        onsubmit: (event) => {
          event.preventDefault();
          if (box.reportValidity()) emit(form, box.value.trim());
        }
      },
      element("label", {for: id}, label),
      element("div", {}, box, element("button", {type: "submit"}, "Use"))
    ),
    initial
  ) as View<string, HTMLFormElement>;
  // Typing is not yet a value: only what was submitted is.
  box.addEventListener("input", (event) => event.stopPropagation());
  return form;
}
