/** Linear probes at every depth of a model: texts in, accuracies and code lengths out. */
import {effectiveDepth} from "../../albert/sharing.js";
import {InputError} from "../../errors.js";
import {readConllu} from "../../probe/readConllu.js";
import {baselineScore, depthScore, type BaselineScore, type DepthScore} from "../../probe/score.js";
import {generatedProbeCorpus} from "../../probe/sentences.js";
import {probeTasks, type ProbeTask, type ProbeText} from "../../probe/tasks.js";
import {withParameters, type LoadedModel} from "../loadedModel.js";
import {yieldToMessages} from "../yield.js";
import {documentsFor, featuresOf, splitTexts, taskRows, unfit, type Split} from "./probeData.js";
import type {
  ProbeProgress,
  ProbeResult,
  ProbeSettings,
  ProbeSource,
  ProbeTaskResult
} from "./protocol.js";

/**
 * Trains a probe for each task, depth and seed on frozen activations: of a word the mean of its
 * pieces, of a sentence the mean of all its pieces, of a pair the [CLS]. Documents are either
 * trained on or tested on. Generated documents are fresh for every seed; those of a file are split
 * anew.
 *
 * @throws InputError for unknown tasks, numbers out of range, or a text that is too small for any
 */
export async function probeDepths(
  model: LoadedModel,
  source: ProbeSource,
  settings: ProbeSettings,
  {report, signal}: {report: (progress: ProbeProgress) => void; signal?: AbortSignal}
): Promise<ProbeResult> {
  const tasks = checked(settings);
  const {seeds, rows} = settings;
  const file = source.kind === "file" ? readConllu(source.bytes, source.name) : null;
  const depths = effectiveDepth(model.config) + 1;
  const result: ProbeResult = {
    tasks: [],
    skipped: [],
    source: file?.name ?? `generated language, seeds from ${(source as {seed: number}).seed}`,
    isFresh: file === null,
    settings,
    seeds: 0,
    notes: [...(file?.notes ?? [])],
    model: model.name
  };
  const byTask = new Map<string, ProbeTaskResult>();
  const start = performance.now();
  const steps = seeds * tasks.length * depths;
  let done = 0;
  const tell = async (phase: string, isSeedDone = false) => {
    const elapsed = (performance.now() - start) / 1000;
    report({
      phase,
      fraction: done / steps,
      secondsLeft: done > 0 ? (elapsed / done) * (steps - done) : null,
      result: isSeedDone ? result : null
    });
    await yieldToMessages();
    return signal?.aborted ?? false;
  };
  await withParameters(model, async (params) => {
    for (let seed = 0; seed < seeds; ++seed) {
      const found: {
        task: ProbeTask;
        classes: string[];
        baseline: BaselineScore;
        rows: [number, number];
        scores: DepthScore[];
      }[] = [];
      for (const group of byUnit(tasks)) {
        const unit = group[0]!.unit;
        const wanted = unit === "word" ? rows : Math.ceil(rows / 2);
        const corpus =
          file ??
          generatedProbeCorpus(documentsFor(unit, wanted), (source as {seed: number}).seed + seed);
        const split = splitTexts(corpus, group, wanted, seed);
        const features = await sides(split, (texts, phase) =>
          featuresOf(model, params, texts, phase, tell)
        );
        if (!features) return;
        for (const [k, task] of group.entries()) {
          const sides = [
            taskRows(split.train, features.train, k, wanted),
            taskRows(split.test, features.test, k, Math.ceil(wanted / 2))
          ] as const;
          const why = unfit(...sides);
          if (why) {
            if (!result.skipped.some(({id}) => id === task.id))
              result.skipped.push({id: task.id, why});
            done += depths;
            continue;
          }
          const [train, test] = sides;
          const classes = [...new Set([...train.labels, ...test.labels])].sort();
          const scores: DepthScore[] = [];
          for (let depth = 0; depth < depths; ++depth) {
            if (await tell(`${task.name}, depth ${depth}, seed ${seed + 1} of ${seeds}`)) return;
            scores.push(depthScore(train, test, depth, classes, seed));
            ++done;
          }
          const counts: [number, number] = [train.labels.length, test.labels.length];
          found.push({task, classes, baseline: baselineScore(train, test), rows: counts, scores});
        }
      }
      // A seed counts when all of it is done, so that every mean is over the same seeds.
      for (const {task, classes, baseline, rows: counts, scores} of found) {
        const entry = byTask.get(task.id) ?? emptyResult(task.id, depths);
        byTask.set(task.id, entry);
        entry.classes = [...new Set([...entry.classes, ...classes])].sort();
        entry.trainRows.push(counts[0]);
        entry.testRows.push(counts[1]);
        entry.majority.push(baseline.majority);
        entry.form.push(baseline.form);
        scores.forEach(({accuracy, control, online, uniform}, depth) => {
          const at = entry.depths[depth]!;
          at.accuracy.push(accuracy);
          at.control.push(control);
          at.online.push(online);
          at.uniform.push(uniform);
        });
      }
      result.seeds = seed + 1;
      result.tasks = tasks.flatMap(({id}) => byTask.get(id) ?? []);
      if (await tell(`seed ${seed + 1} of ${seeds}`, true)) return;
    }
  });
  if (result.seeds > 0 && result.tasks.length === 0)
    throw new InputError(
      `${result.source}: nothing to probe for: ${result.skipped.map(({id, why}) => `${id} (${why})`).join(", ")}`
    );
  return result;
}

function checked({tasks, rows, seeds}: ProbeSettings): ProbeTask[] {
  const known = probeTasks.filter(({id}) => tasks.includes(id));
  const unknown = tasks.find((id) => !probeTasks.some((task) => task.id === id));
  if (unknown !== undefined || known.length === 0)
    throw new InputError(
      `tasks: ${unknown ?? "none"} (expected some of ${probeTasks.map(({id}) => id).join(", ")})`
    );
  if (!Number.isInteger(rows) || rows < 100 || rows > 20_000)
    throw new InputError(`rows: ${rows} (expected an integer from 100 to 20,000)`);
  if (!Number.isInteger(seeds) || seeds < 1 || seeds > 50)
    throw new InputError(`seeds: ${seeds} (expected an integer from 1 to 50)`);
  return known;
}

/** Tasks that share their texts, and so one run of the model. */
function byUnit(tasks: readonly ProbeTask[]): ProbeTask[][] {
  const units = [...new Set(tasks.map(({unit}) => unit))];
  return units.map((unit) => tasks.filter((task) => task.unit === unit));
}

function emptyResult(id: string, depths: number): ProbeTaskResult {
  return {
    id,
    classes: [],
    trainRows: [],
    testRows: [],
    majority: [],
    form: [],
    depths: Array.from({length: depths}, () => ({
      accuracy: [],
      control: [],
      online: [],
      uniform: []
    }))
  };
}

/** What becomes of both sides; null where the first says that the reader stopped. */
async function sides<T>(
  {train, test}: Split,
  make: (texts: ProbeText[], phase: string) => Promise<T | null>
): Promise<{train: T; test: T} | null> {
  const first = await make(train, "reading texts to train on");
  const second = first && (await make(test, "reading texts to test on"));
  return first && second ? {train: first, test: second} : null;
}
