/** Metrics against scikit-learn, scipy, SQuAD's script and seqeval: the files of ALBERT_PARITY_DIR. */
import {readFileSync} from "node:fs";
import {join} from "node:path";
import {describe, expect, test} from "vitest";
import {
  binaryF1,
  classificationReport,
  kendallTau,
  meanSquaredError,
  pearson,
  spearman,
  taskScores
} from "../../../src/lib/glue/metrics.js";
import {bestSpans, nullScore} from "../../../src/lib/glue/qaSpans.js";
import {entityReport, readEntities} from "../../../src/lib/glue/seqeval.js";
import {evaluateSquad, normalizeAnswer, scoreAnswer} from "../../../src/lib/glue/squad.js";

const folder = process.env.ALBERT_PARITY_DIR;

/** A value of the files: "NaN" and "Infinity" are written as strings. */
const number = (value: number | string) => Number(value);

function near(actual: number, expected: number | string, what: string): void {
  const wanted = number(expected);
  if (Number.isNaN(wanted)) expect(actual, what).toBeNaN();
  else expect(Math.abs(actual - wanted), what).toBeLessThanOrEqual(1e-9);
}

interface ClassificationCase {
  name: string;
  y_true: number[];
  y_pred: number[];
  accuracy: number | string;
  mcc: number | string;
  labels?: number[];
  confusion?: number[][];
  f1_binary_pos1?: number;
  precision?: number;
  recall?: number;
  f1_macro?: number;
  f1_micro?: number;
  f1_weighted?: number;
}
interface CorrelationCase {
  name: string;
  x: number[];
  y: number[];
  pearson: number | string;
  spearman: number | string;
  kendall_tau_b: number | string;
  mse: number | string;
}
type Report = Record<string, number>;
interface EntityCase {
  y_true: string[][];
  y_pred: string[][];
  default: Record<"precision" | "recall" | "f1" | "token_accuracy", number> & {
    macro_f1: number | string;
    per_type: Record<string, Report>;
    entities_true: [string, number, number][];
    entities_pred: [string, number, number][];
  };
  strict_IOB2: Report;
}

