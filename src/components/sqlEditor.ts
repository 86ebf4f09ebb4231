import {defaultKeymap, history, historyKeymap} from "@codemirror/commands";
import {PostgreSQL, sql} from "@codemirror/lang-sql";
import {
  HighlightStyle,
  bracketMatching,
  defaultHighlightStyle,
  syntaxHighlighting
} from "@codemirror/language";
import {EditorState} from "@codemirror/state";
import {EditorView, drawSelection, keymap} from "@codemirror/view";
import {element, emit, withValue} from "./dom.js";
import type {View} from "./dom.js";

/** Options of {@link sqlEditor}. */
export interface SqlEditorOptions {
  /** Accessible name, default "SQL". */
  label?: string;
  /** Called by Ctrl+Enter or Cmd+Enter. */
  onRun?: () => void;
}

/** An editor whose value is its text. */
export type SqlEditor = View<string> & {
  /** Replaces the text; undo brings the old one back. */
  replace(text: string): void;
  /** Puts a text where the cursor is. */
  insert(text: string): void;
  /** Puts the cursor into the editor. */
  focus(): void;
};

/** CodeMirror's own colours as custom properties, so that the style sheet can give dark ones. */
const highlighting = HighlightStyle.define(
  defaultHighlightStyle.specs.map((spec) =>
    typeof spec.color === "string"
      ? {...spec, color: `var(--glue-code-${spec.color.slice(1)}, ${spec.color})`}
      : spec
  )
);

const theme = EditorView.theme({
  "&": {color: "var(--theme-foreground, currentColor)", backgroundColor: "transparent"},
  "&.cm-focused": {outline: "none"},
  ".cm-content": {
    fontFamily: "var(--monospace, ui-monospace, monospace)",
    fontSize: "14px",
    lineHeight: "1.5",
    padding: "10px 4px",
    caretColor: "var(--theme-foreground, currentColor)"
  },
  ".cm-cursor": {borderLeftColor: "var(--theme-foreground, currentColor)"},
  ".cm-scroller": {overflow: "auto", maxHeight: "24em"}
});

/**
 * A SQL editor: highlighting, undo, Ctrl/Cmd+Enter to run. Tab leaves it, as in any other field.
 *
 * @param text what it holds at first
 */
export function sqlEditor(text: string, {label = "SQL", onRun}: SqlEditorOptions = {}): SqlEditor {
  const node = withValue(element("div", {class: "glue-editor"}), text);
  const run = () => {
    onRun?.();
    return true;
  };
  const view = new EditorView({
    parent: node,
    state: EditorState.create({
      doc: text,
      extensions: [
        keymap.of([
          {key: "Mod-Enter", run},
          {key: "Ctrl-Enter", run},
          ...defaultKeymap,
          ...historyKeymap
        ]),
        history(),
        drawSelection(),
        bracketMatching(),
        EditorView.lineWrapping,
        sql({dialect: PostgreSQL, upperCaseKeywords: true}),
        syntaxHighlighting(highlighting),
        theme,
        EditorView.contentAttributes.of({
          "aria-label": label,
          tabindex: "0",
          spellcheck: "false",
          autocapitalize: "off"
        }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) emit(node, update.state.doc.toString());
        })
      ]
    })
  });
  return Object.assign(node, {
    replace: (next: string) =>
      view.dispatch({changes: {from: 0, to: view.state.doc.length, insert: next}}),
    insert: (added: string) => {
      view.dispatch(view.state.replaceSelection(added));
      view.focus();
    },
    focus: () => view.focus()
  });
}
