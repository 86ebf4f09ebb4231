import type {
  GivenAddress,
  GivenFile,
  StartWeights,
  TaskSource
} from "../lib/engine/fineTuning/protocol.js";
import type {FineTuneTask} from "../lib/finetune/tasks.js";
import {errorMessage} from "../lib/errors.js";
import {choices} from "./choices.js";
import {element, emit, withValue} from "./dom.js";
import type {View} from "./dom.js";
import {fileDrop} from "./fileDrop.js";
import type {FileDrop} from "./fileDrop.js";

/** What to learn, from which rows, starting from which weights. */
export interface TaskChoice {
  task: string;
  start: StartWeights;
  /** Null while a file is wanted and none is given. */
  source: TaskSource | null;
}

/** Options of {@link taskForm}. */
export interface TaskFormOptions {
  /** Tasks in order; the first of `generated` is chosen at first. */
  tasks: readonly FineTuneTask[];
  /** Ids of the tasks whose rows can be generated. */
  generated: readonly string[];
  /** Numbers of generated rows to choose from; see `rows`. */
  sizes: readonly number[];
  /** Task at first, default "sst2". */
  initial?: string;
  /** Number of generated rows at first, default the last but one of `sizes`. */
  rows?: number;
  /** Weights to start from at first, default those of the model. */
  start?: StartWeights;
  /** Names of a table's columns, to choose from; may read the file or fetch it. Default: none. */
  columnsOf?: (source: GivenFile | GivenAddress) => Promise<string[]>;
}

/** What each kind of file looks like. */
const layouts: Record<FineTuneTask["kind"], string> = {
  classification: "GLUE's TSV, CSV, JSONL or Parquet with a text and a label column",
  regression: "the STS benchmark's CSV or TSV, or Parquet: two texts and a score from 0 to 5",
  tags: "CoNLL: a word and its tag on each line, a blank line after each sentence",
  answers: "SQuAD's JSON, version 1.1 or 2.0"
};

const asks: Record<string, string> = {
  cola: "acceptability (CoLA)",
  sst2: "sentiment (SST-2)",
  mrpc: "paraphrase (MRPC)",
  stsb: "similarity (STS-B)",
  qqp: "same question (QQP)",
  mnli: "entailment (MNLI)",
  qnli: "question and answer (QNLI)",
  rte: "entailment, two classes (RTE)",
  wnli: "pronouns (WNLI)",
  classification: "classes of your own",
  ner: "named entities (CoNLL)",
  squad: "answers in a text (SQuAD 1.1)",
  squad2: "answers or none (SQuAD 2.0)"
};

