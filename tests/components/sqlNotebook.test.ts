// @vitest-environment jsdom
import {afterEach, describe, expect, test, vi} from "vitest";
import {distribution} from "../../src/components/distribution.js";
import {firstRows, importTable, tableName} from "../../src/components/importTable.js";
import {isOffered} from "../../src/components/offer.js";
import {pivotForm} from "../../src/components/pivotForm.js";
import {resultChart} from "../../src/components/resultChart.js";
import {costStatement, resultView} from "../../src/components/resultView.js";
import {
  columnDecimals,
  resultsTable,
  sortedRows,
  tableNumber
} from "../../src/components/resultsTable.js";
import {schemaBrowser} from "../../src/components/schemaBrowser.js";
import {queryBar} from "../../src/components/queryBar.js";
import {sqlNotebook} from "../../src/components/sqlNotebook.js";
import type {SqlSession} from "../../src/components/sqlNotebook.js";
import {tableToCsv, tableToJson} from "../../src/components/tableFile.js";
import {RowSelection} from "../../src/lib/selection.js";
import type {QueryResult} from "../../src/lib/store/duckdb/database.js";
import {QueryError, QueryStopped} from "../../src/lib/store/duckdb/errors.js";
import type {ResultTable, ResultValue} from "../../src/lib/store/duckdb/result.js";

// jsdom lays nothing out, and CodeMirror asks where its cursor is
Range.prototype.getClientRects = () => [] as unknown as DOMRectList;

const table = (columns: [string, ResultValue[]][]): ResultTable => ({
  rows: columns[0]![1].length,
  columns: columns.map(([name, values]) => ({
    name,
    kind: values.some((v) => typeof v === "number") ? "number" : "text",
    type: "",
    values
  }))
});
const scores = table([
  ["model", ["BERT", "ALBERT", "<img src=x onerror=alert(1)>", null]],
  ["score", [84.5, 9.25, null, 100]]
]);
const texts = (node: Element, selector: string) =>
  [...node.querySelectorAll(selector)].map((n) => n.textContent);

describe("resultsTable(table)", () => {
  test("shows text as text, aligns decimals, marks nulls", () => {
    const node = resultsTable(scores);
    expect(texts(node, "tbody td")).toEqual([
      ..."BERT,84.50,ALBERT,9.25".split(","),
      "<img src=x onerror=alert(1)>",
      "–",
      "–",
      "100.00"
    ]);
    expect(node.querySelector("img")).toBeNull();
  });

  test("sorts up, down and back, with nulls last", () => {
    const node = resultsTable(scores);
    const heading = node.querySelectorAll<HTMLElement>("th")[1]!;
    const column = () => texts(node, "tbody td:nth-child(2)");
    heading.querySelector("button")!.click();
    expect(heading.getAttribute("aria-sort")).toBe("ascending");
    expect(column()).toEqual(["9.25", "84.50", "100.00", "–"]);
    heading.querySelector("button")!.click();
    expect(column()).toEqual(["100.00", "84.50", "9.25", "–"]);
    heading.querySelector("button")!.click();
    expect(heading.getAttribute("aria-sort")).toBe("none");
    expect(column()).toEqual(["84.50", "9.25", "–", "100.00"]);
  });

  test("turns pages, and stays where it is at the ends", () => {
    const node = resultsTable(table([["i", [1, 2, 3, 4, 5]]]), {pageSize: 2});
    const [first, back, next, last] = [
      ...node.querySelectorAll<HTMLButtonElement>(".glue-pager button")
    ];
    const off = (...buttons: (Element | undefined)[]) =>
      buttons.map((button) => button!.getAttribute("aria-disabled"));
    expect(off(first, back, next, last)).toEqual(["true", "true", "false", "false"]);
    next!.click();
    next!.click();
    next!.click();
    expect(texts(node, "tbody td")).toEqual(["5"]);
    expect(off(first, back, next, last)).toEqual(["false", "false", "true", "true"]);
    expect(node.textContent).toContain("rows 5–5 of 5");
    back!.click();
    expect(texts(node, "tbody td")).toEqual(["3", "4"]);
    last!.click();
    expect(texts(node, "tbody td")).toEqual(["5"]);
    first!.click();
    expect(texts(node, "tbody td")).toEqual(["1", "2"]);
  });

  test("of many rows one page is in the document, every page is reached, each row says its place", () => {
    const node = resultsTable(table([["i", Array.from({length: 1001}, (_, i) => i)]]));
    const rows = () => [...node.querySelectorAll("tbody tr")];
    const places = () => rows().map((row) => Number(row.getAttribute("aria-rowindex")));
    expect(rows()).toHaveLength(15);
    expect(node.querySelector("table")!.getAttribute("aria-rowcount")).toBe("1002");
    expect(places()).toEqual(Array.from({length: 15}, (_, i) => i + 2));
    const number = node.querySelector<HTMLInputElement>("input[type=number]")!;
    const go = (page: string) => {
      number.value = page;
      number.dispatchEvent(new Event("change", {bubbles: true}));
    };
    const seen = new Set<string>();
    for (let page = 1; page <= 67; ++page) {
      go(String(page));
      for (const text of texts(node, "tbody td")) seen.add(text!);
    }
    expect(seen.size).toBe(1001);
    expect(texts(node, ".glue-page")).toEqual(["rows 991–1,001 of 1,001"]);
    expect(places().at(-1)).toBe(1002);
    // what is no page leads to the nearest one
    for (const [typed, page] of [
      ["9999", "67"],
      ["0", "1"],
      ["", "1"],
      ["2.4", "2"]
    ]) {
      go(typed!);
      expect(number.value, typed).toBe(page);
    }
  });

  test("sortedRows keeps ties in order", () => {
    expect([...sortedRows(table([["a", ["x", "x", "w"]]]).columns[0]!, 3, true)]).toEqual([
      0, 1, 2
    ]);
  });

  test("tableNumber writes every digit of an integer, few of a fraction", () => {
    expect(tableNumber(222595584)).toBe("222,595,584");
    expect(tableNumber(-1.5)).toBe("−1.5");
    expect(tableNumber(1e-12)).toBe("1.0000e−12");
    expect(tableNumber(0.12345)).toBe("0.1235");
    expect(columnDecimals([1, 2.5, null, 3.25])).toBe(2);
  });
});

