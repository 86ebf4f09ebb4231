import type {VocabularyResult} from "../lib/engine/tokenizerCalls.js";
import type {ResultColumn, ResultTable} from "../lib/store/duckdb/result.js";
import {element} from "./dom.js";
import type {Row} from "./downloads.js";
import {formatInteger} from "./formats.js";
import {resultsTable} from "./resultsTable.js";
import {isSpecialPiece, splitPiece} from "./text.js";

type Piece = VocabularyResult["pieces"][number];

const pageSize = 50;
/** Special pieces and the symbols that are always pieces of their own. */
const fixed = 13;

function kindOf({id, piece}: Piece): string {
  if (isSpecialPiece(piece)) return "special";
  if (id < fixed && Array.from(piece).length === 1) return "always a piece";
  return splitPiece(piece).mark ? "begins a word" : "goes on";
}

/** Whether a piece's score is a log probability; those of the fixed pieces take no part. */
export function hasScore({id}: Pick<Piece, "id">): boolean {
  return id >= fixed;
}

/** The vocabulary as rows of a file; the score of a fixed piece is null. */
export function vocabularyRows(pieces: readonly Piece[]): Row[] {
  return pieces.map((entry) => ({
    id: entry.id,
    piece: entry.piece,
    score: hasScore(entry) ? entry.score : null,
    characters: Array.from(splitPiece(entry.piece).letters).length,
    kind: kindOf(entry)
  }));
}

/** Pieces that hold the text anywhere; ▁ stands for the start of a word, and so does _. */
export function matchingPieces(pieces: readonly Piece[], filter: string): Piece[] {
  const wanted = filter.trim().toLowerCase().replaceAll("_", "\u2581");
  return wanted === ""
    ? [...pieces]
    : pieces.filter(({piece}) => piece.toLowerCase().includes(wanted));
}

function tableOf(pieces: readonly Piece[]): ResultTable {
  const rows = vocabularyRows(pieces);
  const column = (name: string, kind: ResultColumn["kind"]): ResultColumn => ({
    name,
    kind,
    type: kind,
    values: rows.map((row) => row[name] as string | number | null)
  });
  return {
    rows: rows.length,
    columns: [
      column("id", "number"),
      column("piece", "text"),
      column("score", "number"),
      column("characters", "number"),
      column("kind", "text")
    ]
  };
}

/**
 * A vocabulary as a table in pages of 50, each heading a button that sorts, with a box that keeps
 * the pieces that hold a text.
 *
 * @param pieces in order of id, which is the order of falling score after the special ones
 */
export function vocabularyTable(pieces: readonly Piece[]): HTMLElement {
  const count = element("span", {class: "obs-muted", "aria-live": "polite"});
  const place = element("div");
  const box = element("input", {
    type: "search",
    placeholder: "for example _un or ing",
    autocomplete: "off",
    spellcheck: "false",
    oninput: () => draw()
  });

  function draw(): void {
    const found = matchingPieces(pieces, box.value);
    count.textContent = `${formatInteger(found.length)} of ${formatInteger(pieces.length)} pieces`;
    place.replaceChildren(
      resultsTable(tableOf(found), {
        caption: "Vocabulary",
        pageSize,
        titles: {score: "log probability"}
      })
    );
  }

  draw();
  return element(
    "div",
    {class: "obs-view obs-vocabulary"},
    element("div", {class: "obs-filter"}, element("label", {}, "Pieces with ", box), count),
    place
  );
}
