/** The built site in Firefox: every page opens, a run trains, is kept and goes on, SQL and files work. */
import {resolve} from "node:path";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {builtPaths, idleTwice} from "../pages/helpers.js";
import {startHost, type Host} from "../pages/hosts.js";
import {tiny} from "../pages/training.js";
import {Firefox, locateFirefox} from "./firefox.js";
import {Tally} from "./tally.js";

const path = locateFirefox();
// tried again once, as the tests of pages in Chromium are; a first try that failed keeps its row
const again = {retry: 1};
const status = () => document.querySelector("[role=status]")?.textContent ?? "";

describe.skipIf(!path)("the built site in Firefox", again, () => {
  let host: Host;
  let firefox: Firefox;

  beforeAll(async () => {
    host = await startHost({folder: resolve("dist")});
    firefox = await Firefox.start(path!);
  });
  afterAll(async () => {
    await firefox?.close();
    await host?.close();
  });

  test("opens every page without an error, a failed cell, or a request off the site", async () => {
    const tally = new Tally(
      "Firefox",
      "pages opened: no error, no failed cell, no request off the site"
    );
    for (const page of builtPaths())
      await tally.attempt(page, async () => {
        await firefox.open(host.origin + page);
        await firefox.until(() => document.querySelectorAll("observablehq-loading").length === 0);
        await firefox.evaluate(idleTwice);
        const found = await firefox.evaluate(() => ({
          failed: [...document.querySelectorAll(".observablehq--error")].map((e) => e.textContent),
          aside: document.documentElement.scrollWidth - document.documentElement.clientWidth
        }));
        expect(found).toEqual({failed: [], aside: 0});
        const offSite = firefox.asked.filter((url) => !url.startsWith(host.origin));
        expect([...firefox.errors, ...offSite].join("; ")).toBe("");
      });
    tally.finish("nothing");
  });

  test("trains, keeps the run, and goes on with it after a reload", async () => {
    const tally = new Tally("Firefox", "run trained, kept, gone on with after a reload");
    const recipe = {steps: "1000000", "capture.checkpoint_every": "40"};
    await firefox.open(`${host.origin}/pretrain${tiny(recipe)}`);
    const reached = (step: number) =>
      firefox.until(
        (least) =>
          Number(
            /^step (\d+)/.exec(document.querySelector("[role=status]")?.textContent ?? "")?.[1]
          ) >= least,
        step
      );
    await tally.attempt("trained", async () => {
      await reached(0);
      await firefox.press("^Train$");
      await reached(60);
      const line = await firefox.evaluate(status);
      expect(line).toMatch(/ · loss [\d.]+ · [\d.]+k?\stokens\/s · (wasm|webgl|webgpu)/);
    });
    await tally.attempt("kept, and gone on with", async () => {
      await firefox.open(`${host.origin}/pretrain${tiny(recipe)}`);
      await firefox.until(() => document.body.textContent!.includes("This browser keeps a run"));
      const before = await firefox.evaluate(() =>
        Number(
          /keeps a run at step ([\d,]+)/.exec(document.body.textContent!)![1]!.replace(",", "")
        )
      );
      expect(before % 40).toBe(0);
      await firefox.press("^Continue it$");
      await reached(before);
      await firefox.press("^Train$");
      await reached(before + 20);
      await firefox.press("^Pause$");
      await firefox.until(() =>
        / · paused$/.test(document.querySelector("[role=status]")!.textContent!)
      );
    });
    await tally.attempt("no error on the way", () => expect(firefox.errors).toEqual([]));
    tally.finish("the steps since the last checkpoint");
  });

  test("answers SQL, and saves every figure", async () => {
    const tally = new Tally(
      "Firefox",
      "query answered; figures of a page saved as SVG, PNG and CSV"
    );
    await firefox.open(`${host.origin}/glue/`);
    await tally.attempt("a query", async () => {
      await firefox.until(() => document.querySelector(".glue-status") !== null);
      await firefox.press("With the same training");
      await firefox.until(() =>
        / · 6 rows · /.test(document.querySelector(".glue-cost")?.textContent ?? "")
      );
    });
    await firefox.open(`${host.origin}/embedding`);
    // few cells say that they are under way: it is the figures themselves that are waited for
    await firefox.until(
      (least) =>
        [...document.querySelectorAll("figure.obs-figure")].filter((each) => each.checkVisibility())
          .length >= least,
      7
    );
    await firefox.evaluate(idleTwice);
    const saved = await firefox.evaluate(async () => {
      const blobs = new Map<string, Blob>();
      const {createObjectURL} = URL;
      const saved: Blob[] = [];
      URL.createObjectURL = (blob: Blob) => {
        const url = createObjectURL.call(URL, blob);
        blobs.set(url, blob);
        return url;
      };
      HTMLAnchorElement.prototype.click = function () {
        saved.push(blobs.get(this.href)!);
      };
      const all: [string, number][] = [];
      for (const figure of document.querySelectorAll("figure.obs-figure"))
        for (const label of figure.checkVisibility() ? ["SVG", "PNG (2×)", "CSV"] : []) {
          const before = saved.length;
          const items = [...figure.querySelectorAll<HTMLElement>(".obs-menu button")];
          items.find(({textContent}) => textContent === label)!.click();
          for (let wait = 0; saved.length === before && wait < 500; ++wait)
            await new Promise((later) => setTimeout(later, 20));
          all.push([`${label} of ${figure.getAttribute("aria-label")}`, saved[before]?.size ?? 0]);
        }
      return all;
    });
    expect(saved.length).toBeGreaterThan(20);
    for (const [name, bytes] of saved)
      await tally.attempt(name, () => expect(bytes, name).toBeGreaterThan(50));
    await tally.attempt("no error on the way", () => expect(firefox.errors).toEqual([]));
    tally.finish("nothing");
  });

  test("leads through the three lessons, checked by the model", async () => {
    const tally = new Tally("Firefox", "lessons gone through: predicted, run, explained, answered");
    const query = tiny({steps: "40", "tokenizer.vocab_size": "300", "batch.sequence_length": "40"});
    const answers: Record<string, [field: string, text: string][]> = {
      [`masks${query}`]: [["textarea", "The farmer saw the [MASK]."]],
      sharing: [["input[type=number]", "2"]],
      reason: [["input[type=number]", "1"]]
    };
    for (const [lesson, fields] of Object.entries(answers))
      await tally.attempt(lesson.split("?")[0]!, async () => {
        await firefox.open(`${host.origin}/lessons/${lesson}`);
        await firefox.until(() => document.querySelector(".obs-lesson input[type=radio]") !== null);
        await firefox.evaluate(idleTwice);
        await firefox.evaluate(() =>
          document.querySelector<HTMLElement>(".obs-lesson input[type=radio]")!.click()
        );
        await firefox.press("^This is my prediction$");
        await firefox.until(() =>
          document.querySelector(".obs-lesson form button")!.matches("[hidden]")
        );
        await firefox.press("^Run it$");
        await firefox.until(
          () =>
            document.querySelector(".obs-lesson-outcome")!.textContent !== "" &&
            document.querySelector(".obs-lesson figure") !== null
        );
        for (const [field, text] of fields)
          await firefox.evaluate(
            (selector, value) => {
              const last = [...document.querySelectorAll(".obs-lesson-step")].at(-1)!;
              const input = last.querySelector<HTMLInputElement>(selector)!;
              input.value = value;
              input.dispatchEvent(new Event("input", {bubbles: true}));
            },
            field,
            text
          );
        await firefox.press("^Check with the model$");
        await firefox.until(() =>
          /^[✓✗] /.test(document.querySelector(".obs-lesson-verdict")!.textContent!)
        );
        expect(firefox.errors).toEqual([]);
      });
    tally.finish("nothing");
  });

  test("makes a report and an embedded view", async () => {
    const tally = new Tally("Firefox", "report made and saved, view embedded");
    await tally.attempt("report", async () => {
      await firefox.open(`${host.origin}/embedding`);
      await firefox.until(
        () => document.querySelector("figure[data-name=cut-or-narrow] .obs-menu button") !== null
      );
      await firefox.evaluate(() => {
        const items = document.querySelectorAll<HTMLElement>(
          "figure[data-name=cut-or-narrow] .obs-menu button"
        );
        [...items].find(({textContent}) => textContent === "Add to report")!.click();
      });
      await firefox.until(() => document.body.textContent!.includes("Added to your report"));
      await firefox.open(`${host.origin}/report`);
      await firefox.until(() => document.querySelector(".report-preview figure") !== null);
      const saved = await firefox.evaluate(async () => {
        const made: Blob[] = [];
        const {createObjectURL} = URL;
        URL.createObjectURL = (blob: Blob) => {
          made.push(blob);
          return createObjectURL.call(URL, blob);
        };
        const names: string[] = [];
        HTMLAnchorElement.prototype.click = function () {
          names.push(this.download);
        };
        const buttons = [...document.querySelectorAll("button")];
        buttons.find(({textContent}) => textContent === "Save as HTML")!.click();
        while (names.length === 0) await new Promise((later) => setTimeout(later, 50));
        return [names[0]!, await made.at(-1)!.text()];
      });
      expect(saved[0]).toMatch(/\.html$/);
      expect(saved[1]).toContain("<img");
      expect(saved[1]).toContain("npm run -s albert -- sweep");
    });
    await tally.attempt("embedded view", async () => {
      await firefox.open(`${host.origin}/embedding?embed=cut-or-narrow`);
      // the page is an embedded one before its figure is drawn
      await firefox.until(() => document.querySelector("[data-embed-path=view]") !== null);
      await firefox.evaluate(idleTwice);
      const seen = await firefox.evaluate(() => ({
        figures: [...document.querySelectorAll("figure")].filter((f) => f.checkVisibility()).length,
        title: document.querySelector("h1")!.checkVisibility()
      }));
      expect(seen).toEqual({figures: 1, title: false});
    });
    await tally.attempt("no error on the way", () => expect(firefox.errors).toEqual([]));
    tally.finish("nothing");
  });

  test("says on the device panel what it offers and what computes", async () => {
    const tally = new Tally("Firefox", "device panel: what computes, and what is missing here");
    await tally.attempt("panel", async () => {
      await firefox.open(`${host.origin}/pretrain${tiny({steps: "20"})}`);
      await firefox.until(() => document.querySelector(".obs-train") !== null);
      await firefox.press("^Train$");
      await firefox.until(() =>
        / · done$/.test(document.querySelector("[role=status]")!.textContent!)
      );
      const said = await firefox.evaluate(
        () => document.querySelector(".obs-device")!.textContent!
      );
      expect(said).toMatch(/Computes on (webgpu|webgl|wasm)/);
      for (const rung of ["webgpu", "webgl", "wasm", "cpu"]) expect(said).toContain(rung);
      expect(said).toContain("What this browser offers");
    });
    tally.finish("nothing");
  });

  test("works without a network once it was visited", async () => {
    const tally = new Tally("Firefox", "pages opened without a network");
    const own = await startHost({folder: resolve("dist")});
    try {
      await firefox.open(`${own.origin}/`);
      await firefox.until(() =>
        /Kept in this browser/.test(document.querySelector(".site-offline")?.textContent ?? "")
      );
    } finally {
      await own.close();
    }
    for (const page of ["/", "/attention", "/embedding", "/glue/", "/lessons/reason"])
      await tally.attempt(page, async () => {
        await firefox.open(own.origin + page);
        await firefox.until(() => document.querySelectorAll("observablehq-loading").length === 0);
        await firefox.evaluate(idleTwice);
        const found = await firefox.evaluate(() => ({
          title: document.querySelector("h1") !== null,
          failed: document.querySelectorAll(".observablehq--error").length
        }));
        expect(found).toEqual({title: true, failed: 0});
      });
    await tally.attempt("Train", async () => {
      await firefox.open(`${own.origin}/pretrain${tiny({steps: "20"})}`);
      await firefox.until(() => document.querySelector(".obs-train") !== null);
      await firefox.press("^Train$");
      await firefox.until(() =>
        / · done$/.test(document.querySelector("[role=status]")!.textContent!)
      );
    });
    tally.finish("nothing");
  });
});

describe.skipIf(!path)("a private window of Firefox", again, () => {
  test("trains where nothing may be kept", async () => {
    const tally = new Tally("Firefox", "run trained in a private window");
    const host = await startHost({folder: resolve("dist")});
    const firefox = await Firefox.start(path!, {"browser.privatebrowsing.autostart": true});
    try {
      await tally.attempt("trained", async () => {
        await firefox.open(`${host.origin}/pretrain${tiny({steps: "50"})}`);
        await firefox.until(() =>
          /^step 0/.test(document.querySelector("[role=status]")?.textContent ?? "")
        );
        await firefox.press("^Train$");
        await firefox.until(() =>
          / · done$/.test(document.querySelector("[role=status]")!.textContent!)
        );
        expect(firefox.errors).toEqual([]);
      });
      tally.finish("the run, with the page");
    } finally {
      await firefox.close();
      await host.close();
    }
  });
});
