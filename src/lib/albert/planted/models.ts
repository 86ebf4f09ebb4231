/** Six questions to methods of explanation, each a model of which the answer is known. */
import type {AlbertConfig} from "../config.js";
import type {ParameterData} from "../params.js";
import {Random} from "../../random.js";
import {plantedModel, type PlantedHead} from "./build.js";

/** A model, a text for it, and the truth about both. */
export interface PlantedCase {
  name: string;
  /** What the model does, for a reader. */
  does: string;
  /** What can be got wrong about it. */
  trap: string;
  config: AlbertConfig;
  parameters: ParameterData;
  ids: number[];
  tokens: string[];
  /** Position of the [MASK]. */
  position: number;
  /** Id that the model guesses there. */
  target: number;
  /** Positions that the guess rests on, and no others. */
  truth: number[];
  /** What each head does, `[depth · heads]`. */
  roles: string[];
  /** Heads, in `[depth · heads]`, that carry the guess. */
  carriers: number[];
  /** Heads that do or undo one thing together; default none. */
  partners?: number[];
}

const special = ["<pad>", "[CLS]", "[SEP]", "[MASK]"];
const words = "▁river ▁stone ▁lamp ▁bread ▁horse ▁garden ▁winter ▁letter ▁silver ▁bridge".split(
  " "
);
const vocabulary = [...special, ...words];
const [cls, sep, mask] = [1, 2, 3];
const n = 8;
const blank = 4;
/** Far enough below for a weight of 0. */
const never = -40;
const confidence = 6;

const at = (offset: number) => (from: number, to: number) => (to === from + offset ? 0 : never);
const copies = (looks: PlantedHead["looks"], gain: PlantedHead["gain"] = () => 1): PlantedHead => ({
  looks,
  reads: "token",
  writes: "guess",
  gain
});
/** Looks at the last piece and reads nothing: what heads with nothing to do are known for. */
const parked: PlantedHead = copies(
  (_, to) => (to === n - 1 ? 0 : never),
  () => 0
);
const parkedRole = "parked on [SEP], reads nothing";

/**
 * The cases, on a text drawn by the seed: [CLS], six places of which the fifth of all is a [MASK],
 * [SEP].
 *
 * @param seed of the words
 * @param used share of its attention that the head of "a loud piece" spends on what it uses, in (0, 1)
 */
export function plantedCases(seed: number, used = 0.1): PlantedCase[] {
  const drawn = new Random(seed, "probes").shuffle(words.map((_, i) => special.length + i));
  const ids = [cls, drawn[0]!, drawn[1]!, drawn[2]!, mask, drawn[3]!, drawn[4]!, sep];
  const loud = blank + 1;
  const twin = [...ids];
  twin[1] = twin[6] = drawn[5]!;
  const make = (
    about: Pick<
      PlantedCase,
      "name" | "does" | "trap" | "truth" | "roles" | "carriers" | "partners"
    >,
    heads: PlantedHead[][],
    text: number[] = ids
  ): PlantedCase => ({
    ...about,
    ...plantedModel({vocabSize: vocabulary.length, positions: n, heads, confidence}),
    ids: text,
    tokens: text.map((id) => vocabulary[id]!),
    position: blank,
    target: text[about.truth[0]!]!
  });
  const before = copies(at(-1));
  return [
    make(
      {
        name: "a copy",
        does: "Head 1 copies the piece before.",
        trap: "None: every method should get this right.",
        truth: [blank - 1],
        roles: ["copies the piece before", parkedRole, parkedRole],
        carriers: [0]
      },
      [[before, parked, parked]]
    ),
    make(
      {
        name: "two heads, one job",
        does: "Heads 1 and 2 both copy the piece before.",
        trap: "Take one head away and little changes: ablation one by one says that neither matters.",
        truth: [blank - 1],
        roles: ["copies the piece before", "copies the piece before", parkedRole],
        carriers: [0, 1],
        partners: [0, 1]
      },
      [[before, before, parked]]
    ),
    make(
      {
        name: "a loud piece",
        does: `Head 1 spends ${percent(1 - used)} of its attention on the piece after, of which it reads nothing, and ${percent(used)} on the piece before, which it copies.`,
        trap: "The weight is where nothing is read.",
        truth: [blank - 1],
        roles: ["looks after, copies before", parkedRole, parkedRole],
        carriers: [0]
      },
      [
        [
          copies(
            (from, to) =>
              to === from + 1 ? Math.log(1 - used) : to === from - 1 ? Math.log(used) : never,
            (id) => (id === ids[loud] || id === mask ? 0 : 1 / used)
          ),
          parked,
          parked
        ]
      ]
    ),
    make(
      {
        name: "two heads that cancel",
        does: "Head 1 copies the piece before; heads 2 and 3 read the piece after and write it with opposite signs.",
        trap: "Two heads look at a piece and read it, and together they write nothing.",
        truth: [blank - 1],
        roles: ["copies the piece before", "writes the piece after", "takes it away again"],
        carriers: [0],
        partners: [1, 2]
      },
      [[before, copies(at(1)), copies(at(1), () => -1)]]
    ),
    make(
      {
        name: "a detour",
        does: "At depth 1 every piece picks up the piece before it; at depth 2 head 1 copies from the piece before what that had picked up.",
        trap: "The piece before is a mail box: the last depth looks at it, and its own word does not matter.",
        truth: [blank - 2],
        roles: [
          "picks up the piece before",
          parkedRole,
          parkedRole,
          "fetches it",
          parkedRole,
          parkedRole
        ],
        carriers: [0, 3]
      },
      [
        [{...before, writes: "carried"}, parked, parked],
        [{...before, reads: "carried"}, parked, parked]
      ]
    ),
    make(
      {
        name: "twins",
        does: "Head 1 looks for one certain word, wherever it is, and copies it. It is in the text twice.",
        trap: "Hide one and the other steps in: hiding pieces one by one says that nothing matters.",
        truth: [1, 6],
        roles: ["copies a certain word", parkedRole, parkedRole],
        carriers: [0]
      },
      [[{...copies(() => 0), looksFor: (id) => (id === drawn[5] ? 40 : 0)}, parked, parked]],
      twin
    )
  ];
}

function percent(share: number): string {
  return `${+(100 * share).toFixed(1)}%`;
}
