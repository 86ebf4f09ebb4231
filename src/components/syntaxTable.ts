import type {HeadStudyResult} from "../lib/heads/study.js";
import type {SyntaxFindings} from "../lib/heads/syntaxFindings.js";
import {element} from "./dom.js";
import type {Row} from "./downloads.js";
import {formatInteger, formatPercent} from "./formats.js";
import {relationWords} from "./relationWords.js";
import {shadeColor} from "./scales.js";
import {scrolledTable} from "./scrolledTable.js";

const signed = (x: number, digits: number) => `${x < 0 ? "−" : "+"}${Math.abs(x).toFixed(digits)}`;

/** The findings by relation as rows of a file. */
export function syntaxRows({relations}: SyntaxFindings, heads: number): Row[] {
  return relations.map(
    ({relation, words, head, way, accuracy, offset, baseline, difference, p}) => ({
      relation,
      meaning: relationWords(relation),
      words,
      depth: Math.floor(head / heads) + 1,
      head: (head % heads) + 1,
      way: way === "own" ? "the word looks at its head" : "its head looks at the word",
      accuracy: accuracy.mean,
      low: accuracy.low,
      high: accuracy.high,
      distance: offset,
      baseline,
      difference: difference.mean,
      "difference low": difference.low,
      "difference high": difference.high,
      "p (Holm)": p
    })
  );
}

/** What the table says, in a sentence. */
export function syntaxSentence({relations, differences, offset, baseline}: SyntaxFindings): string {
  const better = relations.filter(({difference, p}) => difference.mean > 0 && p < 0.05);
  const names = better
    .map(({relation}) => {
      const meaning = relationWords(relation);
      return meaning ? `${relation} (${meaning})` : relation;
    })
    .join(", ");
  const overall = differences.filter(({mean, p}) => mean > 0 && p < 0.05).length;
  const rule = `always looking ${signed(offset, 0)} words away (${formatPercent(baseline)})`;
  return [
    better.length
      ? `Beyond what distance explains: ${names}.`
      : "For no relation does a head do better than a fixed distance.",
    `Over all relations, ${overall || "none"} of ${differences.length} heads, looking or looked at, ${overall === 1 ? "beats" : "beat"} ${rule}.`,
    "In grey: a difference that the choice of sentences alone explains."
  ].join(" ");
}

/**
 * For each relation the head that finds the true head of a word most often, beside the rule that
 * looks at one distance always, with the difference and its interval; grey where it is not
 * significant.
 */
export function syntaxTable({heads}: HeadStudyResult, findings: SyntaxFindings): HTMLElement {
  const share = (value: number, text: string) =>
    element("td", {style: `background: ${shadeColor(value)}`}, text);
  return scrolledTable(
    "syntactic heads found, by relation",
    ["relation", "n words", "best head", "finds", "distance", "finds", "difference [95%]"],
    findings.relations.map(
      ({relation, words, head, way, accuracy, offset, baseline, difference, p}) => {
        const isSignificant = p < 0.05;
        const text = `${signed(difference.mean, 2)} [${signed(difference.low, 2)}, ${signed(difference.high, 2)}]`;
        return element(
          "tr",
          {class: "obs-one-line"},
          element(
            "th",
            {scope: "row"},
            `${relation} `,
            element("span", {class: "obs-gloss obs-muted"}, relationWords(relation))
          ),
          element("td", {}, formatInteger(words)),
          element(
            "td",
            {title: way === "own" ? "the word looks at its head" : "its head looks at the word"},
            `${Math.floor(head / heads) + 1}.${(head % heads) + 1} ${way === "own" ? "→" : "←"}`
          ),
          share(accuracy.mean, accuracy.mean.toFixed(2)),
          element("td", {}, signed(offset, 0)),
          share(baseline, baseline.toFixed(2)),
          element(
            "td",
            {class: isSignificant ? null : "obs-muted"},
            isSignificant ? element("strong", {}, text) : text
          )
        );
      }
    )
  );
}