describe.skipIf(!folder)(`numerics of ${folder ?? "(skipped: no ALBERT_PARITY_DIR)"}`, () => {
  const read = <T>(name: string): T =>
    JSON.parse(readFileSync(join(folder!, "numerics", `${name}.json`), "utf8")) as T;

  test("classification metrics equal scikit-learn's", () => {
    const {classification} = read<{classification: ClassificationCase[]}>("metrics");
    expect(classification.length).toBeGreaterThan(0);
    for (const c of classification) {
      const report = classificationReport(c.y_true, c.y_pred);
      near(report.accuracy, c.accuracy, `${c.name}: accuracy`);
      near(report.mcc, c.mcc, `${c.name}: mcc`);
      if (c.labels) expect(report.labels).toEqual(c.labels);
      if (c.confusion) expect(report.confusion).toEqual(c.confusion);
      if (c.f1_macro !== undefined) near(report.macroF1, c.f1_macro, `${c.name}: macro`);
      if (c.f1_micro !== undefined) near(report.microF1, c.f1_micro, `${c.name}: micro`);
      if (c.f1_weighted !== undefined)
        near(report.weightedF1, c.f1_weighted, `${c.name}: weighted`);
      if (c.f1_binary_pos1 === undefined) continue;
      near(binaryF1(c.y_true, c.y_pred), c.f1_binary_pos1, `${c.name}: F1`);
      const positive = report.classes.find(({label}) => label === 1);
      near(positive?.precision ?? 0, c.precision!, `${c.name}: precision`);
      near(positive?.recall ?? 0, c.recall!, `${c.name}: recall`);
    }
  });

  test("correlations equal scipy's", () => {
    const {correlation} = read<{correlation: CorrelationCase[]}>("metrics");
    expect(correlation.length).toBeGreaterThan(0);
    for (const {name, x, y, ...expected} of correlation) {
      near(pearson(x, y), expected.pearson, `${name}: pearson`);
      near(spearman(x, y), expected.spearman, `${name}: spearman`);
      near(kendallTau(x, y), expected.kendall_tau_b, `${name}: kendall`);
      const mse = number(expected.mse);
      if (Number.isNaN(mse)) expect(meanSquaredError(x, y)).toBeNaN();
      else expect(Math.abs(meanSquaredError(x, y) / mse - 1)).toBeLessThan(1e-9);
    }
  });

  test("GLUE's scores equal the reference", () => {
    interface Case {
      task: string;
      y_true: number[];
      y_pred: number[];
      metrics: Record<string, number>;
      combined_score: number;
    }
    const {cases} = read<{cases: Case[]}>("glue");
    expect(cases.length).toBeGreaterThan(0);
    for (const {task, y_true, y_pred, metrics, combined_score} of cases) {
      const scores = taskScores(task, y_true, y_pred);
      expect(Object.keys(scores.metrics).sort()).toEqual(Object.keys(metrics).sort());
      for (const [key, value] of Object.entries(metrics)) near(scores.metrics[key]!, value, task);
      near(scores.combined, combined_score, task);
    }
  });

  test("SQuAD's normalisation and scores equal the official ones", () => {
    interface Squad {
      normalisation: {text: string; normalised: string}[];
      answers: {gold: string[]; prediction: string; exact: number; f1: number; v1_1_f1: number}[];
      v2_set: {
        qas: {id: string; gold: string[]; prediction: string; no_answer_prob: number}[];
      } & Record<string, Record<string, number>>;
    }
    const {normalisation, answers, v2_set} = read<Squad>("squad");
    for (const {text, normalised} of normalisation) expect(normalizeAnswer(text)).toBe(normalised);
    for (const {gold, prediction, exact, f1, v1_1_f1} of answers) {
      const score = scoreAnswer(prediction, gold);
      expect(score.exact).toBe(exact);
      near(score.f1, f1, prediction);
      near(scoreAnswer(prediction, gold, "1.1").f1, v1_1_f1, prediction);
    }
    let runs = 0;
    for (const [key, expected] of Object.entries(v2_set)) {
      const threshold = /^evaluate.*?([\d.]+)\)?$/.exec(key)?.[1];
      if (threshold === undefined) continue;
      ++runs;
      // Without a threshold the reference was given no probabilities either.
      const hasProbabilities = !key.includes("no_threshold");
      const items = v2_set.qas.map(({gold, prediction, no_answer_prob}) => ({
        gold,
        prediction,
        ...(hasProbabilities ? {noAnswer: no_answer_prob} : {})
      }));
      const report = evaluateSquad(items, Number(threshold));
      const flat: Record<string, number> = {
        exact: report.exact,
        f1: report.f1,
        total: report.total,
        HasAns_exact: report.hasAnswer!.exact,
        HasAns_f1: report.hasAnswer!.f1,
        HasAns_total: report.hasAnswer!.total,
        NoAns_exact: report.noAnswer!.exact,
        NoAns_f1: report.noAnswer!.f1,
        NoAns_total: report.noAnswer!.total,
        best_exact: report.bestExact,
        best_exact_thresh: report.bestExactThreshold,
        best_f1: report.bestF1,
        best_f1_thresh: report.bestF1Threshold
      };
      expect(Object.keys(flat).sort()).toEqual(Object.keys(expected).sort());
      for (const [name, value] of Object.entries(expected)) near(flat[name]!, value, name);
    }
    expect(runs).toBeGreaterThan(0);
  });

  test("question answering spans equal brute force", () => {
    interface Case {
      start_logits: number[];
      end_logits: number[];
      context_from: number;
      context_to_exclusive: number;
      max_answer_tokens: number;
      best: [number, number];
      best_score: number;
      null_score_cls: number;
    }
    const {cases} = read<{cases: Case[]}>("qa_span");
    expect(cases.length).toBeGreaterThan(0);
    for (const c of cases) {
      const options = {
        from: c.context_from,
        to: c.context_to_exclusive,
        maxAnswerTokens: c.max_answer_tokens
      };
      const [best] = bestSpans(c.start_logits, c.end_logits, options);
      expect([best!.start, best!.end]).toEqual(c.best);
      near(best!.score, c.best_score, "score");
      near(nullScore(c.start_logits, c.end_logits), c.null_score_cls, "null");
    }
  });

  test("entity scores equal seqeval's, by the CoNLL rule and strictly", () => {
    const {cases} = read<{cases: EntityCase[]}>("seqeval");
    expect(cases.length).toBeGreaterThan(0);
    for (const c of cases) {
      const report = entityReport(c.y_true, c.y_pred);
      const what = JSON.stringify(c.y_pred);
      near(report.precision, c.default.precision, what);
      near(report.recall, c.default.recall, what);
      near(report.f1, c.default.f1, what);
      near(report.tokenAccuracy, c.default.token_accuracy, what);
      near(report.macroF1, c.default.macro_f1, what);
      expect([...report.types.keys()]).toEqual(Object.keys(c.default.per_type).sort());
      for (const [type, expected] of Object.entries(c.default.per_type)) {
        const scores = report.types.get(type)!;
        near(scores.precision, expected.precision!, type);
        near(scores.recall, expected.recall!, type);
        near(scores.f1, expected["f1-score"]!, type);
        expect(scores.support).toBe(expected.support);
      }
      for (const [tags, expected] of [
        [c.y_true, c.default.entities_true],
        [c.y_pred, c.default.entities_pred]
      ] as const) {
        let offset = 0;
        const found = tags.flatMap((sentence) => {
          const entities = readEntities(sentence).map(({type, start, end}) => [
            type,
            start + offset,
            end + offset
          ]);
          offset += sentence.length + 1;
          return entities;
        });
        expect(found).toEqual(expected);
      }
      const strict = entityReport(c.y_true, c.y_pred, "strict");
      for (const key of ["precision", "recall", "f1"] as const)
        near(strict[key], c.strict_IOB2[key]!, `strict ${key} of ${what}`);
    }
  });
});
