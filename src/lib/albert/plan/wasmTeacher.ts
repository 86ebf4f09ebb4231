import {softTargets, stateCosine, type Teacher, type TeacherSignal} from "../distillation.js";
import type {Batch} from "../objectives/batch.js";
import {lowerPretraining} from "./lower.js";
import {WasmExecutor} from "./wasm.js";

/** A teacher on WebAssembly, and the steps of the student that learns from it. */
export interface WasmTeacher {
  /**
   * A step of the student: its plan is stopped where the teacher's part of the gradient comes in.
   *
   * @returns the whole loss
   */
  runStep(student: WasmExecutor, batch: Batch): number;
  /** Bytes of its arena. */
  readonly bytes: number;
  dispose(): void;
}

/** @param teacher of the student's width and vocabulary */
export function wasmTeacher({config, parameters, weights}: Teacher): WasmTeacher {
  let executor: WasmExecutor | null = null;

  function ask(batch: Batch): TeacherSignal {
    const {batch: rows, sequence, maskedLabels} = batch;
    const shape = executor?.plan.shape;
    const slots = maskedLabels.length;
    if (shape?.batch !== rows || shape.sequence !== sequence || shape.slots !== slots) {
      executor?.dispose();
      const plan = lowerPretraining(config, {batch: rows, sequence, slots}, true);
      executor = new WasmExecutor(plan);
      executor.setParameters(parameters);
    }
    const ready = executor!;
    ready.setBatch(batch, null);
    ready.runLogits();
    const {mlmLogits, entry} = ready.plan;
    return {logits: ready.floats(mlmLogits), states: ready.floats(entry!.states)};
  }

  return {
    get bytes() {
      return executor?.bytes ?? 0;
    },

    dispose: () => executor?.dispose(),

    runStep(student, batch) {
      const {plan} = student;
      const {from, states, dStates} = plan.entry!;
      const signal = ask(batch);
      student.runLogits();
      const logits = student.floats(plan.mlmLogits).slice();
      student.runPart(plan.logits, from);
      const soft = softTargets(
        logits,
        signal.logits,
        batch.maskedWeights,
        weights,
        student.floats(plan.mlmLogits)
      );
      const apart = stateCosine(
        student.floats(states),
        signal.states,
        batch.attentionMask,
        weights.cosine,
        student.floats(dStates)
      );
      student.runPart(from, plan.instructions.length);
      const {loss} = student.output(plan.mlmOut);
      return weights.soft * soft + weights.mlm * loss + weights.cosine * apart;
    }
  };
}
