/** What the recorded sweeps of this site say of the claims, as sentences with their numbers. */
import {pairedDifferences} from "../experiments/compare.js";
import {finalOf, type RunRecord} from "../experiments/record.js";
import {intervalWords, pairedP} from "../experiments/statistics.js";
import {stepTimeRatios, type RecordedStepTimes} from "../experiments/stepTimes.js";
import {groupBy} from "../experiments/summaries.js";

/** The recorded runs that findings rest on. */
export interface OwnRuns {
  sharing: readonly RunRecord[];
  embedding: readonly RunRecord[];
  objectives: readonly RunRecord[];
  families: readonly RunRecord[];
  stepTimes: RecordedStepTimes;
}

/** What our small models say of a claim. */
export interface OwnFinding {
  claim: number;
  finding: string;
  /** The page that shows it. */
  path: string;
}

type Values = (record: RunRecord) => number | null | undefined;

const masked: Values = (record) => finalOf(record)?.mlm_loss;
const maskedOnSameRows: Values = ({measures}) => measures.tasks?.mlm.loss;
const right =
  (task: "mlm" | "nsp" | "sop"): Values =>
  ({measures}) =>
    measures.tasks?.[task] && 100 * measures.tasks[task].accuracy;

/** Findings in the order of the claims. */
export function ownFindings(runs: OwnRuns): OwnFinding[] {
  const sharing = groupBy(runs.sharing, "case");
  const embedding = groupBy(runs.embedding, "embedding_size");
  const objectives = groupBy(runs.objectives, "case");
  const families = groupBy(runs.families, "case");
  const [all, none] = [sharing.get("all")!, sharing.get("none")!];
  const stored = (all[0]!.parameters / none[0]!.parameters).toFixed(2);
  const times = stepTimeRatios(runs.stepTimes).find(({cell}) => cell.case === "all")!;
  const timeWords = `${times.mean.toFixed(2)} [${times.low.toFixed(2)}, ${times.high.toFixed(2)}]`;
  const costOfSharing = `Four layers, 64 wide: sharing everything changes the masked loss by ${difference(all, none, masked)}.`;
  const order = `On the order of sentences the model trained on it is right in ${values(objectives.get("sop")!, right("sop"))}%, that of next sentences in ${values(objectives.get("nsp")!, right("sop"))}%; on next sentences ${values(objectives.get("sop")!, right("nsp"))} and ${values(objectives.get("nsp")!, right("nsp"))}%.`;
  const ofBert = (name: string) => {
    const [one] = families.get(name)!;
    const [bert] = families.get("BERT")!;
    return `${(one!.parameters / bert!.parameters).toFixed(2)} times BERT's parameters and ${(one!.flops_per_token / bert!.flops_per_token).toFixed(2)} times its work`;
  };
  const step = (group: readonly RunRecord[], at: number): string =>
    values(group, ({measures}) => measures.depths?.stepNorm.at(at), 1);
  const finding = (claim: number, path: string, words: string): OwnFinding => ({
    claim,
    path,
    finding: words
  });
  return [
    finding(
      2,
      "/sharing",
      `A training step of a model that shares everything takes ${timeWords} of the time of one that shares nothing (${times.n} rounds), and stores ${stored} times as much: the update is smaller, the layers are all computed.`
    ),
    finding(6, "/sharing", costOfSharing),
    finding(
      7,
      "/embedding",
      `At H = 64, a table of E = 32 in place of 64 changes the masked loss by ${difference(embedding.get(32)!, embedding.get(64)!, masked)}, one of E = 4 by ${difference(embedding.get(4)!, embedding.get(64)!, masked)}.`
    ),
    finding(
      10,
      "/sharing",
      `On one processor a step takes ${timeWords} of the time (${times.n} rounds), and after as many steps the masked loss differs by ${difference(all, none, masked)}.`
    ),
    finding(
      11,
      "/sharing",
      `From the first depth to the last, a shared layer's steps go from ${step(all, 0)} to ${step(all, -1)} in length, those of separate layers from ${step(none, 0)} to ${step(none, -1)}: shorter, and not nought.`
    ),
    finding(15, "/objectives", order),
    finding(
      16,
      "/objectives",
      `Runs of masks in place of single ones change the loss on single masks by ${difference(objectives.get("sop, n-grams")!, objectives.get("sop")!, maskedOnSameRows)} after as many steps.`
    ),
    finding(17, "/objectives", order),
    finding(
      18,
      "/objectives",
      `After as many steps, masks alone guess ${values(objectives.get("none")!, right("mlm"))}% of the same hidden words, with SOP ${values(objectives.get("sop")!, right("mlm"))}%; only the former were trained on rows of one segment, such as these.`
    ),
    finding(
      29,
      "/compare",
      `Of equal shape, our ALBERT has ${ofBert("ALBERT")}, RoBERTa ${ofBert("RoBERTa")}, DistilBERT ${ofBert("DistilBERT")}. ALBERT's masked loss differs from RoBERTa's by ${difference(families.get("ALBERT")!, families.get("RoBERTa")!, maskedOnSameRows)}, from DistilBERT's by ${difference(families.get("ALBERT")!, families.get("DistilBERT")!, maskedOnSameRows)}.`
    ),
    finding(32, "/sharing", costOfSharing)
  ];
}

function values(group: readonly RunRecord[], valueOf: Values, digits = 1): string {
  return intervalWords(
    group.flatMap((record) => valueOf(record) ?? []),
    digits
  );
}

/** A paired difference of losses with its interval, and whether seeds alone explain it. */
function difference(
  group: readonly RunRecord[],
  other: readonly RunRecord[],
  valueOf: Values
): string {
  const paired = pairedDifferences(group, other, valueOf);
  return `${intervalWords(paired)} nats (${paired.length} seeds${pairedP(paired) < 0.05 ? "" : ", not significant"})`;
}
