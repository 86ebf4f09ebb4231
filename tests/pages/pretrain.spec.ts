import {readFileSync} from "node:fs";
import {createServer} from "node:http";
import type {AddressInfo} from "node:net";
import {join} from "node:path";
import {corpusText, generateCorpus} from "../../src/lib/corpus/index.js";
import {
  accessibilityFaults,
  accessibilityFaultsInBoth,
  expect,
  open,
  sidewaysScroll,
  test
} from "./helpers.js";
import {diverging, mean, tiny, TrainingPage} from "./training.js";

const endless = "100000";
const dataDir = process.env.ALBERT_DATA_DIR;

test("Train, Pause, Step and Reset do what they say, and say what they do", async ({page}) => {
  const run = await new TrainingPage(page).open(`/pretrain${tiny({steps: endless})}&backend=wasm`);
  await expect(run.status).toHaveCount(1);
  await expect(run.button("Pause")).toBeDisabled();
  await expect(run.button("Reset")).toBeDisabled();
  await run.button("Train").click();
  await expect(run.status).toHaveText(
    /^step \d+ of 100000 · loss \d[\d.]* · [\d.]+k?\stokens\/s · wasm$/,
    {timeout: 60_000}
  );
  await expect(run.button("Train")).toBeDisabled();
  await expect(page.locator(".obs-left")).toHaveText(/ left$/);
  const paused = await run.pause();
  expect(paused).toBeGreaterThan(0);
  await run.button("Step").click();
  await expect(run.status).toHaveText(new RegExp(`^step ${paused + 1} of .* · paused$`));
  await run.button("Step").click();
  await expect(run.status).toHaveText(new RegExp(`^step ${paused + 2} of .* · paused$`));
  await run.button("Train").click();
  await run.reach(paused + 10);
  await run.button("Reset").click();
  await expect(run.status).toHaveText(/^step 0 of 100000(?! · loss)/, {timeout: 60_000});
  await expect(run.button("Reset")).toBeDisabled();
  await run.button("Step").click();
  await expect(run.status).toHaveText(/^step 1 of .* · paused$/, {timeout: 60_000});
});

test("a run that diverges keeps its last good weights, and goes on at half the rate", async ({
  page
}) => {
  const run = await new TrainingPage(page).open(
    `/pretrain${tiny({...diverging, steps: "40"})}&backend=wasm`
  );
  const offer = page.locator(".obs-slower button");
  await expect(offer).toBeHidden();
  await run.button("Train").click();
  await expect(run.message).toContainText("the weights before it are kept", {timeout: 60_000});
  await expect(offer).toHaveText("Go on from step 20 at half the learning rate (0.5)");
  expect(await accessibilityFaults(page)).toEqual([]);
  await offer.press("Enter");
  await expect(run.status).toHaveText(/^step 40 of 40 .* · done$/, {timeout: 60_000});
  await expect(offer).toBeHidden();
  await expect(run.message).toBeEmpty();
  await expect(page.getByLabel("learning rate", {exact: true})).toHaveValue("0.5");
});

test("a reloaded page offers the run it kept and goes on with it", async ({page}) => {
  const run = new TrainingPage(page);
  await run.open(`/pretrain${tiny({steps: endless, seed: "3"})}&backend=wasm`);
  await run.button("Train").click();
  await run.reach(20);
  const kept = await run.pause();
  const before = await run.column(/^Loss/, "mlm_loss");
  await run.open("/pretrain?backend=wasm");
  const offer = page.locator(".obs-restore");
  await expect(offer).toContainText(
    `at step ${kept.toLocaleString("en")} of ${Number(endless).toLocaleString("en")}`
  );
  await offer.getByRole("button").click();
  await run.reach(kept + 5);
  await run.pause();
  const after = await run.column(/^Loss/, "mlm_loss");
  expect(after.slice(0, 20)).toEqual(before.slice(0, 20));
  // the form and the address are those of the run
  await expect(page.locator("#config-seed")).toHaveValue("3");
  expect(page.url()).toContain("seed=3");
});

