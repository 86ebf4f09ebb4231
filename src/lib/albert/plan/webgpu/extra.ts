import type {PlanBuffer} from "../regions.js";

/** A buffer of the executor's own. */
export const extra = (name: string, size: number, kind: PlanBuffer["kind"]): PlanBuffer => ({
  name,
  size,
  kind
});
