import {maxLinkLength} from "../lib/link/link.js";
import {hideable, type ClassRules, type Hideable} from "./classRules.js";
import {element} from "./dom.js";
import {offer} from "./offer.js";

/** Options of {@link linkPanel}. */
export interface LinkPanelOptions {
  /** The page's address as it is set now, with rules for a class; null where it would be too long. */
  link: (rules: ClassRules) => string | null;
  /** What may be locked and hidden here. */
  offers: readonly ("locked" | Hideable)[];
  /** Hands the reader the same as a file. */
  save: () => void;
  /** Takes such a file; a sentence where it is refused. */
  open: (name: string, text: string) => string | null;
}

/** A panel that can be told that the page has changed. */
export type LinkPanel = HTMLDetailsElement & {update(): void};

const words: Record<"locked" | Hideable, string> = {
  locked: "lock seeds and steps",
  settings: "hide the settings",
  runs: "hide what trains and computes in the page"
};

/**
 * A link to the page as it is set now; for a class with its numbers locked and controls hidden where
 * the teacher wants that. What is too long for a link is saved as a file, and opened again here.
 */
export function linkPanel({link, offers, save, open}: LinkPanelOptions): LinkPanel {
  const boxes = offers.map((name) => {
    const input = element("input", {type: "checkbox", onchange: () => update()});
    const label = element("label", {class: "obs-choice"}, input, element("span", {}, words[name]));
    return {name, input, label};
  });
  const field = element("input", {
    type: "text",
    readonly: true,
    "aria-label": "link to this page",
    onfocus: () => field.select()
  });
  const said = element("span", {class: "obs-muted", role: "status"});
  const copy = element(
    "button",
    {
      type: "button",
      class: "obs-button",
      onclick: async () => {
        try {
          await navigator.clipboard.writeText(field.value);
          said.textContent = "copied";
        } catch {
          field.focus();
          said.textContent = "select it and copy it by hand: the browser does not let the page";
        }
      }
    },
    "Copy"
  );
  const tooLong = element(
    "p",
    {class: "obs-refused", hidden: true},
    `What is set here is longer than the ${maxLinkLength.toLocaleString("en")} characters that a link may have. Save it as a file instead; it is opened here too.`
  );
  const problem = element("p", {class: "obs-error", role: "alert"});
  const picker = element("input", {
    type: "file",
    accept: ".json",
    "aria-label": "open a saved state of this page",
    onchange: async () => {
      const [file] = picker.files ?? [];
      if (file) problem.textContent = open(file.name, await file.text()) ?? "";
    }
  });
  const panel = element(
    "details",
    {class: "obs-class-link", ontoggle: () => update()},
    element("summary", {}, "Link to this page as it stands"),
    boxes.length > 0 &&
      element(
        "div",
        {class: "obs-choices", role: "group", "aria-label": "for a class"},
        boxes.map(({label}) => label)
      ),
    element("div", {class: "obs-class-address"}, field, copy, said),
    tooLong,
    element(
      "div",
      {class: "obs-class-address"},
      element(
        "button",
        {type: "button", class: "obs-button", onclick: () => save()},
        "Save as a file"
      ),
      element("label", {}, "or open one: ", picker)
    ),
    problem
  );
  // what is typed and ticked here is no value of the page
  for (const type of ["input", "change"])
    panel.addEventListener(type, (event) => event.stopPropagation());

  function update(): void {
    if (!panel.open) return;
    const chosen = boxes.filter(({input}) => input.checked).map(({name}) => name);
    const address = link({
      isLocked: chosen.includes("locked"),
      hidden: hideable.filter((name) => chosen.includes(name))
    });
    field.value = address ?? "";
    tooLong.hidden = address !== null;
    field.disabled = address === null;
    offer(copy, address !== null);
    said.textContent = "";
  }
  return Object.assign(panel, {update});
}
