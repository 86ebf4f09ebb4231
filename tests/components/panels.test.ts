// @vitest-environment jsdom
import {beforeAll, describe, expect, test, vi} from "vitest";
import {devicePanel} from "../../src/components/devicePanel.js";
import {fileDrop} from "../../src/components/fileDrop.js";
import {predictionRows, predictionTable} from "../../src/components/predictionTable.js";
import type {BackendTrial} from "../../src/lib/engine/deviceCalls.js";
import {markup} from "./snapshot.js";

beforeAll(() => {
  // jsdom's files cannot be read but through a FileReader.
  File.prototype.arrayBuffer ??= function (this: File) {
    return new Promise((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result as ArrayBuffer);
      reader.readAsArrayBuffer(this);
    });
  };
});

const snapshot = (step: number, p: number) => ({
  step,
  predictions: [
    {
      tokens: ["[CLS]", "▁the", "[MASK]", "▁sleep", "s", "[SEP]"],
      blanks: [
        {
          position: 2,
          truth: "▁cat",
          truthProbability: p,
          top: [
            {piece: p > 0.4 ? "▁cat" : "▁of", probability: 0.5},
            {piece: "▁dog", probability: 0.2}
          ]
        }
      ]
    }
  ]
});

describe("predictionTable(history)", () => {
  test("the guess in its place, the truth, its course over training", async () => {
    const view = predictionTable([snapshot(0, 0.001), snapshot(50, 0.2), snapshot(100, 0.5)]);
    expect(view.querySelector(".obs-words")!.textContent).toBe(" the cat ✓ sleeps");
    expect(view.textContent).toContain("after step 100 · 1 of 1 blanks right");
    expect(view.querySelector("svg")!.getAttribute("aria-label")).toContain("to 0.50 at step 100");
    await expect(markup(view)).toMatchFileSnapshot("./output/predictionTable.html");
  });

  test("append adds a step, and a resumed run replaces what came after", () => {
    const view = predictionTable([]);
    expect(view.textContent).toContain("first evaluation");
    view.append(snapshot(0, 0.1));
    expect(view.querySelector(".obs-guess")!.textContent).toBe("of ✗");
    view.append(snapshot(50, 0.5));
    view.append(snapshot(25, 0.2));
    expect(view.textContent).toContain("after step 25");
    expect(view.querySelector("svg")!.getAttribute("aria-label")).toContain("at step 25");
  });

  test("a model that diverged has no place on the line", () => {
    const view = predictionTable([snapshot(0, 0.1), snapshot(50, 0.5), snapshot(60, NaN)]);
    expect(view.querySelector("svg")!.getAttribute("aria-label")).toContain("at step 50");
    expect(view.innerHTML).not.toContain("NaN");
  });

  test("predictionRows has a row for each guess", () => {
    expect(predictionRows(snapshot(7, 0.5))[1]).toEqual({
      step: 7,
      sentence: 0,
      text: "the [MASK] sleeps",
      position: 2,
      truth: "▁cat",
      truth_probability: 0.5,
      rank: 2,
      piece: "▁dog",
      probability: 0.2
    });
  });
});

describe("devicePanel(report)", () => {
  const trials: BackendTrial[] = [
    {
      name: "webgpu",
      outcome: "refused",
      reason: "gradients are zero",
      elapsedMs: 812,
      compileMs: null,
      gradientError: 1
    },
    {
      name: "webgl",
      outcome: "absent",
      reason: "no WebGL 2",
      elapsedMs: null,
      compileMs: null,
      gradientError: null
    },
    {
      name: "wasm",
      outcome: "chosen",
      reason: "passed",
      elapsedMs: 41.6,
      compileMs: 12.4,
      gradientError: 2.4e-6
    },
    {
      name: "cpu",
      outcome: "skipped",
      reason: "wasm was chosen",
      elapsedMs: null,
      compileMs: null,
      gradientError: null
    }
  ];

  test("says which backend runs, why, and what each rung showed", async () => {
    const panel = devicePanel({backend: "wasm", forced: null, adapter: null, trials});
    expect(panel.textContent).toContain(
      "It is the first rung that passed: webgpu was refused, webgl was not here."
    );
    expect([...panel.querySelectorAll(".obs-outcome")].map((c) => c.textContent)).toEqual([
      "✗ refused",
      "– not here",
      "✓ in use",
      "· not tried"
    ]);
    expect(panel.textContent).toContain("42\u00a0ms");
    await expect(markup(panel)).toMatchFileSnapshot("./output/devicePanel.html");
  });

  test("tells what the browser offers and what follows", () => {
    const features = [
      {name: "threads", isHere: false, effect: "one thread"},
      {name: "files that last", isHere: true, effect: "runs are kept"}
    ];
    const rows = devicePanel(undefined, {features}).querySelectorAll(".obs-features tbody tr");
    expect([...rows].map((row) => [...row.children].map((cell) => cell.textContent))).toEqual([
      ["threads", "– not here", "one thread"],
      ["files that last", "✓ here", "runs are kept"]
    ]);
  });

  test("before the test has ended it claims nothing", () => {
    const panel = devicePanel();
    expect(panel.textContent).toContain("Nothing is tested yet");
    expect(panel.querySelectorAll('[data-outcome="waiting"]')).toHaveLength(4);
    panel.update({backend: "cpu", forced: "cpu", trials: [], executor: "plain operations"});
    expect(panel.textContent).toContain("asked for by the address");
    expect(panel.textContent).toContain("computed by: plain operations");
  });
});

