/** The builder of a pass that is differentiated: derivatives come in, are asked for and go on at any site. */
import type {AlbertConfig} from "../config.js";
import {ForwardBuilder, type ForwardRequest} from "./forwardPlan.js";
import {pointwise, zero} from "./instructions.js";
import type {PlacedSite} from "./placedSites.js";
import type {WeightsGradient} from "./plan.js";
import {extent, matrix, region, type Matrix, type PlanBuffer} from "./regions.js";
import {scaleRowsBackward} from "./scaleInstructions.js";

/** A forward pass, and by what its outputs are differentiated. */
export interface GradientRequest extends ForwardRequest {
  parameters: readonly string[];
  /** Sites, as their changes leave them. */
  sites: readonly string[];
}

/** The encoder's instructions with what a question for derivatives adds to them. */
export class GradientBuilder extends ForwardBuilder {
  /** Derivatives by kept sites that come in from outside. */
  readonly given = new Map<string, PlanBuffer>();
  /** Derivatives by sites that are asked for, by the value of each affine change in turn, else by the site's own. */
  readonly derivatives = new Map<string, PlacedSite[]>();
  readonly #asked: ReadonlySet<string>;

  constructor(config: AlbertConfig, request: GradientRequest) {
    super(config, request);
    this.#asked = new Set(request.sites);
  }

  /** Where the derivative by an output comes in, and a copy of it to go on with. */
  comeIn(name: string, {buffer, rows, columns}: Matrix): [PlanBuffer, Matrix] {
    const given = this.buffer(`∂ ${name} given`, buffer.size, "input");
    return [given, this.#copy(`∂ ${name}`, matrix(given, rows, columns))];
  }

  override siteGradient(name: string, d: Matrix): Matrix {
    const label = `${name} ∂`;
    let x = d;
    const combine = (op: "multiply" | "add", other: PlanBuffer) => {
      const made = this.buffer(label, x.buffer.size);
      this.emit(pointwise(op, label, region(x.buffer), region(other), region(made)));
      x = {...x, buffer: made};
    };
    const given = this.#given(name);
    if (given) combine("add", given);
    if (this.#asked.has(name)) this.#derivative(name, this.#copy(label, x));
    const keep = this.#keepOf(name);
    if (keep) combine("multiply", keep);
    return x;
  }

  override weightsGradient(name: string): WeightsGradient | null {
    const given = this.#given(name);
    const isAsked = this.#asked.has(name);
    const edited = this.edited.get(name);
    if (!given && !isAsked && !edited) return null;
    const {rows, columns} = this.#weightsOf(name);
    const label = `${name} ∂`;
    const d = this.rows(label, rows, columns);
    const dUsed = region(d.buffer);
    this.emit(zero(label, dUsed));
    if (given) this.emit(pointwise("add", label, dUsed, region(given), dUsed));
    if (this.edits.some(({site, scaled}) => site === name && scaled))
      return {dUsed: d, keep: null, through: (x) => region(this.#throughChanges(name, x).buffer)};
    if (isAsked) this.#derivative(name, d);
    const keep = this.#keepOf(name);
    return {dUsed: d, keep: keep && region(keep), through: null};
  }

  /** The derivative by a site before its changes, from that by what came of them; fresh where there are any. */
  #throughChanges(name: string, d: Matrix): Matrix {
    const label = `${name} ∂`;
    return this.edits
      .filter(({site}) => site === name)
      .reduceRight((x, {keep, scaled}) => {
        const made = this.rows(label, x.rows, x.columns);
        const [dy, dx] = [extent(x), extent(made)];
        if (scaled) {
          const {chosen, sums, y} = scaled;
          const places = {y: extent(y), chosen: region(chosen), sums, dy, dx};
          this.emit(scaleRowsBackward(label, places, x.rows, x.columns));
          return made;
        }
        if (this.#asked.has(name)) this.#derivative(name, this.#copy(label, x));
        if (!keep) return x;
        this.emit(pointwise("multiply", label, dy, region(keep), dx));
        return made;
      }, d);
  }

  #derivative(name: string, value: Matrix): void {
    const others = this.derivatives.get(name) ?? [];
    this.derivatives.set(name, [{...this.sites.get(name)!, value}, ...others]);
  }

  /** Where the derivative by a kept site comes in; null for others. */
  #given(name: string): PlanBuffer | null {
    const kept = this.captured.get(name);
    if (!kept) return null;
    const made = this.buffer(`∂ ${name} given`, kept.value.buffer.size, "input");
    this.given.set(name, made);
    return made;
  }

  #keepOf(name: string): PlanBuffer | null {
    return this.edits.find(({site}) => site === name)?.keep ?? null;
  }

  #copy(label: string, x: Matrix): Matrix {
    const copy = {...x, buffer: this.buffer(label, x.buffer.size)};
    this.emit(zero(label, region(copy.buffer)));
    this.emit(pointwise("add", label, region(copy.buffer), region(x.buffer), region(copy.buffer)));
    return copy;
  }

  #weightsOf(name: string): {rows: number; columns: number} {
    const [batch, heads, from, to] = this.sites.get(name)!.shape as [
      number,
      number,
      number,
      number
    ];
    return {rows: batch * heads * from, columns: to};
  }
}
