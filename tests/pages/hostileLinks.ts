/** Queries that somebody might send a reader, and the pages that read theirs. */
import {hostileTexts} from "../faults/hostileTexts.js";

/** Pages whose state is in their address. */
export const linkedPages = [
  "/pretrain",
  "/tokenizer",
  "/attention",
  "/compare",
  "/glue/",
  "/finetune",
  "/claims",
  "/probe",
  "/embedding",
  "/sharing",
  "/objectives",
  "/arena"
];

/** Names that the pages know. */
const names = [
  ...["text", "pair", "sql", "task", "show", "share", "seeds", "steps", "rows", "start", "guess"],
  ...["first", "second", "answer", "other", "length", "one", "depth", "head", "V", "E", "H"],
  ...[
    "model.hidden_size",
    "corpus.url",
    "corpus.path",
    "optimizer.name",
    "epochs",
    "run",
    "backend"
  ]
];

/** `count` queries; each gives every page something of each kind to refuse. */
export function hostileQueries(count: number): string[] {
  const texts = hostileTexts;
  const special = [
    "?%E0%A4%A&=&&__proto__=1&constructor.prototype.x=2&model.__proto__.y=3",
    `?text=${"x".repeat(9000)}`,
    "?v=99&run=../../x&corpus.url=https://example.org/x.txt&sql=INSTALL%20httpfs",
    "?seeds=1e999&steps=-1&seed=NaN&model.hidden_size=99999999999&batch.size=0&rows=0.5"
  ];
  return Array.from({length: count}, (_, i) => {
    if (i < special.length) return special[i]!;
    const pairs = names.map((name, k) => [name, texts[(i * 31 + k * 7) % texts.length]!]);
    return `?${new URLSearchParams(pairs)}`.slice(0, 8000);
  });
}
