/** Checks a plan before it runs, and prints it. */
import {bufferBytes, type Layout} from "./layout.js";
import type {Instruction, Operand} from "./instructions.js";
import type {PlanBuffer, Region} from "./regions.js";
import type {Plan} from "./plan.js";

/**
 * What is wrong with a plan, a sentence each; empty when nothing is: regions inside their buffers,
 * activations and outputs written before they are read, and no two buffers alive in one place.
 */
export function checkPlan(
  {buffers, instructions}: Pick<Plan, "buffers" | "instructions">,
  layout: Layout
): string[] {
  const faults: string[] = [];
  const written = new Set<PlanBuffer>();
  instructions.forEach((instruction, i) => {
    const where = `instruction ${i} (${instruction.op}, ${instruction.label})`;
    for (const {buffer, offset, size} of [...instruction.reads, ...instruction.writes])
      if (offset < 0 || size <= 0 || offset + size > buffer.size)
        faults.push(
          `${where}: ${size} numbers from ${offset} leave ${buffer.name} of ${buffer.size}`
        );
    for (const {buffer} of instruction.reads)
      if ((buffer.kind === "activation" || buffer.kind === "gradient") && !written.has(buffer))
        faults.push(`${where}: ${buffer.name} is read before it is written`);
    for (const {buffer} of instruction.writes) {
      written.add(buffer);
      if (buffer.kind === "input" || buffer.kind === "parameter")
        faults.push(`${where}: writes to ${buffer.name}`);
    }
  });
  const placed = buffers.filter((buffer) => layout.offsets.has(buffer));
  const always: [number, number] = [-Infinity, Infinity];
  const lifetime = (buffer: PlanBuffer) =>
    buffer.kind === "activation" ? (layout.lifetimes.get(buffer) ?? always) : always;
  const sorted = placed
    .map((buffer) => ({buffer, from: layout.offsets.get(buffer)!}))
    .sort((a, b) => a.from - b.from);
  sorted.forEach(({buffer, from}, i) => {
    const end = from + bufferBytes(buffer);
    if (end > layout.bytes)
      faults.push(`${buffer.name} ends at ${end}, the arena at ${layout.bytes}`);
    const [first, last] = lifetime(buffer);
    for (let j = i + 1; j < sorted.length && sorted[j]!.from < end; ++j) {
      const [otherFirst, otherLast] = lifetime(sorted[j]!.buffer);
      if (first <= otherLast && otherFirst <= last)
        faults.push(`${buffer.name} and ${sorted[j]!.buffer.name} share a place while both live`);
    }
  });
  return faults;
}

/** One line an instruction: number, operation, part, operands, floating-point operations. */
export function printPlan({instructions}: Pick<Plan, "instructions">): string {
  return instructions
    .map((instruction, i) => `${String(i).padStart(4)}  ${printInstruction(instruction)}`)
    .join("\n");
}

function printInstruction({op, label, operands, flops}: Instruction): string {
  return `${op}(${operands.map(printOperand).join(", ")})  # ${label}, ${flops} flop`;
}

function printOperand(operand: Operand): string {
  if ("integer" in operand) return String(operand.integer);
  if ("real" in operand) return String(operand.real);
  return operand.region ? printRegion(operand.region) : "–";
}

function printRegion({buffer, offset, size}: Region): string {
  return offset === 0 && size === buffer.size
    ? `[${buffer.name}]`
    : `[${buffer.name} ${offset}…${offset + size}]`;
}
