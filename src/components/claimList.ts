import type {Claim, Verdict} from "../lib/claims/claim.js";
import type {ResultTable} from "../lib/store/duckdb/result.js";
import type {DownloadProgress} from "../lib/store/duckdb/boot.js";
import {errorMessage} from "../lib/errors.js";
import {element} from "./dom.js";
import {formatDownload} from "./formats.js";
import {offer} from "./offer.js";
import {resultsTable} from "./resultsTable.js";
import {workLine} from "./workLine.js";

/** Options of {@link claimList}. */
export interface ClaimListOptions {
  /** Runs a query, telling how far the database is while it is loaded; rejects with a sentence where it cannot. */
  ask: (
    sql: string,
    asked: {signal: AbortSignal; onProgress: (progress: DownloadProgress) => void}
  ) => Promise<ResultTable>;
  /** Only claims of this verdict; default all. */
  verdict?: Verdict | null;
  /** What the site's own recorded models say, by claim. */
  own?: readonly {claim: number; finding: string; path: string}[];
  /** The path of a page as a link of this site, or null where it has no such page. */
  linkTo?: (path: string) => string | null;
}

/** Claims below each other: what is said, the verdict, what the sources say, and a check to run. */
export function claimList(
  claims: readonly Claim[],
  {ask, verdict = null, own = [], linkTo = (path) => `.${path}`}: ClaimListOptions
): HTMLElement {
  const shown = claims.filter((claim) => verdict === null || claim.verdict === verdict);
  return element(
    "ol",
    {class: "claims"},
    shown.map((claim) => {
      const href = claim.page && linkTo(claim.page.path);
      return element(
        "li",
        {class: "claim", id: `claim-${claim.number}`, value: claim.number},
        element(
          "p",
          {class: "claim-said"},
          element("span", {class: "claim-number"}, `${claim.number}`),
          ` ${claim.claim}`
        ),
        element(
          "p",
          {class: "claim-found"},
          element("strong", {class: "claim-verdict", "data-verdict": claim.verdict}, claim.verdict),
          ` ${claim.finding}`
        ),
        element(
          "p",
          {class: "claim-source"},
          `Source: ${claim.source}.`,
          href && [" Try it: ", element("a", {href}, claim.page!.label), "."]
        ),
        own
          .filter((one) => one.claim === claim.number)
          .map(({finding, path}) => {
            const link = linkTo(path);
            return element(
              "p",
              {class: "claim-own"},
              `Our small models: ${finding}`,
              link && [" ", element("a", {href: link}, "The figure"), "."]
            );
          }),
        claim.check && checkButton(claim, ask)
      );
    })
  );
}

function checkButton(claim: Claim, ask: ClaimListOptions["ask"]): HTMLElement {
  const {sql, reads} = claim.check!;
  const name = `claim ${claim.number} against the published numbers`;
  const answer = element("div", {class: "claim-answer", "aria-live": "polite"});
  const line = workLine(`Checking ${name}`);
  let going: AbortController | null = null;
  const check = element(
    "button",
    {type: "button", "aria-label": `Check ${name}`, onclick: () => void begin()},
    "Check it against the published numbers"
  );
  const stop = element(
    "button",
    {
      type: "button",
      hidden: true,
      "aria-label": `Stop the check of claim ${claim.number}`,
      onclick: () => going?.abort()
    },
    "Stop"
  );

  async function begin(): Promise<void> {
    const {signal} = (going = new AbortController());
    offer(check, false);
    stop.hidden = false;
    answer.replaceChildren();
    line.show("asking");
    try {
      const onProgress = (at: DownloadProgress) =>
        line.show(`loading DuckDB, ${formatDownload(at)}`, at.total && at.loaded / at.total);
      const result = await ask(sql, {signal, onProgress});
      answer.replaceChildren(
        element("p", {class: "claim-reads"}, reads),
        resultsTable(result, {caption: `Check of claim ${claim.number}`}),
        element("details", {}, element("summary", {}, "The query"), element("pre", {}, sql))
      );
      line.end();
    } catch (error) {
      if (signal.aborted) line.end("stopped");
      else line.end(errorMessage(error), "error");
    }
    going = null;
    offer(check, true);
    if (document.activeElement === stop) check.focus({preventScroll: true});
    stop.hidden = true;
  }

  return element("div", {}, element("p", {class: "obs-buttons"}, check, stop), line, answer);
}
