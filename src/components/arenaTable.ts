import type {ArenaCase} from "../lib/engine/arena.js";
import {element} from "./dom.js";
import type {Row} from "./downloads.js";
import {formatNumber} from "./formats.js";
import {shadeColor} from "./scales.js";
import {scrolledTable} from "./scrolledTable.js";
import {pieceName} from "./text.js";

/** From this share on a method is right, for it names next to nothing but the truth. */
const rightFrom = 0.9;

/** A share of the truth in a word: `even` is what a method that knows nothing gets. */
export function verdict(
  share: number | null,
  even: number
): "right" | "in part" | "wrong" | "silent" {
  if (share === null) return "silent";
  if (share >= rightFrom) return "right";
  return share > even ? "in part" : "wrong";
}

/** Every score as rows of a file. */
export function arenaRows(cases: readonly ArenaCase[]): Row[] {
  return cases.flatMap(({name, even, methods}) =>
    methods.map(({method, share}) => ({
      model: name,
      method,
      "share on the truth": share,
      "a method that knows nothing": even,
      verdict: verdict(share, even)
    }))
  );
}

/** Which methods are right everywhere, and how often each of the others is not. */
export function arenaSentence(cases: readonly ArenaCase[]): string {
  const failures = cases[0]!.methods.map(({method}, k) => ({
    method,
    of: cases.filter(({methods, even}) => verdict(methods[k]!.share, even) !== "right")
  }));
  const good = failures.filter(({of}) => of.length === 0).map(({method}) => method);
  const bad = failures.filter(({of}) => of.length > 0);
  const list = bad.map(({method, of}) => `${method} (${of.map(({name}) => name).join(", ")})`);
  return `${good.length ? `Right on all ${cases.length}: ${good.join(", ")}.` : "No method is right on all."}${list.length ? ` Not right: ${list.join("; ")}.` : ""}`;
}

/**
 * Models by methods: the share of a method's scores that lies on the pieces which the guess truly
 * rests on, and the verdict in a word.
 */
export function arenaTable(cases: readonly ArenaCase[]): HTMLElement {
  return scrolledTable(
    "methods on models whose truth is known",
    ["model", ...cases[0]!.methods.map(({method}) => method), "even"],
    cases.map(({name, even, methods}) =>
      element(
        "tr",
        {},
        element("th", {scope: "row"}, name),
        methods.map(({share}) => {
          const word = verdict(share, even);
          const value = share ?? 0;
          return element(
            "td",
            {style: `background: ${shadeColor(value)}`},
            element(word === "right" ? "span" : "strong", {}, word),
            ` ${share === null ? "–" : share.toFixed(2)}`
          );
        }),
        element("td", {class: "obs-muted"}, even.toFixed(2))
      )
    )
  );
}

/** One model: what each method says of each piece, as shares, and what its heads do. */
export function arenaCase({
  tokens,
  position,
  truth,
  candidates,
  methods,
  heads,
  does,
  trap
}: ArenaCase): HTMLElement {
  const sums = methods.map(({scores}) => candidates.reduce((sum, i) => sum + scores[i]!, 0));
  const share = (k: number, i: number) => (sums[k]! > 1e-9 ? methods[k]!.scores[i]! / sums[k]! : 0);
  const pieces = scrolledTable(
    "scores by piece",
    ["piece", "truth", ...methods.map(({method}) => method)],
    tokens.map((token, i) =>
      element(
        "tr",
        {class: i === position ? "obs-guessed" : null},
        element("th", {scope: "row"}, pieceName(token)),
        element(
          "td",
          {},
          truth.includes(i) ? element("strong", {}, "yes") : i === position ? "" : "no"
        ),
        methods.map((_, k) =>
          candidates.includes(i)
            ? element(
                "td",
                {style: `background: ${shadeColor(share(k, i))}`},
                share(k, i).toFixed(2)
              )
            : element("td", {class: "obs-muted"}, i === position ? "guessed" : "–")
        )
      )
    )
  );
  const ablations = scrolledTable(
    "what taking a head away does",
    ["depth.head", "what it does", "carries the guess", "taken away alone", "with its partner"],
    heads.map(({depth, head, role, carries, alone, together}) =>
      element(
        "tr",
        {},
        element("th", {scope: "row"}, `${depth + 1}.${head + 1}`),
        element("td", {style: "text-align: left"}, role),
        element("td", {}, carries ? element("strong", {}, "yes") : "no"),
        element("td", {}, nats(alone)),
        element("td", {}, together === null ? "" : nats(together))
      )
    )
  );
  return element(
    "div",
    {class: "obs-view"},
    element("p", {}, element("strong", {}, does), ` ${trap}`),
    pieces,
    element(
      "p",
      {class: "obs-muted"},
      "Each column is scaled to sum to 1 over the pieces that are ranked. Below: how far the guess moves without a head, in nats."
    ),
    ablations
  );
}

function nats(value: number): string {
  return value < 1e-4 ? "0" : formatNumber(value);
}
