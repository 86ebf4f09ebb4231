import type {Page} from "@playwright/test";
import {parquetWriteBuffer} from "hyparquet-writer";
import {accessibilityFaultsInBoth, expect, open, sidewaysScroll, test} from "./helpers.js";

const loading = {timeout: 60_000}; // the first query brings 34 MB

const status = (page: Page) => page.locator(".glue-status");
const cells = (page: Page, selector: string) => page.locator(selector).allInnerTexts();
const question = (page: Page, name: RegExp) => page.getByRole("button", {name});

test.describe("/glue/", () => {
  test.beforeEach(({page}) => open(page, "/glue/"));

  test("shows scores against parameters before anything is asked or loaded", async ({page}) => {
    const figure = page.getByRole("figure", {name: /MNLI-m, dev set: published scores/});
    await expect(figure).toContainText("n = 37 published numbers");
    await expect(figure).toContainText("parameters, millions (log scale)");
    await expect(figure).toContainText("ALBERT (15)");
    const loaded = await page.evaluate(() =>
      performance.getEntriesByType("resource").map((entry) => entry.name)
    );
    expect(loaded.filter((name) => /duckdb|arquero/.test(name))).toEqual([]);
    await figure.getByRole("button", {name: "Table"}).click();
    await expect(figure.getByRole("table")).toContainText("ALBERT README, version 2 table");
  });

  test("never puts two kinds of number on one axis, and doubtful rows come only when asked", async ({
    page
  }) => {
    const figure = page.getByRole("figure").first();
    const choose = page.getByLabel("test set and metric");
    await choose.selectOption({label: "SQuAD2.0, F1, test"});
    await expect(figure).toContainText("F1, % (SQuAD2.0, test)");
    await expect(figure.locator("[aria-label*='print the XLNet row']")).toHaveCount(0);
    await page.getByLabel("rows that are probably slips").check();
    await expect(figure.locator("[aria-label*='print the XLNet row']")).toHaveCount(1);
    await page.getByLabel("across").selectOption("compute");
    await expect(figure).toContainText("forward compute per token, MFLOP (log scale)");
  });

  test("answers a saved question with a table, a chart and its cost", async ({page}) => {
    await question(page, /With the same training/).click();
    await expect(page.locator(".glue-cost")).toHaveText(/ · 6 rows · /, loading);
    const result = page.getByRole("table", {name: "Result of the query"});
    expect(await result.locator("tbody tr").first().locator("td").allInnerTexts()).toEqual([
      "ALBERT xxlarge (125k steps)",
      "235",
      "88.7"
    ]);
    await expect(page.getByRole("figure", {name: "average by network"})).toBeVisible();
    await page.locator(".glue-buttons").getByRole("button", {name: "Add to report"}).click();
    await expect(page.locator(".glue-buttons")).toContainText("Added to your report");
    const heading = result.getByRole("button", {name: "params_millions"});
    await heading.focus();
    await page.keyboard.press("Enter");
    await expect(result.getByRole("columnheader", {name: "params_millions"})).toHaveAttribute(
      "aria-sort",
      "ascending"
    );
    expect((await cells(page, ".glue-answer tbody td:nth-child(2)"))[0]).toBe("12");
  });

  test("runs what is typed by Ctrl+Enter; a wrong query shows DuckDB's message and loses nothing", async ({
    page
  }) => {
    const editor = page.getByLabel("SQL", {exact: true});
    await editor.click();
    await page.keyboard.press("Control+A");
    await page.keyboard.type("SELECT count(*) AS n FROM configs");
    await page.keyboard.press("Control+Enter");
    await expect(page.locator(".glue-answer tbody")).toHaveText("24", loading);

    await page.keyboard.press("Control+A");
    await page.keyboard.type("SELEC nothing FROM configs");
    await page.getByRole("button", {name: "Run", exact: true}).click();
    await expect(page.locator(".glue-message")).toContainText(
      'Parser Error: syntax error at or near "SELEC"'
    );
    await expect(editor).toHaveText("SELEC nothing FROM configs");
    await expect(page.locator(".glue-answer tbody")).toHaveText("24");
    await editor.focus();
    await page.keyboard.press("Control+A");
    await page.keyboard.type("SELECT * FROM read_csv('https://example.com/x.csv')");
    await page.keyboard.press("Control+Enter");
    await expect(page.locator(".glue-message")).toContainText("closed to SQL on this page");
    await expect(page.locator(".glue-message")).toContainText("Permission Error");
  });

  test("its database runs in a worker that can ask for nothing", async ({page, watch}) => {
    watch.allow(/example\.org/);
    await question(page, /With the same training/).click();
    await expect(page.locator(".glue-cost")).toHaveText(/ · 6 rows · /, loading);
    const worker = page.workers().find((each) => each.url().startsWith("blob:"))!;
    const said = await worker.evaluate(async () => {
      const refused: string[] = [];
      self.addEventListener("securitypolicyviolation", (event) => {
        const {effectiveDirective, blockedURI} = event as SecurityPolicyViolationEvent;
        refused.push(`${effectiveDirective} ${blockedURI}`);
      });
      await new Promise<void>((done) => {
        const request = new XMLHttpRequest();
        request.onloadend = () => done();
        request.open("GET", "https://example.org/x.parquet");
        request.send();
      });
      await new Promise<void>((done) => {
        const socket = new WebSocket("wss://example.org/y");
        socket.onopen = socket.onerror = () => done();
      }).catch(() => undefined);
      return refused;
    });
    // by the policy of the page, which a worker from a Blob inherits
    expect(said).toEqual([
      expect.stringMatching(/^connect-src https:\/\/example\.org/),
      expect.stringMatching(/^connect-src wss:\/\/example\.org/)
    ]);
  });

  test("cancels a query that runs, and goes on", async ({page}) => {
    const editor = page.getByLabel("SQL", {exact: true});
    await editor.fill("SELECT count(*) FROM range(100000000) a, range(100000) b");
    await page.getByRole("button", {name: "Run", exact: true}).click();
    await expect(status(page)).toHaveText(/^running, /, loading);
    await page.getByRole("button", {name: "Cancel"}).click();
    await expect(page.locator(".glue-message")).toContainText("was cancelled after");
    await editor.fill("SELECT 40 + 2 AS n");
    await page.getByRole("button", {name: "Run", exact: true}).click();
    await expect(page.locator(".glue-answer tbody")).toHaveText("42");
  });

  test("makes a long result wide, and saves it", async ({page}) => {
    await question(page, /How do the large models compare/).click();
    await page.getByRole("button", {name: "Reshape"}).click(loading);
    const wide = page.getByRole("table", {name: "Wide table"});
    await expect(wide).toBeVisible();
    const heads = await wide.getByRole("columnheader").allInnerTexts();
    expect(heads.slice(0, 3)).toEqual(["network", "CoLA", "MNLI-m"]);
    const first = await wide.locator("tbody tr").first().locator("td").allInnerTexts();
    expect(first.slice(0, 3)).toEqual(["ALBERT xxlarge-v1 (1.5M steps)", "71.4", "90.8"]);
    const download = page.waitForEvent("download");
    await page.getByLabel("The result made wide").getByRole("button", {name: "CSV"}).click();
    expect((await download).suggestedFilename()).toBe("wide.csv");
  });

  test("puts a column's name into the query, and dropped tables back", async ({page}) => {
    const editor = page.getByLabel("SQL", {exact: true});
    await editor.fill("DROP TABLE configs");
    await page.getByRole("button", {name: "Run", exact: true}).click();
    await expect(status(page)).toHaveText(/^done/, loading);
    const browser = page.getByLabel("Tables and columns");
    const names = browser.locator("summary code");
    await expect(names).toHaveText([
      ...["glue_results", "ablations", "claims", "sources"],
      ...["runs", "steps", "evals", "probes", "sweeps"]
    ]);
    await page.getByRole("button", {name: "Restore tables"}).click();
    await expect(names).toContainText(["configs"]);
    await names.filter({hasText: "ablations"}).click();
    await editor.fill("SELECT count(*) FROM ablations WHERE sop_acc > 50 AND ");
    await page.keyboard.press("Control+End");
    await browser.getByRole("button", {name: "mlm_acc"}).click();
    await expect(editor).toHaveText(
      "SELECT count(*) FROM ablations WHERE sop_acc > 50 AND mlm_acc"
    );
  });

  test("suggests columns of the tables that a query names, dropped ones too", async ({page}) => {
    const editor = page.getByLabel("SQL", {exact: true});
    const bytes = parquetWriteBuffer({
      columnData: [
        {name: "odd name", data: ["a", "b"], type: "STRING"},
        {name: "oddity", data: [1, 2], type: "INT32"}
      ]
    });
    await page.getByLabel(/^choose a table/).setInputFiles({
      name: "mine.parquet",
      mimeType: "application/octet-stream",
      buffer: Buffer.from(bytes)
    });
    await expect(status(page)).toContainText("mine: 2 rows", loading);
    await editor.fill("SELECT  FROM mine");
    await page.keyboard.press("Home");
    for (let i = 0; i < "SELECT ".length; ++i) await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Control+Space");
    const options = page.locator(".cm-tooltip-autocomplete").getByRole("option");
    await expect(options.filter({hasText: "oddity"})).toContainText("integer");
    await expect(options.filter({hasText: "sop_acc"})).toHaveCount(0);
    await page.keyboard.press("Escape");
    await expect(options).toHaveCount(0);
    await editor.fill("SELECT max(odd) FROM mine");
    await page.keyboard.press("Home");
    for (let i = 0; i < "SELECT max(odd".length; ++i) await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Control+Space");
    await expect(options.first()).toHaveText(/^odd/);
    await page.keyboard.press("Enter");
    await expect(editor).toHaveText(/^SELECT max\((?:"odd name"|oddity)\) FROM mine$/);
    await page.keyboard.press("Control+Enter");
    await expect(page.locator(".glue-answer tbody td")).toHaveText(/^(?:b|2)$/);
  });

  test("of ten thousand rows only a page is in the document, and the last is reached by keyboard", async ({
    page
  }) => {
    await page.getByLabel("SQL", {exact: true}).click();
    await page.keyboard.press("Control+A");
    await page.keyboard.type("SELECT range AS i, range % 7 AS seventh FROM range(10000)");
    await page.keyboard.press("Control+Enter");
    await expect(page.locator(".glue-cost")).toHaveText(/ · 10,000 rows · /, loading);
    const result = page.getByRole("table", {name: "Result of the query"});
    await expect(result).toHaveAttribute("aria-rowcount", "10001");
    await expect(result.locator("tbody tr")).toHaveCount(15);
    const last = page.getByRole("button", {name: "Last", exact: true});
    await last.focus();
    await page.keyboard.press("Enter");
    await expect(page.locator(".glue-page")).toHaveText("rows 9,991–10,000 of 10,000");
    await expect(result.locator("tbody tr")).toHaveCount(10);
    await expect(result.locator("tbody tr").last()).toHaveAttribute("aria-rowindex", "10001");
    await expect(result.locator("tbody tr").last().locator("td").first()).toHaveText("9,999");
    await expect(last).toBeFocused();
    await page.getByRole("spinbutton", {name: "page"}).fill("334");
    await page.keyboard.press("Enter");
    await expect(page.locator(".glue-page")).toHaveText("rows 4,996–5,010 of 10,000");
    expect(await page.locator(".glue-answer *").count()).toBeLessThan(5000);
  });

  test("views of a result select rows together", async ({page}) => {
    await question(page, /What does a model of each size reach/).click();
    const chart = page.getByRole("figure", {name: /accuracy by network/});
    await expect(chart).toBeVisible(loading);
    const dots = chart.locator("[data-layer=dot] circle");
    const all = await dots.count();
    const bars = page.getByRole("figure", {name: "Rows by source_title"}).getByRole("button", {
      name: /: \d+ rows$/
    });
    const first = Number(/(\d+) rows/.exec((await bars.first().getAttribute("aria-label"))!)![1]);
    await bars.first().focus();
    await page.keyboard.press("Enter");
    await expect(bars.first()).toHaveAttribute("aria-pressed", "true");
    await expect(chart.locator("[data-layer=dot] circle[opacity='0.2']")).toHaveCount(all - first);
    await expect(page.locator(".glue-page")).toContainText(
      `of ${first} selected, of ${all} in all`
    );
    await page.getByRole("button", {name: "Select all rows"}).click();
    await expect(chart.locator("circle[opacity]")).toHaveCount(0);

    const box = (await chart.locator("svg").first().boundingBox())!;
    await chart.scrollIntoViewIfNeeded();
    const at = (await chart.locator(".glue-brush .overlay").boundingBox())!;
    await page.mouse.move(at.x + 0.8 * box.width, at.y + 60);
    await page.mouse.down();
    await page.mouse.move(at.x + at.width - 2, at.y + 60, {steps: 3});
    await page.mouse.up();
    await expect(page.getByText(/^\d+ of \d+ rows selected$/)).toBeVisible();
    await expect(chart.locator("circle[opacity]")).toHaveCount(0); // never filters itself
    await expect(bars.first().locator("text").last()).toHaveText(/ of /);
  });

  test("takes a Parquet and a CSV file, and saves every format", async ({page}) => {
    const parquet = parquetWriteBuffer({
      columnData: [
        {name: "task", data: ["CoLA", "RTE", "<img src=x onerror=alert(1)>"], type: "STRING"},
        {name: "mine", data: [1.5, 2.5, 4], type: "DOUBLE"}
      ]
    });
    const give = (name: string, buffer: Buffer) =>
      page.getByLabel(/^choose a table/).setInputFiles({name, mimeType: "", buffer});
    await give("My scores.parquet", Buffer.from(parquet));
    await expect(status(page)).toHaveText(/^my_scores: 3 rows, ready after/, loading);
    await page.getByRole("button", {name: "Run", exact: true}).click();
    await expect(page.locator(".glue-cost")).toContainText("read from my_scores (3 rows)");
    await expect(page.locator(".glue-answer tbody tr")).toHaveCount(3);
    expect(await page.locator("main img").count()).toBe(0);
    for (const format of ["CSV", "JSON", "Parquet", "Arrow"]) {
      const download = page.waitForEvent("download");
      await page.getByRole("button", {name: format, exact: true}).first().click();
      expect((await download).suggestedFilename()).toBe(`result.${format.toLowerCase()}`);
    }
    await give("broken.parquet", Buffer.from("PAR1 nothing"));
    await expect(page.locator(".obs-drop .obs-error")).toContainText(
      "broken.parquet: not a Parquet file"
    );
    await give("glue_results.csv", Buffer.from("a,b\n1,x\n2,y\n"));
    await expect(status(page)).toHaveText(/^glue_results_file: 2 rows/);
  });

  test("a Parquet file of a million rows is queried, bounded in memory, and a query over it cancelled", async ({
    page
  }) => {
    test.slow(); // writes, reads and sorts a million rows
    const n = 1_000_000;
    const data = parquetWriteBuffer({
      columnData: [
        {name: "i", data: Int32Array.from({length: n}, (_, i) => i), type: "INT32"},
        {name: "x", data: Float64Array.from({length: n}, (_, i) => (i % 1000) / 8), type: "DOUBLE"},
        {
          name: "split",
          data: Array.from({length: n}, (_, i) => ["train", "dev"][i % 2]!),
          type: "STRING"
        }
      ]
    });
    await page.getByLabel(/^choose a table/).setInputFiles({
      name: "million.parquet",
      mimeType: "",
      buffer: Buffer.from(data)
    });
    await expect(status(page)).toContainText("million: 1,000,000 rows", {timeout: 120_000});
    const editor = page.getByLabel("SQL", {exact: true});
    const run = async (sql: string) => {
      await editor.fill(sql);
      await page.getByRole("button", {name: "Run", exact: true}).click();
    };
    await run(
      "SELECT split, count(*) AS n, max(i) AS last, sum(x) AS total FROM million GROUP BY split ORDER BY split"
    );
    await expect(page.locator(".glue-cost")).toContainText(
      "read from million (1,000,000 rows)",
      loading
    );
    // (0 + 1 + … + 999) / 8 for each thousand rows, the odd ones to dev
    expect(await cells(page, ".glue-answer tbody td")).toEqual([
      ...["dev", "500,000", "999,999", "31,250,000"],
      ...["train", "500,000", "999,998", "31,187,500"]
    ]);
    await run("SELECT list(a.i + b.i) AS all_pairs FROM million a, million b WHERE b.i < 1000");
    await expect(page.locator(".glue-message")).toContainText(/memory/i, {timeout: 120_000});
    await run("SELECT count(*) FROM million a, million b WHERE a.x * b.x = 0.1");
    await expect(status(page)).toHaveText(/^running, /, loading);
    await page.getByRole("button", {name: "Cancel"}).click();
    await expect(page.locator(".glue-message")).toContainText("was cancelled after");
    await run("SELECT count(*) AS n FROM million WHERE i % 10 = 0");
    await expect(page.locator(".glue-answer tbody")).toHaveText("100,000", loading);
  });

  test("an answer fits 360 px and has no accessibility fault, in light and dark", async ({
    page
  }) => {
    await page.setViewportSize({width: 360, height: 800});
    await question(page, /How far apart are numbers/).click();
    await expect(page.locator(".glue-cost")).toBeVisible(loading);
    expect(await sidewaysScroll(page)).toBe(0);
    expect(await accessibilityFaultsInBoth(page)).toEqual([]);
  });
});

