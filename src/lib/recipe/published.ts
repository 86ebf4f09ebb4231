import {makeConfig} from "../albert/config.js";
import {countParameters, type ParameterCounts} from "../albert/specs.js";

/**
 * BERT-base turned into ALBERT-base one idea at a time, as exact counts of the encoder (no heads for
 * the objectives), with one vocabulary of 30,000 pieces.
 *
 * @see paper Table 1; ALBERT-base has 11,683,584 parameters
 */
export function publishedShapes(): {label: string; counts: ParameterCounts}[] {
  const base = {architecture: "AlbertModel"} as const;
  const wide = {...base, embeddingSize: 768, factorisation: false};
  return [
    {label: "BERT-base", counts: countParameters(makeConfig({...wide, sharing: "none"}))},
    {
      label: "factorised embedding",
      counts: countParameters(makeConfig({...base, sharing: "none"}))
    },
    {label: "ALBERT-base: shared layer too", counts: countParameters(makeConfig(base))}
  ];
}
