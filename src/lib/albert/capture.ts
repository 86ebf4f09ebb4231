import type {AlbertConfig} from "./config.js";
import {hasPooler} from "./specs.js";
import {effectiveDepth} from "./sharing.js";

/** A named place in the forward pass. */
export interface CaptureSite {
  site: string;
  /** Meaning of the axes, for example `["batch", "heads", "from", "to"]`. */
  axes: readonly string[];
  /** What is there, in one sentence. */
  about: string;
}

const piece = (width: string) => ["batch", "seq", width] as const;
const perHead = ["batch", "heads", "seq", "size"] as const;

/** Sites of a layer, in the order they are computed; a site's name is `layer.<depth>.` and this. */
const layerSites: readonly CaptureSite[] = [
  {site: "attention.query", axes: perHead, about: "queries of every head"},
  {site: "attention.key", axes: perHead, about: "keys of every head"},
  {site: "attention.value", axes: perHead, about: "values of every head"},
  {
    site: "attention.probs",
    axes: ["batch", "heads", "from", "to"],
    about: "attention probabilities, after dropout; rows sum to 1 without it"
  },
  {site: "attention.context", axes: perHead, about: "values averaged by attention, head by head"},
  {
    site: "attention.output",
    axes: piece("hidden"),
    about: "what attention adds to the residual stream"
  },
  {
    site: "attention.normalized",
    axes: piece("hidden"),
    about: "input of the feed-forward layer: residual plus attention.output, normalised"
  },
  {
    site: "ffn.activation",
    axes: piece("intermediate"),
    about: "feed-forward units, after activation"
  },
  {
    site: "ffn.output",
    axes: piece("hidden"),
    about: "what the feed-forward layer adds to the residual stream"
  },
  {site: "output", axes: piece("hidden"), about: "output of the layer, normalised"}
];

/**
 * Every site of a model, in the order they are computed. `embeddings` is the normalised sum of the
 * tables, `embeddings.projected` the input of the first layer.
 */
export function captureSites(config: AlbertConfig): CaptureSite[] {
  const sites: CaptureSite[] = [
    {site: "embeddings", axes: piece("embedding"), about: "sum of the embeddings, normalised"},
    {site: "embeddings.projected", axes: piece("hidden"), about: "input of the first layer"}
  ];
  for (let depth = 0; depth < effectiveDepth(config); ++depth)
    for (const {site, axes, about} of layerSites)
      sites.push({site: `layer.${depth}.${site}`, axes, about});
  if (hasPooler(config))
    sites.push({site: "pooler", axes: ["batch", "hidden"], about: "pooled first piece"});
  return sites;
}

/** Numbers along each axis of a site, for inputs of a batch and a sequence length. */
export function siteShape(
  config: AlbertConfig,
  {axes}: CaptureSite,
  batch: number,
  sequence: number
): number[] {
  const sizes: Record<string, number> = {
    batch,
    seq: sequence,
    from: sequence,
    to: sequence,
    heads: config.numAttentionHeads,
    size: config.hiddenSize / config.numAttentionHeads,
    embedding: config.embeddingSize,
    hidden: config.hiddenSize,
    intermediate: config.intermediateSize
  };
  return axes.map((axis) => sizes[axis]!);
}

/**
 * Which sites to keep: `"all"`, names in which `*` stands for any depth (`layer.*.attention.probs`),
 * or a predicate.
 */
export type CaptureFilter = "all" | readonly string[] | ((site: string) => boolean);

/** The filter as a predicate; no filter keeps nothing. */
export function capturePredicate(filter: CaptureFilter | undefined): (site: string) => boolean {
  if (filter === undefined) return () => false;
  if (filter === "all") return () => true;
  if (typeof filter === "function") return filter;
  const names = new Set(filter);
  return (site) => names.has(site) || names.has(site.replace(/^layer\.\d+\./, "layer.*."));
}
