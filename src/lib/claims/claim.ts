/** How a claim stands once its sources have been read. */
export const verdicts = [
  "correct",
  "oversimplified",
  "wrong",
  "unsupported",
  "not checkable"
] as const;
export type Verdict = (typeof verdicts)[number];

/** What each verdict means. */
export const verdictMeaning: Readonly<Record<Verdict, string>> = {
  correct: "the sources say so, perhaps with a qualifier",
  oversimplified: "something of it is true, and something that matters is left out",
  wrong: "the sources say otherwise",
  unsupported: "no source says so, it is out of date, or it is a matter of opinion",
  "not checkable": "a prediction"
};

/** A question put to the published tables. */
export interface ClaimCheck {
  sql: string;
  /** How to read the answer. */
  reads: string;
}

/** One thing said of ALBERT, in our words, with what the sources say. */
export interface Claim {
  number: number;
  claim: string;
  verdict: Verdict;
  /** What is known, in a few sentences. */
  finding: string;
  /** Where it stands: paper and table, repository, thread. */
  source: string;
  check?: ClaimCheck;
  /** A page of this site where the claim can be tried, with a word for the link. */
  page?: {path: string; label: string};
}
