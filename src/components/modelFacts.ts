import type {ModelSummary} from "../lib/engine/modelCalls.js";
import {formatInteger} from "./formats.js";

/** How a configuration shares its layers, in words. */
export function sharingWords(config: Record<string, unknown>): string {
  const {sharing, num_hidden_groups: groups = 1, inner_group_num: inner = 1} = config;
  if (sharing === "attention") return "attention shared";
  if (sharing === "ffn") return "feed-forward shared";
  if (groups === 1 && inner === 1) return "one layer, shared by all depths";
  if (groups === config.num_hidden_layers && inner === 1) return "nothing shared";
  return `${groups} groups of ${inner}`;
}

/** What a reader asks first of a model, as names and values. */
export function modelFacts({
  name,
  config,
  parameters,
  vocabSize
}: ModelSummary): [string, string][] {
  const number = (key: string) => formatInteger(Number(config[key]));
  return [
    ["in use", name],
    ["parameters", formatInteger(parameters)],
    ["vocabulary V", formatInteger(vocabSize)],
    ["embedding E", number("embedding_size")],
    ["hidden H", number("hidden_size")],
    ["depths L", number("num_hidden_layers")],
    ["heads", number("num_attention_heads")],
    ["sharing", sharingWords(config)]
  ];
}

/**
 * What the rows of a picture by depth have in common.
 *
 * @param group which stored attention weights serve each depth
 */
export function sharingSentence(group: readonly number[]): string {
  const stored = new Set(group).size;
  if (stored === 1 && group.length > 1)
    return `The same weights at every depth: one stored layer is applied ${group.length} times, so a column is one head, and only what comes in differs from row to row.`;
  if (stored === group.length) return "Every depth has weights of its own.";
  return `${stored} stored layers serve ${group.length} depths (${group.map((g) => g + 1).join(", ")}): rows of one number apply the same weights.`;
}