test("the offer stands before any cell has run, and what is pressed then is done", async ({
  page
}) => {
  const run = new TrainingPage(page);
  await run.open(`/pretrain${tiny({steps: endless, seed: "3"})}&backend=wasm`);
  await run.button("Train").click();
  await run.reach(20);
  const kept = await run.pause();
  // no cell runs before Framework's client is there
  let runCells = () => {};
  const held = new Promise<void>((free) => (runCells = free));
  await page.route("**/_observablehq/client.*.js", async (route) => {
    await held;
    await route.continue();
  });
  await page.addInitScript(() => {
    const seen = Object.assign(globalThis, {notes: new Set<Element>()});
    new MutationObserver(() =>
      document.querySelectorAll(".obs-restore").forEach((note) => seen.notes.add(note))
    ).observe(document, {subtree: true, childList: true});
  });
  await page.goto("/pretrain?backend=wasm", {waitUntil: "commit"});
  const offer = page.locator(".obs-restore");
  await expect(offer).toContainText(`at step ${kept.toLocaleString("en")} of`);
  await expect(page.locator(".obs-run")).toHaveCount(0);
  await offer.getByRole("button", {name: "Continue it"}).press("Enter");
  await expect(offer).toBeHidden();
  await expect(page.locator(".obs-run")).toHaveCount(0);
  runCells();
  await run.reach(kept + 5);
  await expect(offer).toBeHidden();
  const drawn = () => (globalThis as unknown as {notes: Set<Element>}).notes.size;
  expect(await page.evaluate(drawn)).toBe(1);
});

test("a browser that will not say what it keeps still trains", async ({page}) => {
  await page.addInitScript(() => {
    LockManager.prototype.query = () => Promise.reject(new DOMException("no", "SecurityError"));
  });
  const run = await new TrainingPage(page).open(`/pretrain${tiny({steps: "4"})}&backend=wasm`);
  await run.button("Train").click();
  await expect(run.status).toHaveText(/ · done$/, {timeout: 60_000});
  await expect(page.locator(".obs-restore")).toBeHidden();
});

for (const backend of ["wasm", "cpu", "webgl", "webgpu"])
  test(`?backend=${backend} trains on it and says so`, async ({page}) => {
    test.setTimeout(240_000);
    const run = await new TrainingPage(page).open(
      `/pretrain${tiny({steps: "4"})}&backend=${backend}`
    );
    await run.button("Train").click();
    await expect(run.status).toHaveText(/ · done$|stopped$/, {timeout: 200_000});
    const refusal = (await run.message.textContent()) ?? "";
    test.skip(refusal.includes("cannot be used"), refusal);
    await expect(run.status).toHaveText(
      new RegExp(`^step 4 of 4 · loss [\\d.]+ · [\\d.]+k?\\stokens/s · ${backend} · done$`)
    );
    const device = page.locator(".obs-device");
    await expect(device).toContainText(`Computes on ${backend}`);
    await expect(device).toContainText("It was asked for by the address");
    await expect(device).toContainText(/computed by: .+\./);
    await expect(device.locator("[data-outcome=chosen] th")).toHaveText(backend);
  });

