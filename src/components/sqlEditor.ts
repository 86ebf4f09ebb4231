import {
  autocompletion,
  completionKeymap,
  type Completion,
  type CompletionContext,
  type CompletionResult
} from "@codemirror/autocomplete";
import {defaultKeymap, history, historyKeymap} from "@codemirror/commands";
import {PostgreSQL, sql, type SQLNamespace} from "@codemirror/lang-sql";
import {
  HighlightStyle,
  bracketMatching,
  defaultHighlightStyle,
  syntaxHighlighting
} from "@codemirror/language";
import {Compartment, EditorState, type Extension} from "@codemirror/state";
import {EditorView, drawSelection, keymap} from "@codemirror/view";
import type {SchemaTable} from "../lib/store/duckdb/database.js";
import {sqlName} from "../lib/store/sqlName.js";
import {tablesIn} from "../lib/store/tablesIn.js";
import {element, emit, withValue} from "./dom.js";
import type {View} from "./dom.js";

/** Options of {@link sqlEditor}. */
export interface SqlEditorOptions {
  /** Accessible name, default "SQL". */
  label?: string;
  /** Called by Ctrl+Enter or Cmd+Enter. */
  onRun?: () => void;
  /** Tables whose names and columns Ctrl+Space suggests. */
  tables?: readonly SchemaTable[];
}

/** An editor whose value is its text. */
export type SqlEditor = View<string> & {
  /** Replaces the text; undo brings the old one back. */
  replace(text: string): void;
  /** Puts a text where the cursor is. */
  insert(text: string): void;
  /** Suggests the names of other tables from now on. */
  suggest(tables: readonly SchemaTable[]): void;
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

const suggestion = (name: string, detail: string, info: string | null): Completion => ({
  label: name,
  apply: sqlName(name),
  detail,
  ...(info && {info})
});

/** SQL whose suggestions are keywords, tables, and the columns of the tables that the text names. */
function language(tables: readonly SchemaTable[]): Extension {
  const columnsOf = ({columns}: SchemaTable) =>
    columns.map(({name, type, description}) => suggestion(name, type.toLowerCase(), description));
  const schema: SQLNamespace = Object.fromEntries(
    tables.map((table) => [
      table.name.replaceAll(".", "\\."), // a dot would part a schema from a table
      {self: suggestion(table.name, "table", table.description), children: columnsOf(table)}
    ])
  );
  const columns = (context: CompletionContext): CompletionResult | null => {
    const word = context.matchBefore(/\w*/);
    if (word && context.state.sliceDoc(word.from - 1, word.from) === ".") return null;
    const named = tablesIn(context.state.doc.toString());
    const read = tables.filter(({name}) => named.includes(name.toLowerCase()));
    return {from: word?.from ?? context.pos, options: read.flatMap(columnsOf), validFor: /^\w*$/};
  };
  const support = sql({dialect: PostgreSQL, upperCaseKeywords: true, schema});
  return [support, support.language.data.of({autocomplete: columns})];
}

/**
 * A SQL editor: highlighting, undo, Ctrl/Cmd+Enter to run, Ctrl+Space for the names of tables and
 * of the columns of those that the text names. Tab leaves it, as in any other field.
 *
 * @param text what it holds at first
 */
export function sqlEditor(
  text: string,
  {label = "SQL", onRun, tables = []}: SqlEditorOptions = {}
): SqlEditor {
  const names = new Compartment();
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
          ...completionKeymap,
          ...defaultKeymap,
          ...historyKeymap
        ]),
        history(),
        drawSelection(),
        bracketMatching(),
        EditorView.lineWrapping,
        names.of(language(tables)),
        // Only when asked: Enter stays a new line, and nothing moves while one types.
        autocompletion({
          activateOnTyping: false,
          defaultKeymap: false,
          icons: false,
          interactionDelay: 0
        }),
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
    suggest: (next: readonly SchemaTable[]) =>
      view.dispatch({effects: names.reconfigure(language(next))}),
    focus: () => view.focus()
  });
}
