import {element} from "./dom.js";

/** One thing that keys do; several keys that do the same are apart by commas. */
interface Shortcut {
  keys: string;
  does: string;
}

/** Keys by what answers to them; `where` matches it, and is left out for what every page has. */
const sections: readonly {title: string; where?: string; shortcuts: readonly Shortcut[]}[] = [
  {
    title: "Everywhere",
    shortcuts: [
      {keys: "?", does: "show or close this sheet"},
      {keys: "/", does: "search the pages"},
      {
        keys: "Tab, Shift Tab",
        does: "to the next or the previous control; the first is “Skip to the text”"
      },
      {keys: "Enter, Space", does: "press a button, open a fold, tick a box"},
      {
        keys: "Esc",
        does: "close a menu, a list or this sheet; let go of what is locked in a figure"
      }
    ]
  },
  {
    title: "In a figure",
    where: "figure",
    shortcuts: [
      {
        keys: "← → ↑ ↓",
        does: "move from value to value, and hear it; in a strip of tokens, from token to token"
      },
      {keys: "Home, End", does: "to the first or the last value"},
      {keys: "Enter", does: "lock what is in focus, so that the figures around it follow"},
      {
        keys: "Tab to “Table”",
        does: "the same numbers as a table; “Save” has SVG, PNG, CSV and recipe"
      }
    ]
  },
  {
    title: "In a row of answers or a slider",
    where: "input:is([type=radio], [type=range])",
    shortcuts: [{keys: "← → ↑ ↓", does: "the next answer or value"}]
  },
  {
    title: "In the table of runs",
    where: ".obs-runs tbody tr",
    shortcuts: [{keys: "↑ ↓, Home, End", does: "from run to run, on its tick or on its name"}]
  },
  {
    title: "In the SQL editor",
    where: ".glue-editor",
    shortcuts: [{keys: "Ctrl Enter, ⌘ Enter", does: "run the query"}]
  }
];

/** Each key of "Ctrl Enter, ⌘ Enter" in a frame of its own. */
function keysOf(keys: string): Node[] {
  return keys
    .split(", ")
    .flatMap((chord, i) => [
      ...(i > 0 ? [document.createTextNode(" or ")] : []),
      ...(chord.startsWith("Tab to")
        ? [document.createTextNode(chord)]
        : chord
            .split(" ")
            .flatMap((key, k) => [
              ...(k > 0 ? [document.createTextNode(" ")] : []),
              element("kbd", {}, key)
            ]))
    ]);
}

/**
 * The keys that pages and figures answer to, as a dialog that is closed at first.
 *
 * @param page whose keys are wanted; default those of all pages
 */
export function shortcutSheet(page?: ParentNode): HTMLDialogElement {
  const shown = sections.filter(({where}) => !where || !page || page.querySelector(where));
  const dialog = element(
    "dialog",
    {class: "obs-keys", "aria-labelledby": "obs-keys-title"},
    element("h2", {id: "obs-keys-title"}, "Keys"),
    shown.map(({title, shortcuts}) => [
      element("h3", {}, title),
      element(
        "dl",
        {},
        shortcuts.map(({keys, does}) =>
          element("div", {}, element("dt", {}, keysOf(keys)), element("dd", {}, does))
        )
      )
    ]),
    element("button", {type: "button", onclick: () => dialog.close()}, "Close")
  );
  return dialog;
}

/** True where a key is a letter that is being typed. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.closest(
        "input:not([type=radio]):not([type=checkbox]):not([type=range]), textarea, select"
      ) !== null)
  );
}

/** Lets `?` open and close the sheet of what works on this page. */
export function listenForShortcuts(): void {
  let sheet: HTMLDialogElement | null = null;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.defaultPrevented || isTyping(event.target)) return;
    event.preventDefault();
    if (sheet?.open) return sheet.close();
    sheet?.remove(); // what the page shows may have changed
    sheet = shortcutSheet(document);
    document.body.append(sheet);
    sheet.showModal();
  });
}
