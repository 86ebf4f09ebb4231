/** The plan of a forward pass that is looked into: named sites kept, interventions as instructions. */
import {captureSites, siteShape} from "../capture.js";
import type {AlbertConfig} from "../config.js";
import type {FlatInputs} from "../inputs.js";
import {hasPooler} from "../specs.js";
import type {DeviceValue, Edit} from "./edits.js";
import {InferenceBuilder, type Lowered} from "./inferenceBuilder.js";
import {pointwise} from "./instructions.js";
import {extent, region, type Matrix, type PlanBuffer, type Region} from "./regions.js";
import {lowerEmbeddings, lowerLayers} from "./lowerEncoder.js";
import {lowerPooler} from "./lowerHead.js";
import {fillSite, type PlacedSite} from "./placedSites.js";
import type {EncoderInputs} from "./plan.js";
import {lowest} from "./program.js";
import {scaleRows} from "./scaleInstructions.js";

/** What a forward pass is asked for besides its output; plans are made for it. */
export interface ForwardRequest {
  batch: number;
  sequence: number;
  /** Whether each piece has a mask of its own, `[batch, from, to]`. */
  isMaskApart?: boolean;
  /** Sites to keep. */
  capture: readonly string[];
  /** Edits by site, of which only the kind and the presence of arrays matter to the plan. */
  edits: ReadonlyMap<string, readonly Edit[]>;
}

/** One piece, and nothing else asked. */
export const smallestRequest: ForwardRequest = {
  batch: 1,
  sequence: 1,
  capture: [],
  edits: new Map()
};

/** What makes two requests ask for the same plan. */
export function requestKey(request: ForwardRequest): string {
  const {batch, sequence, isMaskApart = false, capture, edits} = request;
  const kinds = Array.from(edits, ([site, list]) => [
    site,
    ...list.map((edit) =>
      edit.kind === "affine"
        ? [!!edit.keep, edit.value && (edit.value instanceof Float32Array ? "sent" : "there")]
        : "rows"
    )
  ]);
  return JSON.stringify([batch, sequence, isMaskApart, capture, kinds]);
}

/** Inputs of an edit, filled before a run. */
export interface PlacedEdit {
  site: string;
  /** Which of the site's edits. */
  index: number;
  /** The whole of the buffer that the site is in, or null where the edit has no such part. */
  keep: PlanBuffer | null;
  value: PlanBuffer | null;
  /** Whether the value is on a device, so that nobody sends it. */
  isThere: boolean;
  /** Of an edit that scales rows: which, what their sums were, and what came of it; null of others. */
  scaled: {chosen: PlanBuffer; sums: Region; y: Matrix} | null;
}

export interface ForwardPlan extends Lowered {
  config: AlbertConfig;
  batch: number;
  inputs: EncoderInputs;
  /** `[tokens, hidden]` */
  states: Matrix;
  /** `[batch, hidden]` */
  pooled: Matrix | null;
  captured: Map<string, PlacedSite>;
  edited: Map<string, PlacedSite>;
  edits: PlacedEdit[];
}

/** Instructions of the encoder alone, with what a request asks for. */
export function lowerForward(config: AlbertConfig, request: ForwardRequest): ForwardPlan {
  const plan = new ForwardBuilder(config, request);
  const {batch, sequence} = request;
  const {inputs, states, pooler} = lowerEncoder(plan, request);
  const pooled = pooler?.pooled ?? null;
  for (const {buffer} of pooled ? [states, pooled] : [states]) buffer.kind = "output";
  const {instructions, captured, edited, edits, turned} = plan;
  return {
    config,
    batch,
    sequence,
    buffers: plan.usedBuffers(),
    instructions,
    inputs,
    states,
    pooled,
    captured,
    edited,
    edits,
    turned
  };
}

/** The encoder's instructions; `backward` takes the gradient at its states. */
export function lowerEncoder(plan: ForwardBuilder, request: ForwardRequest) {
  const {batch, sequence, isMaskApart} = request;
  const input = (name: string, size: number) => plan.buffer(name, size, "input");
  const inputs: EncoderInputs = {
    inputIds: input("input ids", plan.tokens),
    positions: input("positions", plan.tokens),
    tokenTypeIds: input("token types", plan.tokens),
    attentionBias: input("attention bias", plan.tokens * (isMaskApart ? sequence : 1)),
    clsRows: input("[CLS] rows", batch)
  };
  const embeddings = lowerEmbeddings(plan, inputs);
  const layers = lowerLayers(plan, inputs, embeddings.h);
  const pooler = hasPooler(plan.config) ? lowerPooler(plan, "pooler", inputs, layers.h) : null;
  const backward = (dh: Matrix) => embeddings.backward(layers.backward(dh));
  return {inputs, states: layers.h, pooler, backward};
}

