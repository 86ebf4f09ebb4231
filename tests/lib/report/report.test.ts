import {describe, expect, test, vi} from "vitest";
import {ReportDesk} from "../../../src/lib/report/desk.js";
import {
  cellsOf,
  emptyReport,
  movePart,
  parseReport,
  type Exhibit,
  type Report
} from "../../../src/lib/report/report.js";
import {rerun} from "../../../src/lib/report/rerun.js";
import {ReportStore} from "../../../src/lib/report/store.js";
import {memoryStore} from "../../../src/lib/store/files.js";

const exhibit: Exhibit = {
  kind: "exhibit",
  id: "a",
  title: "Loss",
  facts: "seed 7",
  caption: "",
  svg: "<svg/>",
  columns: ["step", "loss"],
  rows: [[1, 2.5]],
  sql: null,
  recipe: {steps: 20, seed: 7},
  isRun: true,
  recipeHash: "0123456789ab",
  dataHash: "ba9876543210",
  page: "http://x/pretrain",
  addedAt: "2026-05-04T10:00:00.000Z"
};
const words = (id: string) => ({kind: "words" as const, id, markdown: id});
const report = (...ids: string[]): Report => ({...emptyReport, parts: ids.map(words)});

describe("parseReport(json)", () => {
  test("gives back what was written", () => {
    const whole: Report = {...emptyReport, parts: [exhibit, words("b")]};
    expect(parseReport(JSON.stringify(whole))).toEqual(whole);
  });

  test.each([
    ["nothing", /not valid JSON/],
    ["[]", /version is missing/],
    ['{"version": 2}', /version 2 is newer/],
    ['{"version": 1, "title": 3, "parts": []}', /title is 3 \(expected string\)/],
    [
      '{"version": 1, "title": "", "parts": [{"kind": "words", "id": "../x", "markdown": ""}]}',
      /id/
    ],
    ['{"version": 1, "title": "", "parts": [{"kind": "script"}]}', /parts\.0/]
  ])("refuses %s", (json, message) => {
    expect(() => parseReport(json, "x.html")).toThrow(message);
    expect(() => parseReport(json, "x.html")).toThrow(/^x\.html(?:: | is )/);
  });
});

test("movePart stops at both ends", () => {
  const order = (r: Report) => r.parts.map(({id}) => id).join("");
  expect(order(movePart(report("a", "b", "c"), "b", -1))).toBe("bac");
  expect(order(movePart(report("a", "b", "c"), "c", 1))).toBe("abc");
  expect(order(movePart(report("a", "b", "c"), "none", 1))).toBe("abc");
});

test("cellsOf keeps columns in order and what JSON cannot hold as null", () => {
  expect(cellsOf([{a: 1}, {b: "x", a: NaN}])).toEqual({
    columns: ["a", "b"],
    rows: [
      [1, null],
      [null, "x"]
    ]
  });
});

describe("rerun(exhibit)", () => {
  test.each([
    [{recipe: {steps: 20}}, /train recipe-0123456789ab\.json/],
    [{recipe: {base: {}, grid: {steps: [1]}}}, /sweep sweep-0123456789ab\.json/],
    [{recipe: {epochs: 2}}, /finetune recipe-0123456789ab\.json/]
  ])("%j has a command", (change, command) => {
    const how = rerun({...exhibit, ...change});
    expect(how.command).toMatch(command);
    expect(how.command).toContain(how.file);
  });

  test.each([{isRun: false}, {recipe: {strange: 1}}, {recipe: null}, {sql: "SELECT 1"}])(
    "%j has none",
    (change) => expect(rerun({...exhibit, ...change}).command).toBeNull()
  );
});

describe("the desk", () => {
  test("keeps edits, undoes them, and one desk's edits reach another", async () => {
    const folder = Promise.resolve(memoryStore());
    const [one, other] = [
      new ReportDesk(new ReportStore(folder)),
      new ReportDesk(new ReportStore(folder))
    ];
    await one.open();
    await other.open();
    const add = (id: string) => (r: Report) => ({...r, parts: [...r.parts, words(id)]});
    await Promise.all([one.edit("added a", add("a")), one.edit("added b", add("b"))]);
    await one.edit("removed a", (r) => ({...r, parts: r.parts.slice(1)}));
    expect(one.state.report.parts.map(({id}) => id)).toEqual(["b"]);
    expect(one.state.undo).toBe("removed a");
    await one.undo();
    expect(one.state.report.parts.map(({id}) => id)).toEqual(["a", "b"]);
    await one.edit("removed b", (r) => ({...r, parts: r.parts.slice(0, 1)}));
    await one.edit(null, (r) => ({...r, title: "typed"}));
    await other.edit("added c", add("c"));
    await one.undo();
    expect(one.state.report.parts.map(({id}) => id)).toEqual(["a", "b", "c"]);
    expect(one.state.report.title).toBe("typed");
    await new Promise<void>((done) => {
      other.subscribe(({report: {parts}}) => {
        if (parts.length === 3) done();
      });
    });
    one.close();
    other.close();
  });

  test("what is pressed before an edit is kept comes after it", async () => {
    const desk = new ReportDesk(new ReportStore(Promise.resolve(memoryStore())));
    await desk.open();
    const add = (id: string) => (r: Report) => ({...r, parts: [...r.parts, words(id)]});
    void desk.edit("added a", add("a"));
    void desk.edit(null, (r) => ({...r, title: "typed"}));
    void desk.undo();
    void desk.edit("added b", add("b"));
    const {title, parts} = await desk.settled();
    expect([title, ...parts.map(({id}) => id)]).toEqual(["typed", "b"]);
    desk.close();
  });

  test("letters typed while one is being kept are kept together, in order and between other edits", async () => {
    const store = new ReportStore(Promise.resolve(memoryStore()));
    const change = vi.spyOn(store, "change");
    const desk = new ReportDesk(store);
    await desk.open();
    const type = (letter: string) =>
      desk.edit(null, (report) => ({...report, title: report.title + letter}));
    const begun = (await desk.settled()).title;
    const typed = [..."abc"].map(type);
    const marked = desk.edit("marked", (report) => ({...report, title: `${report.title}|`}));
    typed.push(...[..."def"].map(type));
    await Promise.all([...typed, marked]);
    expect(desk.state.report.title).toBe(`${begun}abc|def`);
    expect((await store.load()).title).toBe(`${begun}abc|def`);
    expect(change).toHaveBeenCalledTimes(3);
    await desk.undo();
    expect(desk.state.report.title).toBe(`${begun}abcdef`);
    desk.close();
  });

  test("says that a kept report cannot be read, leaves it, and can start anew", async () => {
    const folder = memoryStore();
    await folder.write("report.json", new TextEncoder().encode('{"version": 9}'));
    const desk = new ReportDesk(new ReportStore(Promise.resolve(folder)));
    await desk.open();
    expect(desk.state.problem).toMatch(/version 9 is newer/);
    await desk.edit("added", (r) => r);
    expect(new TextDecoder().decode((await folder.read("report.json"))!)).toBe('{"version": 9}');
    await desk.replace("started anew", emptyReport);
    expect(desk.state.problem).toBeNull();
    desk.close();
  });
});
