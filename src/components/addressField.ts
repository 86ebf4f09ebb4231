import {element, emit, withValue, type View} from "./dom.js";

/** A field that can be told another address. */
export type AddressField = View<string, HTMLFormElement> & {
  /** Shows another address; dispatches nothing. */
  update(address: string): void;
};

/** Asks for the address of a text; its value is the address, or "" for none. */
export function addressField(
  initial = "",
  {label = "or a text at an address", id = "text-address"} = {}
): AddressField {
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
        "aria-label": label,
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
  return Object.assign(form, {
    update(address: string): void {
      form.value = address;
      if (document.activeElement !== box) box.value = address;
    }
  });
}