test("an unknown backend or recipe field in the link is named, and the page trains", async ({
  page
}) => {
  const run = new TrainingPage(page);
  await run.open(`/pretrain${tiny({steps: "4", "model.hiden_size": "3"})}&backend=foo`);
  const refused = page.locator(".obs-link-note .obs-refused");
  await expect(refused).toHaveText([
    'link: unknown backend "foo" (expected webgpu, webgl, wasm or cpu); the page chooses one itself',
    'link: this page does not know "model.hiden_size"; that is ignored'
  ]);
  await run.button("Step").click();
  await expect(run.status).toHaveText(/^step 1 of .* · paused$/, {timeout: 90_000});
  await expect(refused).toHaveCount(2);
  await run.open(`/pretrain${tiny({"model.hidden_size": "15"})}`);
  await expect(refused).toHaveText(/^link: invalid model.hidden_size: 15 \(must be a multiple of/);
});

test("the recipe is in the address, and the address makes the recipe", async ({page}) => {
  const run = await new TrainingPage(page).open("/pretrain");
  const field = page.locator("#config-model-embedding_size");
  await field.fill("12");
  await expect.poll(() => new URL(page.url()).search).toBe("?model.embedding_size=12");
  const parameters = page.locator(".obs-cost dd").first();
  const narrow = await parameters.innerText();
  await run.open(`/pretrain${new URL(page.url()).search}`);
  await expect(field).toHaveValue("12");
  await expect(parameters).toHaveText(narrow, {useInnerText: true});
  await field.fill("13.5");
  await expect(page.locator(".obs-field .obs-error", {hasText: "whole number"})).toBeVisible();
  expect(new URL(page.url()).search).toBe("?model.embedding_size=12");
});

test("trains on a dropped file; guesses get better, and all can be saved", async ({page}) => {
  const run = new TrainingPage(page);
  await run.open(`/pretrain${tiny({steps: "300", "capture.evaluate_every": "60"})}&backend=wasm`);
  await run.drop("stories.txt", corpusText(generateCorpus({documents: 12, seed: 5})));
  await expect(page.locator(".obs-next")).toHaveText("The next run reads stories.txt.");
  await run.button("Train").click();
  await run.finish();
  await expect(page.locator(".obs-run-text")).toContainText("Reads stories.txt · 12 documents");
  const losses = await run.column(/^Loss/, "mlm_loss");
  expect(mean(losses.slice(-20))).toBeLessThan(mean(losses.slice(0, 20)) - 0.3);
  expect(await run.column(/^Hidden pieces/, "step")).toEqual([0, 60, 120, 180, 240, 300]);
  const courses = await page.locator(".obs-truth svg").evaluateAll((all) =>
    all.map((svg) => {
      const words = /from (\S+) at step 0 to (\S+) at/.exec(svg.getAttribute("aria-label")!)!;
      return words.slice(1).map((p) => Number(p.replace("<", "")));
    })
  );
  expect(courses.length).toBeGreaterThan(3);
  expect(mean(courses.map(([, last]) => last!))).toBeGreaterThan(
    mean(courses.map(([first]) => first!))
  );
  const [model] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", {name: "Save the model (zip)"}).click()
  ]);
  expect(model.suggestedFilename()).toMatch(/^albert-[0-9a-f]{12}\.zip$/);
  expect(readFileSync(await model.path()).toString("latin1")).toContain("model.safetensors");
  const [sample] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", {name: /^Save \d+ sentences as text$/}).click()
  ]);
  expect(sample.suggestedFilename()).toMatch(/^generated-language-seed-\d+\.txt$/);
  expect(readFileSync(await sample.path(), "utf8").split("\n").length).toBeGreaterThan(100);
});

