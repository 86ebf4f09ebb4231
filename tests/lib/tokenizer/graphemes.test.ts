import {expect, test} from "vitest";
import {Random} from "../../../src/lib/random.js";
import {graphemesOf} from "../../../src/lib/tokenizer/json/graphemes.js";

const segmenter = new Intl.Segmenter("en", {granularity: "grapheme"});
const characters =
  "a B \r \n \r\n é e\u0301 河 한 ᄀ ᅡ 👩‍👩‍👧 🇩 🇪 \u200d क \u094d ष ำ ก я ё ß ﬁ 1️⃣ # © \u0300 ー の か\u3099";
const pool = [" ", ...characters.split(" ")];

test("a text cut into stretches has the graphemes of the whole text", () => {
  const random = new Random(1, "corpus");
  for (let n = 0; n < 20; ++n) {
    const text = Array.from({length: 4000}, () => pool[random.int(pool.length)]!).join("");
    const whole = Array.from(segmenter.segment(text), ({segment}) => segment);
    expect([...graphemesOf(text, segmenter)]).toEqual(whole);
  }
  expect([...graphemesOf("", segmenter)]).toEqual([]);
});
