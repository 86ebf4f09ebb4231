// @vitest-environment jsdom
import {describe, expect, test} from "vitest";
import {element} from "../../src/components/dom.js";
import {graphemes, clip, spread, textWidth} from "../../src/components/text.js";
import {tokenStrip} from "../../src/components/tokenStrip.js";
import {markup} from "./snapshot.js";

const tokens = ["[CLS]", "▁the", "▁cat", "s", "▁", "sat", "[SEP]"];

describe("text", () => {
  test("wide characters count as two, accents as none", () => {
    expect(textWidth("日本")).toBe(2);
    expect(textWidth("e\u0301")).toBe(textWidth("e"));
  });

  test("clip never splits what a reader sees as one character", () => {
    expect(clip("cat", 5)).toBe("cat");
    const cut = clip("👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧", 5);
    expect(graphemes(cut).every((g) => g === "👩‍👩‍👧" || g === "…")).toBe(true);
  });

  test("spread keeps order and distance inside the room", () => {
    expect(spread([10, 10, 11], 5, 0, 100)).toEqual([10, 15, 20]);
    expect(spread([99, 98], 5, 0, 100)).toEqual([100, 95]);
  });
});

describe("tokenStrip(tokens, options)", () => {
  const boxes = (strip: Element) => [...strip.querySelectorAll<HTMLElement>(".obs-token")];

  test("boxes with values; ▁ is a mark and not a letter", async () => {
    const strip = tokenStrip(tokens, {
      values: [NaN, 0.1, 0.9, 0.5, 0, 1, NaN],
      color: "probability"
    });
    expect(boxes(strip)).toHaveLength(tokens.length);
    expect(boxes(strip)[2]!.querySelector("bdi")!.textContent).toBe("cat");
    expect(boxes(strip)[2]!.getAttribute("aria-label")).toBe("cat, 0.90");
    expect(strip.querySelectorAll("[tabindex='0']")).toHaveLength(1);
    await expect(markup(strip)).toMatchFileSnapshot("./output/tokenStrip.html");
  });

  test("hover previews and reverts, click locks, Escape clears", () => {
    const strip = tokenStrip(tokens);
    const events: unknown[] = [];
    strip.addEventListener("input", () => events.push({...strip.value}));
    boxes(strip)[1]!.dispatchEvent(new Event("pointerenter"));
    boxes(strip)[1]!.click();
    boxes(strip)[1]!.dispatchEvent(new Event("pointerleave"));
    expect(strip.value).toEqual({index: 1, locked: true, masked: []});
    boxes(strip)[1]!.dispatchEvent(new KeyboardEvent("keydown", {key: "Escape", bubbles: true}));
    expect(strip.value).toEqual({index: null, locked: false, masked: []});
    expect(events).toHaveLength(3);
  });

  test("a double-click masks and unmasks; update forgets masks of other tokens", () => {
    const strip = tokenStrip(tokens, {maskable: true});
    boxes(strip)[2]!.dispatchEvent(new Event("dblclick"));
    expect(strip.value.masked).toEqual([2]);
    expect(boxes(strip)[2]!.textContent).toContain("[MASK]");
    boxes(strip)[2]!.dispatchEvent(new Event("dblclick"));
    expect(strip.value.masked).toEqual([]);
    boxes(strip)[3]!.dispatchEvent(new Event("dblclick"));
    strip.update({tokens: ["▁a", "▁dog"]});
    expect(strip.value.masked).toEqual([]);
    expect(boxes(strip)).toHaveLength(2);
  });

  test("other tokens leave the focus with the same piece, else in the same place, without a word", () => {
    const strip = tokenStrip(tokens);
    const after = element("button", {}, "after");
    document.body.replaceChildren(strip, after);
    const at = () => boxes(strip).indexOf(document.activeElement as HTMLElement);
    boxes(strip)[2]!.focus();
    const events: unknown[] = [];
    strip.addEventListener("input", () => events.push(strip.value.index));
    strip.update({tokens});
    expect(at()).toBe(2);
    strip.update({tokens: ["[CLS]", "▁the", "▁tired", "▁cat", "[SEP]"]});
    expect(at()).toBe(3);
    expect(strip.value.index).toBe(3);
    expect(strip.querySelectorAll("[tabindex='0']")).toHaveLength(1);
    expect(boxes(strip)[3]!.tabIndex).toBe(0);
    strip.update({tokens: ["[CLS]", "▁a", "▁dog", "[SEP]"]});
    expect(at()).toBe(3);
    strip.update({tokens: ["▁a", "▁dog"]});
    expect(at()).toBe(1);
    expect(events).toEqual([]);
    strip.update({tokens: []});
    expect(document.activeElement).toBe(after);
    document.body.replaceChildren();
  });

  test("without maskable a double-click does nothing", () => {
    const strip = tokenStrip(tokens);
    boxes(strip)[2]!.dispatchEvent(new Event("dblclick"));
    expect(strip.value.masked).toEqual([]);
  });

  test("arrow keys follow the reading direction", () => {
    for (const [list, key] of [
      [["▁a", "▁b"], "ArrowRight"],
      [["▁שלום", "▁עולם"], "ArrowLeft"]
    ] as const) {
      const strip = tokenStrip(list);
      document.body.append(strip);
      boxes(strip)[0]!.focus();
      boxes(strip)[0]!.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
      expect(strip.value.index).toBe(1);
      strip.remove();
    }
  });
});