test("trains on pasted text and on a text at an address", async ({page, watch}) => {
  const text = corpusText(generateCorpus({documents: 10, seed: 6}));
  const server = createServer(({url}, response) => {
    if (url === "/open.txt") response.setHeader("access-control-allow-origin", "*");
    response.setHeader("content-type", "text/plain");
    response.end(text);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const {port} = server.address() as AddressInfo;
  watch.allow(/off-site request: http:\/\/127\.0\.0\.1/);
  watch.allow(/CORS|ERR_FAILED|404/);
  try {
    const run = await new TrainingPage(page).open(`/pretrain${tiny({steps: "3"})}&backend=wasm`);
    await run.paste(text);
    await expect(page.locator(".obs-next")).toHaveText("The next run reads pasted text.");
    await run.button("Train").click();
    await run.finish();
    await expect(page.locator(".obs-run-text")).toContainText("Reads pasted text");

    const address = page.getByRole("textbox", {name: "or a text at an address"});
    const use = async (url: string) => {
      await address.fill(url);
      await page.getByRole("button", {name: "Use", exact: true}).click();
      await expect(page.locator(".obs-next")).toHaveText(`The next run reads ${url}.`);
      await run.button("Reset").click();
      await expect(run.status).toHaveText(/^step 0 of 3/);
      await run.button("Train").click();
    };
    await use(`http://127.0.0.1:${port}/closed.txt`);
    await expect(run.message).toContainText("closed.txt: could not be fetched");
    await expect(run.message).toContainText("CORS");
    await use(new URL("no-such-text.txt", page.url()).href);
    await expect(run.message).toContainText("no-such-text.txt: the server answered 404");
    await use(`http://127.0.0.1:${port}/open.txt`);
    await run.finish();
    await expect(run.message).toBeEmpty();
    expect(new URL(page.url()).searchParams.get("corpus.url")).toContain("/open.txt");
  } finally {
    server.close();
  }
});

test("what cannot be read is refused in one sentence, and the page still trains", async ({
  page
}) => {
  test.setTimeout(240_000);
  const run = await new TrainingPage(page).open(`/pretrain${tiny({steps: "3"})}&backend=wasm`);
  const refusal = page.locator(".obs-drop .obs-error");
  const next = page.locator(".obs-next");
  const unchanged = await next.innerText();
  await run.paste("  \n ");
  await expect(refusal).toHaveText("pasted text: empty (expected some text)");
  await run.drop("empty.txt", "");
  await expect(refusal).toHaveText("empty.txt: empty (expected some text)");
  await page.locator(".obs-zone").dispatchEvent("drop", {
    dataTransfer: await page.evaluateHandle(() => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(70e6)], "huge.txt"));
      return data;
    })
  });
  await expect(refusal).toHaveText("huge.txt: 70 MB (expected at most 64 MB)");
  expect(await next.innerText()).toBe(unchanged);

  const refused = async (reason: RegExp) => {
    await run.button("Train").click();
    await expect(run.message).toHaveText(reason, {timeout: 60_000});
    await expect(run.button("Train")).toBeEnabled();
  };
  await run.paste("word");
  await refused(/^pasted text: holds one sentence \(expected at least two/);
  await run.drop("picture.txt", new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 1]));
  await refused(/^picture\.txt: looks like a PNG image \(expected plain text\)$/);
  await run.drop(
    "noise.txt",
    Uint8Array.from({length: 5000}, (_, i) => (i * i * 31 + 7 * i) % 251)
  );
  await refused(/^noise\.txt: line \d+ /);
  await page.getByRole("button", {name: "Remove"}).click();
  await expect(next).toHaveText(unchanged);
  await run.button("Train").click();
  await run.finish();
  await expect(run.message).toBeEmpty();
});

test("a file of 50 MB is read away from the page, which goes on afterwards", async ({page}) => {
  test.setTimeout(300_000);
  const run = await new TrainingPage(page).open(`/pretrain${tiny({steps: "3"})}&backend=wasm`);
  await page.locator(".obs-zone").dispatchEvent("drop", {
    dataTransfer: await page.evaluateHandle(
      (story) => {
        const data = new DataTransfer();
        const part = `${story}\n\n`;
        const times = Math.floor(50e6 / part.length);
        data.items.add(new File(Array<string>(times).fill(part), "library.txt"));
        return data;
      },
      corpusText(generateCorpus({documents: 40, seed: 7}))
    )
  });
  await expect(page.locator(".obs-given")).toContainText("library.txt · 50 MB", {timeout: 60_000});
  await run.button("Train").click();
  await expect(run.status).toHaveText(/reading library\.txt|vocabulary/, {timeout: 60_000});
  // the page answers while the worker reads
  await page.getByRole("button", {name: "Another document"}).click();
  await expect(page.locator(".obs-sample")).toContainText("Document 2 of 40");
  await run.button("Reset").click();
  await page.getByRole("button", {name: "Remove"}).click();
  await expect(run.status).toHaveText(/^step 0 of 3(?! · loss)/, {timeout: 240_000});
  await run.button("Reset").or(run.button("Train")).first().waitFor();
  await expect(run.button("Train")).toBeEnabled({timeout: 240_000});
});

