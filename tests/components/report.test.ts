// @vitest-environment jsdom
import {describe, expect, test} from "vitest";
import {renderMarkdown} from "../../src/components/markdown.js";
import {reportEditor} from "../../src/components/reportEditor.js";
import {reportBody} from "../../src/components/reportBody.js";
import {readReportFile, reportFile} from "../../src/components/reportFile.js";
import {movePart, type Exhibit, type Report} from "../../src/lib/report/report.js";
import {attacks} from "./attacks.js";

const html = (markdown: string) => {
  const box = document.createElement("div");
  box.append(renderMarkdown(markdown));
  return box.innerHTML.trim();
};

/** What may run or load something: elements, handlers, and addresses with a scheme that does. */
function dangers(root: ParentNode): string[] {
  const found: string[] = [];
  for (const node of root.querySelectorAll("*")) {
    if (
      /^(script|iframe|object|embed|form|base|link|meta|svg|math|style|video|audio)$/i.test(
        node.tagName
      )
    )
      found.push(node.tagName);
    for (const {name, value} of node.attributes) {
      if (/^on/i.test(name) || name === "style") found.push(name);
      const bare = value.replace(/[\s\p{C}]/gu, "");
      if (/^(href|src|xlink:href|action|formaction|srcset|data)$/i.test(name)) {
        if (/^(javascript|vbscript|file):/i.test(bare)) found.push(bare);
        if (/^data:/i.test(bare) && !/^data:(image|text\/csv|application\/json)/i.test(bare))
          found.push(bare);
        if (name === "src" && !/^(data:image|blob:)/i.test(bare)) found.push(bare);
      }
    }
  }
  return found;
}

const evil = (text: string): Exhibit => ({
  kind: "exhibit",
  id: "a",
  title: text,
  facts: text,
  caption: text,
  svg: `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">${text}</svg>`,
  columns: [text, "n"],
  rows: [[text, 1]],
  sql: text,
  recipe: {[text]: text},
  isRun: true,
  recipeHash: text.slice(0, 64),
  dataHash: text.slice(0, 64),
  page: text,
  addedAt: text.slice(0, 40)
});

describe("renderMarkdown(text)", () => {
  test("writes what Markdown means", () => {
    expect(html("# A *b*\n\n- [c](https://d.e/)\n- `f`\n\n| g |\n|---|\n| h |")).toBe(
      '<h1>A <em>b</em></h1>\n<ul>\n<li><a href="https://d.e/" rel="noopener noreferrer">c</a></li>\n<li><code>f</code></li>\n</ul>\n<table>\n<thead>\n<tr>\n<th>g</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>h</td>\n</tr>\n</tbody>\n</table>'
    );
  });

  test("takes images that come with the text, and no others", () => {
    expect(html("![a](data:image/png;base64,AAAA)")).toContain('src="data:image/png;base64,AAAA"');
    expect(html("![my picture](https://x.y/z.png)")).toBe("<p>my picture</p>");
  });

  test("is inert whatever stands in it", () => {
    expect(attacks.length).toBeGreaterThanOrEqual(100);
    for (const attack of attacks) {
      const text = [
        attack,
        `[x](${attack})`,
        `![x](${attack})`,
        `<${attack}>`,
        `\`\`\`\n${attack}`
      ];
      expect(dangers(renderMarkdown(text.join("\n\n"))), attack).toEqual([]);
    }
  });
});

describe("reportBody(report)", () => {
  const headings = (texts: string[], isWhole?: boolean) => {
    const parts = texts.map((markdown, i) => ({kind: "words" as const, id: `w${i}`, markdown}));
    const body = reportBody({version: 1, title: "T", parts: [...parts, evil("x")]}, isWhole);
    return [...body.querySelectorAll("h1, h2, h3, h4, h5, h6")].map(
      (each) => `${each.tagName[1]} ${each.textContent}`
    );
  };

  test("puts the reader's headings below the title, whichever sign they began with", () => {
    expect(headings(["# A\n\n## B", "## *C*"])).toEqual(["1 T", "2 A", "3 B", "3 C", "2 x"]);
    expect(headings(["### A\n\n#### B"], false)).toEqual(["2 T", "3 A", "4 B", "3 x"]);
    expect(headings(["# A\n\n###### B"], false)).toEqual(["2 T", "3 A", "6 B", "3 x"]);
    expect(headings(["no heading"])).toEqual(["1 T", "2 x"]);
  });
});

