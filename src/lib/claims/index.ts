/** Everything that one widely copied essay says of ALBERT, each with its verdict. */
import type {Claim, Verdict} from "./claim.js";
import {verdicts} from "./claim.js";
import {modelClaims} from "./model.js";
import {resultClaims} from "./results.js";
import {trainingClaims} from "./training.js";

export * from "./claim.js";

export const claims: readonly Claim[] = [...modelClaims, ...trainingClaims, ...resultClaims];

/** How many claims have each verdict. */
export function tally(list: readonly Claim[] = claims): {verdict: Verdict; count: number}[] {
  return verdicts.map((verdict) => ({
    verdict,
    count: list.filter((claim) => claim.verdict === verdict).length
  }));
}