test("/glue/[task] says what is asked and shows the results", async ({page}) => {
  await open(page, "/glue/cola");
  await expect(page).toHaveTitle(/^CoLA/);
  await expect(page.locator("main")).toContainText(
    "Would a speaker of English accept this sentence?"
  );
  await expect(page.locator("main")).toContainText("8,551");
  await expect(page.getByRole("figure").first()).toContainText("Matthews correlation × 100 (CoLA,");
  await expect(page.getByRole("figure", {name: /published scores by year/})).toContainText(
    "year the source became public"
  );
  const table = page.getByRole("table", {name: "Published results with their sources"});
  await expect(table).toContainText("ALBERT");
});

test("/glue/[task] is filtered by keyboard alone", async ({page}) => {
  await open(page, "/glue/sst-2");
  const scores = page.getByRole("figure").first();
  const history = page.getByRole("figure", {name: /published scores by year/});
  const table = page.getByRole("table", {name: "Published results with their sources"});
  await expect(scores).toContainText("(SST-2, dev)");
  await page.getByLabel("test set and metric").focus();
  await page.keyboard.press("ArrowDown");
  for (const part of [scores, history]) await expect(part).toContainText("(SST-2, test)");
  await expect(table).toContainText("ensemble");
  await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowDown");
  await expect(scores).toContainText("forward compute per token");
  await page.keyboard.press("Tab");
  await page.keyboard.press("End");
  await expect(page.locator("select:focus")).toHaveValue("ensemble");
  await expect(table.locator("tbody tr").first()).toContainText("ensemble");
  await expect(table).not.toContainText("one model");
  const rows = () => table.locator("tbody tr").count();
  const before = await rows();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  await expect(page.getByLabel("rows read from a copy only")).toBeChecked();
  expect(await rows()).toBeGreaterThanOrEqual(before);
});