test("everything is reached and done by keyboard", async ({page}) => {
  const run = await new TrainingPage(page).open(`/pretrain${tiny({steps: endless})}&backend=wasm`);
  const focused = () =>
    page.evaluate(() => {
      const node = document.activeElement!;
      return `${node.tagName} ${node.textContent!.trim().slice(0, 30)} ${node.id}`;
    });
  const tabTo = async (wanted: RegExp) => {
    const seen: string[] = [];
    for (let i = 0; i < 80; ++i) {
      await page.keyboard.press("Tab");
      seen.push(await focused());
      if (wanted.test(seen.at(-1)!)) return;
    }
    expect(seen, `Tab never came to ${wanted}`).toContainEqual(expect.stringMatching(wanted));
  };
  await tabTo(/^BUTTON Train/);
  await page.keyboard.press("Enter");
  await run.reach(1);
  await page.keyboard.press("Tab");
  await tabTo(/^BUTTON (Pause|Reset)/);
  await run.pause();
  await tabTo(/^SVG|^svg/i);
  await page.keyboard.press("ArrowRight");
  await expect(page.locator(".obs-loss .obs-readout").first()).toContainText("step");
  await tabTo(/config-model-embedding_size/);
  await page.keyboard.press("Control+A");
  await page.keyboard.type("9");
  await expect.poll(() => page.url()).toContain("model.embedding_size=9");
  await tabTo(/^INPUT/);
});

for (const width of [360, 1280])
  test(`after training at ${width} px, in light and dark, nothing is hidden or cut`, async ({
    page
  }) => {
    await page.setViewportSize({width, height: 900});
    const run = await new TrainingPage(page).open(`/pretrain${tiny({steps: "12"})}&backend=wasm`);
    await run.button("Train").click();
    await run.finish();
    for (const summary of await page.locator("main details:not([open]) > summary").all())
      if (await summary.isVisible()) await summary.click();
    expect(await sidewaysScroll(page)).toBe(0);
    expect(await accessibilityFaultsInBoth(page)).toEqual([]);
  });

for (const [name, path] of [
  ["tinyshakespeare", "tinyshakespeare/input.txt"],
  ["SST-2", "SST-2/train.tsv"]
] as const)
  test(`loss falls on ${name}`, async ({page}) => {
    test.skip(!dataDir, "skipped: no ALBERT_DATA_DIR");
    test.setTimeout(300_000);
    const query = new URLSearchParams({
      steps: "150",
      "tokenizer.vocab_size": "1000",
      "capture.evaluate_every": "50",
      backend: "wasm"
    });
    const run = await new TrainingPage(page).open(`/pretrain?${query}`);
    const file = join(dataDir!, path);
    await page.locator(".obs-picker").setInputFiles(file);
    await expect(page.locator(".obs-given")).toContainText(path.split("/").at(-1)!);
    await run.button("Train").click();
    await run.finish(240_000);
    const losses = await run.column(/^Loss/, "mlm_loss");
    const right = await run.column(/^Hidden pieces/, "mlm_accuracy");
    const [first, last] = [mean(losses.slice(0, 10)), mean(losses.slice(-10))];
    const line = `${name}: masked loss ${first.toFixed(2)} → ${last.toFixed(2)} in 150 steps, held-out right ${(100 * right[0]!).toFixed(1)} → ${(100 * right.at(-1)!).toFixed(1)} %`;
    test.info().annotations.push({type: "measured", description: line});
    console.log(line);
    expect(last).toBeLessThan(first - 0.5);
  });

test("before Train the page already shows a recorded run, and says so", async ({page}) => {
  await open(page, "/pretrain");
  const figure = page.getByRole("figure", {name: /^Loss/});
  await expect(figure).toContainText("recorded run of the default recipe");
  await expect(figure.locator(".obs-baseline")).toHaveCount(1);
  await expect(figure.locator("path.obs-smooth")).toHaveCount(2);
});

test("Train pressed while a file is still being read trains on that file", async ({page}) => {
  await page.addInitScript(() => {
    const {arrayBuffer} = Blob.prototype;
    Blob.prototype.arrayBuffer = async function () {
      if (this instanceof File) await new Promise((later) => setTimeout(later, 1500));
      return arrayBuffer.call(this);
    };
  });
  const run = await new TrainingPage(page).open(`/pretrain${tiny({steps: "4"})}&backend=wasm`);
  const buffer = Buffer.from("The old farmer saw a small boat. It was red.\n".repeat(400));
  const given = {name: "boats.txt", mimeType: "text/plain", buffer};
  await page.locator(".obs-picker").setInputFiles(given);
  await run.button("Train").click();
  await run.finish(60_000);
  await expect(page.locator(".obs-run-text")).toContainText("Reads boats.txt");
});