/** Task, rows and start of a fine-tuning run. */
export function taskForm({
  tasks,
  generated,
  sizes,
  initial = "sst2",
  rows = sizes.at(-2),
  start: firstStart = "pretrained",
  columnsOf = () => Promise.resolve([])
}: TaskFormOptions): View<TaskChoice> {
  const pick = element(
    "select",
    {
      "aria-label": "Task",
      onchange: () => {
        refresh();
        if (where.value === "files") void offerColumns();
      }
    },
    tasks.map(({id, name}) =>
      element("option", {value: id, selected: id === initial}, asks[id] ?? name)
    )
  );
  const where = choices<"generated" | "files" | "address">("Rows", [
    {value: "generated", label: "generated here"},
    {value: "files", label: "files of yours"},
    {value: "address", label: "at an address"}
  ]);
  const size = element(
    "select",
    {"aria-label": "Training rows", onchange: () => refresh()},
    sizes.map((n) => element("option", {value: n, selected: n === rows}, n.toLocaleString("en")))
  );
  const sizeLine = element(
    "label",
    {class: "obs-pick"},
    element("span", {}, "Training rows"),
    size
  );
  const drop = (label: string): FileDrop =>
    fileDrop({
      label,
      accept: ".tsv,.csv,.jsonl,.json,.parquet,.conll,.txt",
      maxBytes: 67_108_864,
      paste: false
    });
  const train = drop("the training file");
  const dev = drop("the dev file (else part of the training file is held out)");
  const address = (label: string) => {
    const box = element("input", {
      type: "url",
      placeholder: "https://…",
      autocomplete: "off",
      onchange: () => refresh()
    });
    return {box, line: element("label", {class: "obs-pick"}, element("span", {}, label), box)};
  };
  const trainUrl = address("Training file");
  const devUrl = address("Dev file");
  const addresses = element(
    "div",
    {class: "obs-task-addresses"},
    trainUrl.line,
    devUrl.line,
    element(
      "p",
      {class: "obs-muted"},
      "Fetched when you press Train, without cookies, and read in this browser. A server that lets no other site read it (CORS) refuses: save the file and give it as one of yours. Without a dev file, part of the training file is held out."
    )
  );
  const layout = element("p", {class: "obs-muted"});
  const known = element("datalist", {id: "obs-task-columns"});
  const column = (label: string, placeholder: string) => {
    const box = element("input", {
      type: "text",
      placeholder,
      spellcheck: "false",
      oninput: () => refresh()
    });
    box.setAttribute("list", known.id);
    return {box, line: element("label", {class: "obs-pick"}, element("span", {}, label), box)};
  };
  const text = column("Text column", "found by name");
  const pair = column("Second text", "none");
  const label = column("Label column", "found by name");
  const look = element(
    "button",
    {type: "button", onclick: () => void offerColumns()},
    "Read its columns"
  );
  const found = element("p", {class: "obs-muted", role: "status"});
  const columns = element(
    "div",
    {class: "obs-columns"},
    text.line,
    pair.line,
    label.line,
    look,
    found
  );
  const files = element(
    "div",
    {class: "obs-task-files"},
    layout,
    train,
    dev,
    addresses,
    columns,
    known
  );
  const start = choices<StartWeights>(
    "Start from",
    [
      {value: "pretrained", label: "the model's weights"},
      {value: "random", label: "random weights of its shape"}
    ],
    firstStart
  );
  const note = element("p", {class: "obs-muted"});
  const node: View<TaskChoice> = withValue(
    element(
      "div",
      {class: "obs-view obs-task-form"},
      element("label", {class: "obs-pick"}, element("span", {}, "Task"), pick),
      where,
      note,
      sizeLine,
      files,
      start
    ),
    {} as TaskChoice
  );

  function read(): TaskChoice {
    return {task: pick.value, start: start.value, source: source()};
  }

  function source(): TaskSource | null {
    if (where.value === "generated") {
      const n = Number(size.value);
      if (!generated.includes(pick.value)) return null;
      return {kind: "generated", seed: 1, train: n, dev: Math.ceil(n / 4)};
    }
    const [given, other] =
      where.value === "address"
        ? [addressIn(trainUrl.box), addressIn(devUrl.box)]
        : [fileIn(train), fileIn(dev)];
    if (!given) return null;
    const named = (value: string) => (value.trim() === "" ? undefined : value.trim());
    return {
      kind: "files",
      train: given,
      dev: other,
      columns: {
        text: named(text.box.value),
        pair: named(pair.box.value),
        label: named(label.box.value)
      }
    };
  }

  function show(): void {
    const task = tasks.find(({id}) => id === pick.value)!;
    const isGenerated = where.value === "generated";
    sizeLine.hidden = !isGenerated || !generated.includes(task.id);
    files.hidden = isGenerated;
    addresses.hidden = where.value !== "address";
    train.hidden = dev.hidden = where.value !== "files";
    columns.hidden = task.id !== "classification";
    look.hidden = where.value !== "address";
    layout.textContent = `Expected: ${layouts[task.kind]}. It is read here and goes nowhere.`;
    note.textContent =
      isGenerated && !generated.includes(task.id)
        ? "The grammar does not write this task: give files of your own, or choose another."
        : isGenerated && task.id === "stsb"
          ? "Pairs of generated sentences that share some words; the score is five times that share (Jaccard)."
          : isGenerated
            ? "Written by the seeded grammar of this site; dev rows come from another seed, a quarter as many."
            : "";
  }

  function refresh(): void {
    show();
    emit(node, read());
  }

  /** The columns of the table that is given, to choose from while typing. */
  async function offerColumns(): Promise<void> {
    const given = where.value === "address" ? addressIn(trainUrl.box) : fileIn(train);
    known.replaceChildren();
    found.textContent = "";
    if (!given || where.value === "generated" || columns.hidden) return;
    try {
      const names = await columnsOf(given);
      known.replaceChildren(...names.map((name) => element("option", {value: name})));
      found.textContent = names.length > 0 ? `Columns: ${names.join(", ")}` : "";
    } catch (error) {
      found.textContent = errorMessage(error);
    }
  }

  // Only refresh() speaks: the parts' own events come before the value is read.
  for (const type of ["input", "change"])
    node.addEventListener(type, (event) => {
      if (event.target !== node) event.stopImmediatePropagation();
    });
  for (const part of [where, start, train, dev]) part.addEventListener("input", () => refresh());
  for (const part of [where, train])
    part.addEventListener("input", () => {
      if (where.value === "files") void offerColumns();
    });
  show();
  node.value = read();
  return node;
}

function fileIn(drop: FileDrop): GivenFile | null {
  const given = drop.value;
  return given && "bytes" in given ? given : null;
}

function addressIn(box: HTMLInputElement): GivenAddress | null {
  return box.value.trim() !== "" && box.validity.valid ? {url: box.value.trim()} : null;
}