describe("fileDrop(options)", () => {
  const choose = (drop: Element, ...files: File[]) => {
    const picker = drop.querySelector<HTMLInputElement>("input[type=file]")!;
    Object.defineProperty(picker, "files", {value: files, configurable: true});
    picker.dispatchEvent(new Event("change", {bubbles: true}));
  };
  const problem = (drop: Element) => drop.querySelector("[role=alert]")!.textContent;

  test("of two files in quick succession the later counts, however long the first is read", async () => {
    const drop = fileDrop();
    const told = vi.fn();
    drop.addEventListener("input", () => told((drop.value as {name: string} | null)?.name));
    let read: (bytes: ArrayBuffer) => void = () => undefined;
    const slow = new File(["long"], "first.txt");
    slow.arrayBuffer = () => new Promise((done) => (read = done));
    choose(drop, slow);
    const zone = drop.querySelector(".obs-zone")!;
    expect(zone.getAttribute("aria-busy")).toBe("true");
    choose(drop, new File(["short"], "second.txt"));
    await vi.waitFor(() => expect(told).toHaveBeenCalledTimes(1));
    expect(zone.getAttribute("aria-busy")).toBe("true");
    read(new ArrayBuffer(4));
    await new Promise((later) => setTimeout(later));
    await vi.waitFor(() => expect(zone.hasAttribute("aria-busy")).toBe(false));
    expect(told.mock.calls).toEqual([["second.txt"]]);
  });

  test("of a folder of thousands some files are read at a time, and all are there", async () => {
    const drop = fileDrop({multiple: true});
    let [now, most] = [0, 0];
    const files = Array.from({length: 2000}, (_, i) => {
      const file = new File(["x"], `f${i}.txt`);
      file.arrayBuffer = async () => {
        most = Math.max(most, ++now);
        await Promise.resolve();
        --now;
        return Uint8Array.of(i % 256).buffer;
      };
      return file;
    });
    choose(drop, ...files);
    await vi.waitFor(() => expect(drop.value).not.toBeNull());
    expect(most).toBe(32);
    const value = drop.value as {files: Map<string, Uint8Array>};
    expect([value.files.size, value.files.get("f1999.txt")![0]]).toEqual([2000, 1999 % 256]);
  });

  test("a chosen file is the value, with name and size shown", async () => {
    const drop = fileDrop();
    let events = 0;
    drop.addEventListener("input", () => ++events);
    choose(drop, new File(["one\ntwo\n"], "text.txt"));
    await vi.waitFor(() => expect(drop.value).not.toBeNull());
    const value = drop.value as {name: string; bytes: Uint8Array};
    expect(value.name).toBe("text.txt");
    expect(String.fromCharCode(...value.bytes)).toBe("one\ntwo\n");
    expect(drop.textContent).toContain("text.txt · 8\u00a0B");
    expect(events).toBe(1);
    await expect(markup(drop)).toMatchFileSnapshot("./output/fileDrop.html");
  });

  test("empty, too large, too many: one sentence each, and the last good file stays", async () => {
    const drop = fileDrop({
      maxBytes: 10,
      validate: (v) => (v.name === "no.txt" ? "no.txt: no" : null)
    });
    choose(drop, new File(["good"], "good.txt"));
    await vi.waitFor(() => expect(drop.value).not.toBeNull());
    choose(drop, new File(["01234567890"], "big.txt"));
    expect(problem(drop)).toBe("big.txt: 11\u00a0B (expected at most 10\u00a0B)");
    choose(drop, new File([""], "empty.txt"));
    await vi.waitFor(() => expect(problem(drop)).toBe("empty.txt: empty (expected some text)"));
    choose(drop, new File(["x"], "no.txt"));
    await vi.waitFor(() => expect(problem(drop)).toBe("no.txt: no"));
    choose(drop, new File(["a"], "a"), new File(["b"], "b"));
    expect(problem(drop)).toBe("2 files: a, b (expected one)");
    expect(drop.value!.name).toBe("good.txt");
    drop.querySelector<HTMLButtonElement>(".obs-given button")!.click();
    expect(drop.value).toBeNull();
    expect(problem(drop)).toBe("");
  });

  test("typing is silent; the button gives the text", () => {
    const drop = fileDrop();
    let events = 0;
    drop.addEventListener("input", () => ++events);
    const box = drop.querySelector("textarea")!;
    box.value = "a text";
    box.dispatchEvent(new Event("input", {bubbles: true}));
    expect(events).toBe(0);
    drop.querySelector<HTMLButtonElement>(".obs-paste button")!.click();
    expect(drop.value).toEqual({name: "pasted text", text: "a text"});
    expect(events).toBe(1);
  });

  test("several files make one model", async () => {
    const drop = fileDrop({multiple: true, paste: false, label: "a model folder"});
    choose(drop, new File(["{}"], "config.json"), new File(["x"], "spiece.model"));
    await vi.waitFor(() => expect(drop.value).not.toBeNull());
    const value = drop.value as {name: string; files: Map<string, Uint8Array>};
    expect([...value.files.keys()]).toEqual(["config.json", "spiece.model"]);
    expect(value.name).toBe("2 files");
  });
});
