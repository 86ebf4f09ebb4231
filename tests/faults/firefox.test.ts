/** The built site in Firefox: every page opens, a run trains, is kept and goes on, SQL and files work. */
import {resolve} from "node:path";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {builtPaths} from "../pages/helpers.js";
import {startHost, type Host} from "../pages/hosts.js";
import {tiny} from "../pages/training.js";
import {Firefox, locateFirefox} from "./firefox.js";
import {Tally} from "./tally.js";

const path = locateFirefox();
const status = () => document.querySelector("[role=status]")?.textContent ?? "";

describe.skipIf(!path)("the built site in Firefox", () => {
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
    await firefox.until(() => document.querySelectorAll("observablehq-loading").length === 0);
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
});

describe.skipIf(!path)("a private window of Firefox", () => {
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