describe("tableToCsv and tableToJson", () => {
  test("keep every digit, quotes, and columns of one name", () => {
    const odd = table([
      ["a", ['say "x"', "1,2"]],
      ["a", [0.1, null]],
      ["f", ["=1+1", "-"]]
    ]);
    expect(tableToCsv(odd)).toBe('a,a,f\r\n"say ""x""",0.1,\'=1+1\r\n"1,2",,\'-\r\n');
    expect(JSON.parse(tableToJson(odd))).toEqual({
      columns: ["a", "a", "f"],
      rows: [
        ['say "x"', 0.1, "=1+1"],
        ["1,2", null, "-"]
      ]
    });
  });
});

describe("resultChart(table, x, y)", () => {
  test("draws a dot for each row with a number", () => {
    const node = resultChart(scores, 0, 1);
    expect(node.querySelectorAll("[data-layer='dot'] circle")).toHaveLength(3);
    expect(node.textContent).toContain("n = 3 of 4 rows");
  });
  test("draws at most 40 labels and says so", () => {
    const many = Array.from({length: 60}, (_, i) => i);
    const node = resultChart(
      table([
        ["l", many.map(String)],
        ["v", many]
      ]),
      0,
      1
    );
    expect(node.querySelectorAll("[data-layer='dot'] circle")).toHaveLength(40);
    expect(node.textContent).toContain("the first 40 of 60 labels");
  });
  test("draws numbers against numbers, and says when there is nothing", () => {
    const numbers = table([
      ["a", [1, 2, null]],
      ["b", [3, 4, 5]]
    ]);
    expect(resultChart(numbers, 0, 1).querySelectorAll("circle")).toHaveLength(2);
    const none = {
      ...scores,
      columns: [scores.columns[0]!, {...scores.columns[1]!, values: [null]}]
    };
    expect(resultChart({...none, rows: 1}, 0, 1).textContent).toContain("No row has a number");
  });
});

