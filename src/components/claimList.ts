import type {Claim, Verdict} from "../lib/claims/claim.js";
import type {ResultTable} from "../lib/store/duckdb/result.js";
import {element} from "./dom.js";
import {offer} from "./offer.js";
import {resultsTable} from "./resultsTable.js";

/** Options of {@link claimList}. */
export interface ClaimListOptions {
  /** Runs a query; rejects with a sentence where it cannot. */
  ask: (sql: string, onWait: (message: string) => void) => Promise<ResultTable>;
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
  const answer = element("div", {class: "claim-answer", "aria-live": "polite"});
  const button = element(
    "button",
    {
      type: "button",
      onclick: async () => {
        offer(button, false);
        answer.replaceChildren(element("p", {class: "status"}, "asking …"));
        try {
          const result = await ask(sql, (message) =>
            answer.replaceChildren(element("p", {class: "status"}, message))
          );
          answer.replaceChildren(
            element("p", {class: "claim-reads"}, reads),
            resultsTable(result, {caption: `Check of claim ${claim.number}`}),
            element("details", {}, element("summary", {}, "The query"), element("pre", {}, sql))
          );
        } catch (error) {
          answer.replaceChildren(
            element("p", {class: "status", "data-state": "error"}, (error as Error).message)
          );
        } finally {
          offer(button, true);
        }
      }
    },
    "Check it against the published numbers"
  );
  button.setAttribute("aria-label", `Check claim ${claim.number} against the published numbers`);
  return element("div", {}, button, answer);
}