test("what is trained in this browser stands in its tables, and beside published rows it is marked", async ({
  page
}) => {
  await open(page, "/glue/");
  await question(page, /What have I trained/).click();
  await expect(page.locator(".glue-answer")).toContainText("no rows", loading);
  await open(page, "/finetune?backend=wasm");
  await page.getByLabel("Training rows", {exact: true}).selectOption("250");
  await page.getByRole("button", {name: "Step", exact: true}).click();
  await expect(page.locator("[role=group][aria-label=training] [role=status]")).toContainText(
    /step 1 of 35/,
    {timeout: 60_000}
  );
  await expect
    .poll(() =>
      page.evaluate(async () => {
        const root = await navigator.storage.getDirectory();
        const kept = await root
          .getDirectoryHandle("finetuning")
          .then((folder) => folder.getDirectoryHandle("records"))
          .catch(() => null);
        let files = 0;
        if (kept) for await (const name of kept.keys()) files += Number(name.endsWith(".json"));
        return files;
      })
    )
    .toBe(1);
  await open(page, "/glue/");
  await question(page, /What have I trained/).click();
  await expect(page.locator(".glue-answer tbody tr")).toHaveCount(1, loading);
  await expect(page.locator(".glue-answer tbody tr")).toContainText("fine-tuning");
  await expect(page.locator(".glue-mark")).toHaveCount(0);
  await question(page, /My scores beside published ones/).click();
  await expect(page.locator(".glue-mark")).toContainText("not comparable");
  await expect(page.locator(".glue-answer")).toContainText("read from");
  const download = page.waitForEvent("download");
  await page.getByRole("button", {name: "CSV", exact: true}).first().click();
  expect((await download).suggestedFilename()).toBe("result-not-comparable.csv");
});

