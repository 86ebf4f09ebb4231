import {element} from "./dom.js";

/** What a link may leave out of a page: the settings of its figures, or all that trains here. */
export const hideable = ["settings", "runs"] as const;
export type Hideable = (typeof hideable)[number];

/** What a link to a class says. */
export interface ClassRules {
  /** Seeds and steps stay as the link gives them, so that everyone sees the same curves. */
  isLocked: boolean;
  hidden: readonly Hideable[];
}

/** Parameters of a class link; links between settings of one page keep them. */
export const classParameters = ["locked", "hide"] as const;

/** Reads `locked=1` and `hide=settings,runs` from a query; unknown words are left out. */
export function classRules(search: string): ClassRules {
  const query = new URLSearchParams(search);
  const asked = (query.get("hide") ?? "").split(",");
  return {
    isLocked: query.get("locked") === "1",
    hidden: hideable.filter((name) => asked.includes(name))
  };
}

/** Marks a page so that the style sheet hides what its link leaves out. */
export function applyClassRules(search: string, page: HTMLElement = document.body): void {
  const {hidden} = classRules(search);
  if (hidden.length > 0) page.dataset.hide = hidden.join(" ");
  else delete page.dataset.hide;
}

/** Options of {@link classLink}. */
export interface ClassLinkOptions {
  /** The page's address without its query. */
  address: string;
  /** The page's query, whose backend the link keeps. */
  search?: string;
  /** What the link should set, for example seeds and steps; asked whenever the link is made. */
  settings: () => Record<string, string>;
}

const words: Record<"locked" | Hideable, string> = {
  locked: "lock seeds and steps",
  settings: "hide the settings",
  runs: "hide what trains in the page"
};

/**
 * Makes a link for a class: the page as it is set now, with its numbers locked and controls hidden
 * where the teacher wants that. Folded until it is wanted, and not shown to a class at all.
 */
export function classLink({address, search = "", settings}: ClassLinkOptions): HTMLElement {
  const boxes = Object.entries(words).map(([name, label]) => {
    const input = element("input", {
      type: "checkbox",
      checked: name === "locked",
      onchange: () => show()
    });
    return {
      name,
      input,
      label: element("label", {class: "obs-choice"}, input, element("span", {}, label))
    };
  });
  const field = element("input", {
    type: "text",
    readonly: true,
    "aria-label": "link for a class",
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

  function show(): void {
    const query = new URLSearchParams(settings());
    const backend = new URLSearchParams(search).get("backend");
    if (backend !== null) query.set("backend", backend);
    const chosen = boxes.filter(({input}) => input.checked).map(({name}) => name);
    if (chosen.includes("locked")) query.set("locked", "1");
    const hidden = hideable.filter((name) => chosen.includes(name));
    if (hidden.length > 0) query.set("hide", hidden.join(","));
    const text = query.toString().replaceAll("%2C", ",");
    field.value = text ? `${address}?${text}` : address;
    said.textContent = "";
  }

  show();
  return element(
    "details",
    {class: "obs-class-link", hidden: classRules(search).isLocked, ontoggle: () => show()},
    element("summary", {}, "Link for a class"),
    element(
      "div",
      {class: "obs-choices"},
      boxes.map(({label}) => label)
    ),
    element("div", {class: "obs-class-address"}, field, copy, said)
  );
}