describe("schemaBrowser(tables)", () => {
  test("gives the name chosen, quoted where SQL needs it, and stays open on update", () => {
    const tables = [
      {
        name: "t",
        description: "d",
        rows: 1200,
        columns: ["value", "Odd Name"].map((name) => ({name, type: "DOUBLE", description: null}))
      }
    ];
    const node = schemaBrowser(tables);
    const heard: string[] = [];
    node.addEventListener("input", () => heard.push(node.value));
    node.querySelectorAll<HTMLButtonElement>("button").forEach((b) => b.click());
    expect(heard).toEqual(["value", '"Odd Name"']);
    expect(node.querySelector("button")!.getAttribute("aria-label")).toBe("value, column of t");
    expect(node.textContent).toContain("1,200 rows");
    const details = node.querySelector("details")!;
    details.open = true;
    details.dispatchEvent(new Event("toggle"));
    node.update(tables);
    expect(node.querySelector("details")!.open).toBe(true);
  });
});

describe("pivotForm(table)", () => {
  test("is offered for a long table only", () => {
    expect(pivotForm(scores, () => undefined)).toBeNull();
    const long = table([
      ["m", ["a", "b"]],
      ["t", ["x", "x"]],
      ["p", [1, 2]],
      ["v", [3, 4]]
    ]);
    const chosen = vi.fn();
    pivotForm(long, chosen)!.querySelector("button")!.click();
    expect(chosen).toHaveBeenCalledWith({rows: 0, columns: 1, values: 3, aggregate: "mean"});
  });
});