test.describe("DuckDB on a slow line", () => {
  test.use({serviceWorkers: "block"}); // its requests are not held up

  for (const {path, begin, stop, said, again} of [
    {path: "/glue/", begin: "Run", stop: "Cancel", said: ".glue-message", again: ".glue-cost"},
    {
      path: "/claims",
      begin: "Check claim 2 against the published numbers",
      stop: "Stop the check of claim 2",
      said: "#claim-2 [role=status]",
      again: "#claim-2 .claim-reads"
    }
  ])
    test(`is not waited for once it is cancelled: ${path}`, async ({page, watch}) => {
      watch.allow(/duckdb-eh/);
      let held = 0;
      const isHeld = /duckdb-eh.*\.wasm$/;
      await page.route(isHeld, () => void ++held); // never answered
      await open(page, path);
      await expect(
        page.getByRole("button", {name: /^(Restore tables|Stop the check .*)$/})
      ).toHaveCount(0);
      await page.getByRole("button", {name: begin, exact: true}).click();
      await expect.poll(() => held).toBe(1);
      await page.getByRole("button", {name: stop, exact: true}).click();
      await expect(page.locator(said)).toHaveText(/cancelled after|stopped/);
      await page.unroute(isHeld);
      await page.getByRole("button", {name: begin, exact: true}).click();
      await expect(page.locator(again)).toBeVisible(loading);
    });
});