describe("reportFile(report)", () => {
  const report: Report = {
    version: 1,
    title: "What I found",
    parts: [
      {...evil("</script><b>x"), page: "http://x/y"},
      {kind: "words", id: "b", markdown: "*well*"}
    ]
  };

  test("opens again as it was", () => {
    expect(readReportFile(reportFile(report), "a.html")).toEqual(report);
    expect(readReportFile(JSON.stringify(report), "a.json")).toEqual(report);
    expect(() => readReportFile("<p>hello", "b.html")).toThrow(/^b\.html: no report in this file/);
  });

  test("groups the digits of long numbers, and writes years as they are", () => {
    const exhibit: Exhibit = {...evil("x"), columns: ["n", "year"], rows: [[11683584, 2019]]};
    const page = new DOMParser().parseFromString(
      reportFile({...report, parts: [exhibit]}),
      "text/html"
    );
    expect([...page.querySelectorAll("td")].map((td) => td.textContent)).toEqual([
      "11,683,584",
      "2019"
    ]);
  });

  test("has words, picture, numbers and the way to make them again, and forbids scripts", () => {
    const text = reportFile(report, new Date("2026-05-04T00:00:00Z"));
    const page = new DOMParser().parseFromString(text, "text/html");
    expect(page.title).toBe("What I found");
    expect(page.querySelector("h2")!.textContent).toBe("</script><b>x");
    expect(page.querySelector("img")!.src).toMatch(/^data:image\/svg\+xml;base64,/);
    expect([...page.querySelectorAll("th")].map((th) => th.textContent)).toEqual([
      "</script><b>x",
      "n"
    ]);
    expect(page.querySelector("a[download$='.csv']")!.getAttribute("href")).toMatch(
      /^data:text\/csv/
    );
    expect(page.querySelector("em")!.textContent).toBe("well");
    expect(page.querySelector("footer")!.textContent).toContain("2026-05-04");
    expect(page.querySelector("meta[http-equiv]")!.getAttribute("content")).toMatch(
      /^default-src 'none'/
    );
    expect([...page.querySelectorAll("script")].map(({type}) => type)).toEqual([
      "application/json"
    ]);
  });

  test("is inert whatever its parts say", () => {
    const hostile: Report = {
      version: 1,
      title: attacks.join(" "),
      parts: attacks.flatMap((attack, i) => [
        {...evil(attack), id: `a${i}`},
        {kind: "words", id: `b${i}`, markdown: attack}
      ])
    };
    hostile.title = hostile.title.slice(0, 1000);
    const text = reportFile(hostile);
    const page = new DOMParser().parseFromString(text, "text/html");
    page.querySelector("#albert-report")!.remove();
    expect(page.querySelectorAll("figure")).toHaveLength(attacks.length);
    expect(dangers(page.body)).toEqual([]);
    expect(readReportFile(text, "a.html")).toEqual(hostile);
  });
});

describe("reportEditor(actions)", () => {
  test("lists parts, and moves, removes and writes through its page", () => {
    let report: Report = {
      version: 1,
      title: "R",
      parts: [evil("one"), {kind: "words", id: "b", markdown: "two"}]
    };
    const said: (string | null)[] = [];
    const editor = reportEditor({
      edit: (words, change) => {
        said.push(words);
        report = change(report);
        editor.update({report, undo: words, problem: null});
      },
      undo: () => said.push("undo")
    });
    document.body.append(editor);
    editor.update({report, undo: null, problem: null});
    const items = () => [...editor.querySelectorAll("li")].map((li) => li.dataset.part);
    const press = (label: string) =>
      editor.querySelector<HTMLButtonElement>(`[aria-label="${label}"]`)!.click();
    press("move two up");
    expect(items()).toEqual(["b", "a"]);
    expect(report).toEqual(movePart(movePart(report, "b", 1), "b", -1));
    press("remove one");
    expect(items()).toEqual(["b"]);
    const box = editor.querySelector("textarea")!;
    box.value = "two and more";
    box.dispatchEvent(new Event("input"));
    expect(report.parts).toEqual([{kind: "words", id: "b", markdown: "two and more"}]);
    const undo = [...editor.querySelectorAll("button")].at(-1)!;
    expect(said).toEqual(["moved “two”", "removed “one”", null]);
    expect(undo.hidden).toBe(true);
    editor.update({report, undo: "removed “one”", problem: "no room"});
    expect(undo.textContent).toBe("Undo: removed “one”");
    expect(editor.querySelector("[role=alert]")!.textContent).toBe("no room");
    undo.click();
    expect(said.at(-1)).toBe("undo");
    editor.remove();
  });

  test("keeps the focus with what was pressed, and moves nothing beyond the ends", () => {
    let report: Report = {
      version: 1,
      title: "R",
      parts: ["a", "b", "c"].map((id) => ({kind: "words", id, markdown: id}))
    };
    const before = report;
    const said: (string | null)[] = [];
    const editor = reportEditor({
      edit: (words, change) => {
        said.push(words);
        report = change(report);
        editor.update({report, undo: words, problem: null});
      },
      undo: () => {
        report = before;
        editor.update({report, undo: null, problem: null});
      }
    });
    document.body.append(editor);
    editor.update({report, undo: null, problem: null});
    const press = (label: string) => {
      const button = editor.querySelector<HTMLElement>(`[aria-label="${label}"]`)!;
      button.focus();
      button.click();
    };
    const focused = () => document.activeElement!.getAttribute("aria-label");
    const live = editor.querySelector("[aria-live]")!;
    press("move a up");
    expect(said).toEqual([]);
    press("move a down");
    expect(focused()).toBe("move a down");
    expect(live.textContent).toBe("a: now 2 of 3");
    press("move a down");
    expect(live.textContent).toBe("a: now 3 of 3");
    press("move a down");
    expect(said).toHaveLength(2);
    press("remove b");
    expect(document.activeElement!.textContent).toBe("Undo: removed “b”");
    (document.activeElement as HTMLElement).click();
    expect(document.activeElement!.textContent).toBe("Write");
    expect(live.textContent).toBe("taken back: removed “b”");
    editor.remove();
  });
});