describe("sqlNotebook(options)", () => {
  afterEach(() => document.body.replaceChildren());
  const answer = (sql: string): QueryResult => ({
    sql,
    table: scores,
    truncated: false,
    elapsedMs: 34,
    bytes: 1900
  });
  const start = (query: SqlSession["query"]) => {
    const session = {
      query: vi.fn(query),
      schema: async () => [],
      restore: vi.fn(async () => undefined),
      load: async () => 0,
      loadText: async () => 0
    };
    const connect = vi.fn(async () => session);
    const node = sqlNotebook({
      connect,
      schema: [],
      queries: [
        {id: "a", question: "How many?", sql: "SELECT 1"},
        {id: "b", question: "How few?", sql: "SELECT 2"}
      ]
    });
    document.body.append(node);
    const button = (name: string) =>
      [...node.querySelectorAll("button")].find((b) => b.textContent === name)!;
    const text = () => node.querySelector(".cm-content")!.textContent;
    return {node, connect, session, button, text};
  };

  test("loads nothing before Run, then shows the answer and its cost", async () => {
    const {node, connect, button} = start(async (sql) => answer(sql));
    expect(connect).not.toHaveBeenCalled();
    expect(node.querySelector("[aria-label='SQL']")!.getAttribute("role")).toBe("textbox");
    button("Run").click();
    await vi.waitFor(() => expect(node.querySelector(".glue-cost")).not.toBeNull());
    expect(node.querySelector(".glue-cost")!.textContent).toBe("34\u00a0ms · 4 rows · 1.9\u00a0kB");
    button("Run").click();
    await vi.waitFor(() => expect(connect).toHaveBeenCalledTimes(1));
  });

  test("a question fills the editor and runs; undo has the old text", async () => {
    const {session, button, text} = start(async (sql) => answer(sql));
    button("How few?").click();
    await vi.waitFor(() => expect(session.query).toHaveBeenCalled());
    expect(session.query.mock.calls[0]![0]).toBe("SELECT 2");
    expect(text()).toBe("SELECT 2");
  });

  test("a question that is pressed while another is answered follows it; the same one does not", async () => {
    const {node, session, button} = start(async (sql) => answer(sql));
    const open: (() => void)[] = [];
    session.schema = () => new Promise((done) => open.push(() => done([])));
    const asked = () => session.query.mock.calls.map(([sql]) => sql);
    button("How many?").click();
    // the answer stands, its tables are still being read
    await vi.waitFor(() => expect(node.querySelector(".glue-cost")).not.toBeNull());
    await vi.waitFor(() => expect(open).toHaveLength(1));
    button("How few?").click();
    expect(asked()).toEqual(["SELECT 1"]);
    open[0]!();
    await vi.waitFor(() => expect(asked()).toEqual(["SELECT 1", "SELECT 2"]));
    await vi.waitFor(() => expect(open).toHaveLength(2));
    button("How few?").click();
    button("How many?").click();
    button("Cancel").click(); // what was to follow as well
    open[1]!();
    await vi.waitFor(() => expect(isOffered(button("Cancel"))).toBe(false));
    expect(asked()).toHaveLength(2);
  });

  test("what is asked while the tables are restored waits for them", async () => {
    const {node, session, button} = start(async (sql) => answer(sql));
    button("Run").click();
    await vi.waitFor(() => expect(node.querySelector(".glue-cost")).not.toBeNull());
    await vi.waitFor(() => expect(button("Restore tables").disabled).toBe(false));
    let restored = () => {};
    session.restore.mockReturnValue(new Promise((done) => (restored = () => done(undefined))));
    button("Restore tables").click();
    button("Run").click();
    button("How few?").click();
    await new Promise((later) => setTimeout(later));
    expect(session.query).toHaveBeenCalledTimes(1);
    restored();
    await vi.waitFor(() => expect(session.query).toHaveBeenCalledTimes(2));
    expect(session.query.mock.calls[1]![0]).toBe("SELECT 2");
    await vi.waitFor(() => expect(isOffered(button("Cancel"))).toBe(false));
    expect(session.restore).toHaveBeenCalledTimes(1);
  });

  test("a failing query shows the database's message and keeps text and answer", async () => {
    let fails = false;
    const {node, button, text} = start(async (sql) => {
      if (fails) throw new QueryError({message: 'Parser Error: at "SELECT"', hint: "try this"});
      return answer(sql);
    });
    button("Run").click();
    await vi.waitFor(() => expect(node.querySelector(".glue-cost")).not.toBeNull());
    fails = true;
    button("Run").click();
    await vi.waitFor(() => expect(node.querySelector("pre.glue-error")).not.toBeNull());
    expect(node.querySelector("[role=alert]")!.textContent).toBe(
      'Parser Error: at "SELECT"try this'
    );
    expect(text()).toBe("SELECT 1");
    expect(node.querySelector(".glue-cost")).not.toBeNull();
  });

  test("Cancel stops the query that runs", async () => {
    const {node, button} = start(
      (_, options) =>
        new Promise((_resolve, reject) =>
          options!.signal!.addEventListener("abort", () =>
            reject(new QueryStopped("cancelled", 1234, false))
          )
        )
    );
    expect(isOffered(button("Cancel"))).toBe(false);
    button("Run").click();
    await vi.waitFor(() => expect(isOffered(button("Cancel"))).toBe(true));
    await vi.waitFor(() => expect(node.textContent).toContain("running"));
    button("Cancel").click();
    await vi.waitFor(() => expect(node.textContent).toContain("was cancelled after 1.2 s"));
    expect(isOffered(button("Cancel"))).toBe(false);
  });

  test("a file that is read for long shows so, and Cancel stops it", async () => {
    const query = vi.fn(async (sql: string) => answer(sql));
    const session = {
      query,
      schema: async () => [],
      restore: async () => undefined,
      load: async () => 0,
      loadText: (_name: string, _file: string, _bytes: Uint8Array, signal?: AbortSignal) =>
        new Promise<number>((_done, reject) =>
          signal!.addEventListener("abort", () => reject(new QueryStopped("cancelled", 9, true)))
        )
    };
    const files = {read: vi.fn(), write: vi.fn()};
    const options = {connect: async () => session, schema: [], queries: [], files};
    const node = sqlNotebook({...options, sql: "SELECT 7"});
    document.body.append(node);
    const cancel = [...node.querySelectorAll("button")].find((b) => b.textContent === "Cancel")!;
    const picker = node.querySelector<HTMLInputElement>("input[type=file]")!;
    const file = new File(["a,b\n"], "wide.csv");
    file.arrayBuffer = async () => new ArrayBuffer(4);
    Object.defineProperty(picker, "files", {value: [file]});
    picker.dispatchEvent(new Event("change", {bubbles: true}));
    const bar = node.querySelector<HTMLProgressElement>(".glue-progress")!;
    await vi.waitFor(() => expect(bar.getAttribute("aria-label")).toBe("taking in wide.csv"));
    expect([bar.hidden, bar.hasAttribute("value"), isOffered(cancel)]).toEqual([
      false,
      false,
      true
    ]);
    cancel.click();
    const said = () => node.querySelector(".obs-drop [role=alert]")!.textContent;
    await vi.waitFor(() => expect(said()).toContain("wide.csv: cancelled; DuckDB had to be"));
    expect([bar.hidden, isOffered(cancel)]).toEqual([true, false]);
    expect(node.querySelector(".cm-content")!.textContent).toBe("SELECT 7");
  });

  test("says what went wrong when the database cannot be opened, and tries again", async () => {
    const session = {
      query: async (sql: string) => answer(sql),
      schema: async () => [],
      restore: async () => undefined,
      load: async () => 0,
      loadText: async () => 0
    };
    let tries = 0;
    const node = sqlNotebook({
      connect: async () => {
        if (++tries === 1) throw new Error("could not fetch DuckDB");
        return session;
      },
      schema: [],
      queries: []
    });
    const run = [...node.querySelectorAll("button")].find((b) => b.textContent === "Run")!;
    run.click();
    await vi.waitFor(() => expect(node.textContent).toContain("could not fetch DuckDB"));
    run.click();
    await vi.waitFor(() => expect(node.querySelector(".glue-cost")).not.toBeNull());
  });

  test("Cancel stops the load, and the next Run loads anew", async () => {
    const signals: AbortSignal[] = [];
    let tell = (_: {loaded: number; total: number | null}): void => undefined;
    const node = sqlNotebook({
      connect: (onProgress, signal) => {
        signals.push(signal);
        tell = onProgress;
        return new Promise((_done, reject) =>
          signal.addEventListener("abort", () => reject(new QueryStopped("cancelled", 900, false)))
        );
      },
      schema: [],
      queries: []
    });
    document.body.append(node);
    const button = (name: string) =>
      [...node.querySelectorAll("button")].find((b) => b.textContent === name)!;
    const bar = node.querySelector<HTMLProgressElement>("progress")!;
    const status = node.querySelector("[role=status]")!;
    button("Run").click();
    await vi.waitFor(() => expect(isOffered(button("Cancel"))).toBe(true));
    tell({loaded: 1_000_000, total: 34_000_000});
    expect([bar.hidden, bar.value / bar.max]).toEqual([false, 1 / 34]);
    expect(status.textContent).toContain("of 34");
    button("Cancel").click();
    await vi.waitFor(() => expect(node.textContent).toContain("cancelled after 0.9 s"));
    expect(signals[0]!.aborted).toBe(true);
    expect([bar.hidden, isOffered(button("Cancel"))]).toEqual([true, false]);
    button("Run").click();
    await vi.waitFor(() => expect(signals).toHaveLength(2));
    expect(signals[1]!.aborted).toBe(false);
  });

  test("what is restored is not cancelled, what runs after it is", async () => {
    const {node, button, session} = start(
      (_sql, {signal} = {}) =>
        new Promise((_done, reject) =>
          signal!.addEventListener("abort", () => reject(new QueryStopped("cancelled", 9, false)))
        )
    );
    session.query.mockImplementationOnce(async (sql) => answer(sql));
    button("Run").click();
    await vi.waitFor(() => expect(node.querySelector(".glue-cost")).not.toBeNull());
    let restored = (): void => undefined;
    session.restore.mockImplementationOnce(
      () => new Promise<undefined>((done) => (restored = () => done(undefined)))
    );
    button("Restore tables").click();
    expect(isOffered(button("Cancel"))).toBe(false);
    restored();
    await vi.waitFor(() => expect(node.textContent).toContain("are as they were"));
    button("Run").click();
    await vi.waitFor(() => expect(session.query).toHaveBeenCalledTimes(2));
    button("Cancel").click();
    await vi.waitFor(() => expect(node.textContent).toContain("was cancelled"));
  });

  test("what runs is timed, with how long it may take at most, until the next word", () => {
    vi.useFakeTimers();
    const bar = queryBar({run() {}, cancel() {}, restore() {}});
    const status = bar.node.querySelector("[role=status]")!;
    const progress = bar.node.querySelector("progress")!;
    bar.time("running", 30_000);
    vi.advanceTimersByTime(3000);
    expect(status.textContent).toBe("running, 3\u00a0s of at most 30\u00a0s");
    expect(progress.hidden).toBe(true);
    bar.time("reading a.csv", 120_000, true);
    vi.advanceTimersByTime(1000);
    expect(status.textContent).toBe("reading a.csv, 1\u00a0s of at most 2\u00a0min");
    expect(progress.hidden).toBe(false);
    bar.say("done");
    vi.advanceTimersByTime(5000);
    expect([status.textContent, progress.hidden]).toEqual(["done", true]);
    vi.useRealTimers();
  });

  test("costStatement says when rows were left out", () => {
    expect(costStatement({...answer(""), truncated: true})).toContain("the first 4 rows of more");
  });
});