export class ForwardBuilder extends InferenceBuilder {
  readonly captured: ForwardPlan["captured"] = new Map();
  readonly edited: ForwardPlan["edited"] = new Map();
  readonly edits: PlacedEdit[] = [];
  readonly #request: ForwardRequest;
  readonly #keep: ReadonlySet<string>;
  protected readonly sites: ReadonlyMap<string, Omit<PlacedSite, "value">>;

  constructor(config: AlbertConfig, request: ForwardRequest) {
    const {batch, sequence} = request;
    super(config, {batch, sequence, slots: 0});
    this.#request = request;
    this.#keep = new Set(request.capture);
    this.sites = new Map(
      captureSites(config).map((site) => [
        site.site,
        {
          shape: siteShape(config, site, batch, sequence),
          byHead: site.axes[2] === "seq" && site.axes[1] === "heads"
        }
      ])
    );
  }

  override site(name: string, value: Matrix): Matrix {
    const place = this.sites.get(name)!;
    let x = value;
    for (const [index, edit] of (this.#request.edits.get(name) ?? []).entries())
      x = this.#edit(name, index, edit, x);
    if (x !== value) this.edited.set(name, {...place, value: x});
    if (this.#keep.has(name)) {
      x.buffer.kind = "output";
      this.captured.set(name, {...place, value: x});
    }
    return x;
  }

  /** The edited value: a buffer of its own, so that what was kept before stays as it was. */
  #edit(site: string, index: number, edit: Edit, x: Matrix): Matrix {
    const {size} = x.buffer;
    const label = `${site} changed`;
    if (edit.kind === "scaleRows") {
      const {rows, columns} = x;
      const chosen = this.buffer(`${label}: rows`, rows, "input");
      const sums = region(this.buffer(`${label}: sums`, rows));
      const y = this.rows(label, rows, columns);
      const places = {x: extent(x), chosen: region(chosen), y: extent(y), sums};
      this.emit(scaleRows(label, places, rows, columns));
      const scaled = {chosen, sums, y};
      this.edits.push({site, index, keep: null, value: null, isThere: false, scaled});
      return y;
    }
    const made = region(this.buffer(label, size));
    const operand = (name: "keep" | "value") =>
      edit[name] ? this.buffer(`${label}: ${name}`, size, "input") : null;
    const [keep, value] = [operand("keep"), operand("value")];
    if (keep) this.emit(pointwise("multiply", label, region(x.buffer), region(keep), made));
    const before = keep ? made : region(x.buffer);
    if (value) this.emit(pointwise("add", label, before, region(value), made));
    const isThere = edit.value !== null && !(edit.value instanceof Float32Array);
    this.edits.push({site, index, keep, value, isThere, scaled: null});
    return {...x, buffer: made.buffer};
  }
}

/** Puts a question's pieces into the inputs; `wholes` are whole numbers as the executor keeps them. */
export function fillInputs(
  inputs: EncoderInputs,
  {batch, sequence, inputIds, tokenTypeIds, positionIds, attentionMask}: FlatInputs,
  floats: (buffer: PlanBuffer) => Float32Array,
  wholes: (buffer: PlanBuffer) => Float32Array | Int32Array
): void {
  wholes(inputs.inputIds).set(inputIds);
  wholes(inputs.tokenTypeIds).set(tokenTypeIds);
  wholes(inputs.positions).set(positionIds);
  wholes(inputs.clsRows).set(Array.from({length: batch}, (_, row) => row * sequence));
  const bias = floats(inputs.attentionBias);
  for (let i = 0; i < bias.length; ++i)
    bias[i] = attentionMask ? (1 - attentionMask[i]!) * lowest : 0;
}

/** Values of edits that are on a device: where they belong, and what reads them. */
export function valuesThere(
  {edits, edited}: Pick<ForwardPlan, "edits" | "edited">,
  request: ForwardRequest
): {place: PlacedSite; read: DeviceValue["read"]}[] {
  return edits.flatMap(({site, index, value, isThere}) => {
    if (!value || !isThere) return [];
    const edit = request.edits.get(site)![index] as Edit & {kind: "affine"};
    const place = edited.get(site)!;
    const {read} = edit.value as DeviceValue;
    return [{place: {...place, value: {...place.value, buffer: value}}, read}];
  });
}

/** Puts the operands of a request's edits into their buffers. */
export function fillEdits(
  {edits, edited}: Pick<ForwardPlan, "edits" | "edited">,
  request: ForwardRequest,
  floats: (buffer: PlanBuffer) => Float32Array
): void {
  for (const {site, index, keep, value, isThere, scaled} of edits) {
    const edit = request.edits.get(site)![index]!;
    if (edit.kind === "scaleRows") {
      floats(scaled!.chosen).set(edit.rows);
      continue;
    }
    const place = edited.get(site)!;
    if (keep) fillSite(floats(keep), place, edit.keep!, 1);
    if (value && !isThere) fillSite(floats(value), place, edit.value as Float32Array, 0);
  }
}
