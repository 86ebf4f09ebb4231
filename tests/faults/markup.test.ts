// @vitest-environment jsdom
/** R27: whatever a name, a label, a text or a value holds, a view shows it as text. */
import {beforeAll, describe, expect, test, vi} from "vitest";
import {attacks} from "../components/attacks.js";
import {checkInert, madeOf} from "../components/inert.js";
import {readsMarkdown, textSinks} from "../components/textSinks.js";
import {hostileTexts} from "./hostileTexts.js";
import {Tally} from "./tally.js";

beforeAll(() => {
  window.ran = 0;
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);
  // jsdom lays nothing out
  Range.prototype.getClientRects = () => [] as unknown as DOMRectList;
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe() {}
    }
  );
});

describe("hostile texts", () => {
  const texts = [...new Set([...hostileTexts, ...attacks])];

  test("there are at least two hundred different ones", () => {
    expect(texts.length).toBeGreaterThanOrEqual(200);
  });

  test("stay text in every view", {timeout: 1_800_000}, async () => {
    const tally = new Tally(
      "R27",
      `${texts.length} hostile texts in each of ${Object.keys(textSinks).length} views`
    );
    for (const [name, show] of Object.entries(textSinks)) {
      const own = madeOf(show("plain"), readsMarkdown.has(name));
      for (const text of texts)
        await tally.attempt(`${name}: ${text.slice(0, 60)}`, () =>
          checkInert(show(text), text, own)
        );
    }
    await tally.attempt("nothing has run", () => expect(window.ran).toBe(0));
    tally.finish("nothing: shown as text");
  });
});