describe("linked views", () => {
  const long = table([
    ["model", ["a", "b", "a", "c"]],
    ["score", [1, 2, 3, null]]
  ]);

  test("bars select rows, and show what the other views select", () => {
    const selection = new RowSelection(long.rows);
    const node = distribution(long, 0, selection);
    const bars = [...node.querySelectorAll<SVGGElement>("g[role=button]")];
    expect(bars.map((bar) => bar.getAttribute("aria-label"))).toEqual([
      "a: 2 rows",
      "b: 1 rows",
      "c: 1 rows"
    ]);
    bars[0]!.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter"}));
    expect([...selection.mask()]).toEqual([1, 0, 1, 0]);
    expect(bars.map((bar) => bar.getAttribute("aria-pressed"))).toEqual(["true", "false", "false"]);
    selection.set({}, (row) => row > 0);
    expect(bars.map((bar) => bar.lastChild!.textContent)).toEqual(["1 of 2", "1", "1"]);
    selection.clear();
    expect(bars[0]!.getAttribute("aria-pressed")).toBe("false");
  });

  test("a chart of very many rows draws one in so many, says so, and selects among all", () => {
    const many = table([
      ["a", Array.from({length: 99}, (_, i) => i)],
      ["b", Array.from({length: 99}, (_, i) => i % 7)]
    ]);
    const selection = new RowSelection(many.rows);
    const chart = resultChart(many, 0, 1, {selection, dots: 20});
    expect(chart.querySelectorAll("[data-layer=dot] circle")).toHaveLength(20);
    expect(chart.textContent).toContain("n = 99 of 99 rows · one row in 5 is drawn");
    const layer = chart.querySelector<SVGGElement>(".glue-brush")!;
    layer.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight"}));
    const chosen = [...selection.mask()].flatMap((is, row) => (is ? [row] : []));
    expect(chosen.some((row) => row % 5 > 0)).toBe(true);
  });

  test("the table holds the selected rows, the chart fades the others", () => {
    const selection = new RowSelection(long.rows);
    const rows = resultsTable(long, {selection});
    const chart = resultChart(long, 0, 1, {selection, mark: "not comparable"});
    selection.set({}, (row) => row === 1);
    expect(texts(rows, "tbody td")).toEqual(["b", "2"]);
    expect(texts(rows, ".glue-page")).toEqual(["rows 1–1 of 1 selected, of 4 in all"]);
    const opacities = [...chart.querySelectorAll("circle")].map((c) => c.getAttribute("opacity"));
    expect(opacities).toEqual(["0.2", null, "0.2"]);
    expect(chart.textContent).toContain("not comparable");
  });

  test("a histogram is brushed by keyboard", () => {
    const numbers = table([["score", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]]);
    const selection = new RowSelection(numbers.rows);
    const layer = distribution(numbers, 0, selection).querySelector<SVGGElement>(".glue-brush")!;
    const press = (key: string, shiftKey = false) =>
      layer.dispatchEvent(new KeyboardEvent("keydown", {key, shiftKey}));
    expect(layer.getAttribute("tabindex")).toBe("0");
    press("ArrowUp"); // a histogram has one direction
    expect(selection.isActive).toBe(false);
    press("ArrowRight");
    const first = [...selection.mask()];
    expect(first[0]! + first[9]!).toBe(0);
    expect(first.slice(4, 6)).toEqual([1, 1]);
    for (let i = 0; i < 60; ++i) press("ArrowRight");
    expect(selection.mask()[9]).toBe(1);
    expect(selection.mask()[4]).toBe(0);
    for (let i = 0; i < 60; ++i) press("ArrowLeft");
    for (let i = 0; i < 60; ++i) press("ArrowRight", true);
    expect(selection.count()).toBe(10);
    press("Escape");
    expect(selection.isActive).toBe(false);
  });

  test("a chart that is drawn anew leaves no listener behind", () => {
    const result = {sql: "", table: long, truncated: false, elapsedMs: 1, bytes: 10};
    const subscribe = vi.spyOn(RowSelection.prototype, "subscribe");
    const node = resultView(result);
    const [selection] = subscribe.mock.contexts as RowSelection[];
    subscribe.mockRestore();
    const before = selection!.listeners;
    for (const select of node.querySelectorAll("section select"))
      for (let i = 0; i < 5; ++i) select.dispatchEvent(new Event("change"));
    expect(before).toBeGreaterThan(3);
    expect(selection!.listeners).toBe(before);
  });

  test("a mark stands above a result and in its cost the tables it read", () => {
    const result = {sql: "", table: long, truncated: false, elapsedMs: 1, bytes: 10};
    const node = resultView(result, {mark: "not comparable: x", read: [{name: "t", rows: 5}]});
    expect(texts(node, ".glue-mark")).toEqual(["not comparable: x"]);
    expect(texts(node, ".glue-cost")).toEqual([
      "1\u00a0ms · 4 rows · 10\u00a0B · read from t (5 rows)"
    ]);
    expect(resultView(result).querySelector(".glue-mark")).toBeNull();
  });
});

