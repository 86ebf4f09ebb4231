/** The same sweep, smaller or larger. */
import type {MeasureName} from "./measures.js";
import type {Sweep} from "./sweep.js";

/** Measures that train further models. */
const costly: readonly MeasureName[] = ["downstream", "resharing"];

/**
 * A sweep with fewer or more seeds and steps, for a reader's own machine, without training its models
 * on. Cases with steps of their own keep their proportion to the others, and so do teachers. With the
 * steps unchanged, its runs are the very runs of the original, hash for hash.
 *
 * @param json a sweep as `parseSweep` reads it
 */
export function resized(json: unknown, {seeds, steps}: {seeds: number; steps: number}): unknown {
  const sweep = json as {base: Record<string, unknown>} & Partial<Sweep>;
  const {base, cases, measures} = sweep;
  const factor = steps / ((base.steps as number | undefined) ?? steps);
  const scaled = (own: number) => Math.max(1, Math.round(own * factor));
  const inCases = Object.entries(cases ?? {}).map(([name, fields]) => {
    const own = {...fields};
    if (typeof own.steps === "number") own.steps = scaled(own.steps);
    const taught = own.distillation as {teacher: {steps: number}} | undefined;
    if (taught)
      own.distillation = {
        ...taught,
        teacher: {...taught.teacher, steps: scaled(taught.teacher.steps)}
      };
    return [name, own] as const;
  });
  const fewest = Math.min(
    steps,
    ...inCases.flatMap(([, own]) => (typeof own.steps === "number" ? [own.steps] : []))
  );
  const schedule = (base.schedule ?? {}) as {warmup_steps?: number};
  const warmup = Math.min(schedule.warmup_steps ?? 0, Math.floor(fewest / 2));
  return {
    ...sweep,
    ...(cases && {cases: Object.fromEntries(inCases)}),
    ...(measures && {measures: measures.filter((name) => !costly.includes(name))}),
    downstream: undefined,
    resharing: undefined,
    seeds,
    base: {...base, steps, schedule: {...schedule, warmup_steps: warmup}}
  };
}