test("a file becomes a table under its own name, never under one of the page's", async () => {
  expect(tableName("My scores (2).parquet", [])).toBe("my_scores_2");
  expect(tableName("2024.csv", [])).toBe("t_2024");
  expect(tableName("runs.csv", ["runs"])).toBe("runs_file");
  const calls: string[] = [];
  const target = {
    load: async (name: string) => calls.push(`arrow ${name}`),
    loadText: async (name: string) => calls.push(`text ${name}`),
    schema: async () => []
  };
  const read = async () => ({stream: new Uint8Array(), rows: 0, columns: []});
  const bytes = new Uint8Array(1);
  await importTable(target, {name: "a.CSV", bytes}, [], read);
  await importTable(target, {name: "a.parquet", bytes}, [], read);
  expect(calls).toEqual(["text a", "arrow a"]);
});

describe("ten thousand columns", () => {
  const names = Array.from({length: 10_000}, (_, i) => `c${i}`);

  test("of an answer the first are drawn and offered, and files have all", () => {
    const wide = table(names.map((name, i) => [name, i % 2 ? [1, 2] : ["a", "b"]]));
    const result = {sql: "", table: wide, truncated: false, elapsedMs: 1, bytes: 1};
    const node = resultView(result, {pivot: async (made) => made});
    expect(texts(node, "th bdi")).toEqual(names.slice(0, 200));
    expect(node.querySelectorAll("tbody td")).toHaveLength(400);
    expect(node.querySelector("table")!.getAttribute("aria-colcount")).toBe("10000");
    expect(node.textContent).toContain("The first 200 of 10,000 columns are shown.");
    expect(node.querySelectorAll("select").length).toBeGreaterThan(5);
    for (const select of node.querySelectorAll("select"))
      expect(select.options.length).toBeLessThanOrEqual(200);
    expect(tableToCsv(wide)).toContain("c9999");
  });

  test("of a table the first are listed", () => {
    const columns = names.map((name) => ({name, type: "DOUBLE", description: null}));
    const node = schemaBrowser([{name: "order", description: null, rows: 1, columns}]);
    expect(texts(node, "dt button")).toEqual(names.slice(0, 200));
    expect(node.textContent).toContain(
      'The first 200 of 10,000 columns; DESCRIBE "order" lists all.'
    );
  });

  test("the query of a file names some: all at once take more memory than DuckDB has", () => {
    const columns = (some: string[]) =>
      some.map((name) => ({name, type: "DOUBLE", description: null}));
    expect(firstRows("a", columns(["x", "y"]))).toBe("SELECT * FROM a LIMIT 100");
    const lines = firstRows("order", columns(["My x", ...names])).split("\n");
    expect(lines[0]).toBe("-- the first 20 of 10,001 columns: name those that you want");
    expect(lines[1]).toBe(`SELECT "My x", ${names.slice(0, 19).join(", ")}`);
    expect(lines[2]).toBe('FROM "order" LIMIT 100');
  });
});
