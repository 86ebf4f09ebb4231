/** Folders of data sets in their published layouts: which task each holds, and its files. */
import {readdir} from "node:fs/promises";
import {join} from "node:path";
import {fineTuneTask, fineTuneTasks, type FineTuneTask} from "../src/lib/finetune/tasks.js";
import {fileName, isFolder, withPath} from "./files.js";

/** A task with the files of its rows. */
export interface TaskFiles {
  task: FineTuneTask;
  train: string;
  /** Null where only one file is there: part of its rows is held out. */
  dev: string | null;
  /** Of a set in several languages: which file this is, "de". */
  language?: string;
}

/** What a run calls the task of some files: its id, and the language where there are several. */
export function taskLabel({task, language}: TaskFiles): string {
  return language === undefined ? task.id : `${task.id}-${language}`;
}

/** Files that hold rows; others (READMEs, licences) are passed over. */
const rowsOf: Record<"texts" | "tags" | "answers", RegExp> = {
  texts: /\.(?:tsv|csv|txt|jsonl|ndjson|parquet)$/i,
  tags: /\.(?:conll|conll2003|bio|iob|iob2)$/i,
  answers: /\.json$/i
};

const isTrain = /(?:^|[-_.])train(?:ing)?(?:[-_.]|$)/i;
const isDev = /(?:^|[-_.])(?:dev|valid|validation|testa)(?:[-_.]|$)/i;

/** The task of a folder's name; null where only its files say it. */
function namedTask(name: string): FineTuneTask | null {
  const known = fineTuneTasks.find(({id}) => {
    try {
      return id !== "ax" && fineTuneTask(name).id === id;
    } catch {
      return false;
    }
  });
  return known ?? null;
}

/**
 * The files of one folder, as a task; empty where it holds none that can be trained on. Of SQuAD's JSON in
 * several languages one task for each that is asked for.
 */
async function taskIn(folder: string, languages: readonly string[]): Promise<TaskFiles[]> {
  const names = (await withPath(folder, () => readdir(folder))).sort();
  const like = (kind: keyof typeof rowsOf) => names.filter((name) => rowsOf[kind].test(name));
  const tags = like("tags");
  const named = namedTask(fileName(folder));
  const task =
    named ??
    (tags.length > 0
      ? fineTuneTask("ner")
      : /squad|xquad|mlqa/i.test(fileName(folder)) && like("answers").length > 0
        ? fineTuneTask(/2/.test(fileName(folder)) ? "squad2" : "squad")
        : null);
  if (!task) return [];
  const files =
    task.kind === "answers" ? like("answers") : task.kind === "tags" ? tags : like("texts");
  if (task.kind === "answers" && languages.length > 0)
    return languages.flatMap((language) => {
      const file = files.find((name) => name.toLowerCase().includes(`.${language}.`));
      return file === undefined ? [] : [{task, train: join(folder, file), dev: null, language}];
    });
  // Of several languages the English file is taken.
  const train =
    files.find((name) => isTrain.test(name)) ??
    files.find((name) => /[-_.]en\./i.test(name)) ??
    (files.length === 1 ? files[0] : undefined);
  if (train === undefined) return [];
  // MNLI has two dev sets; the matched one comes first.
  const dev = files.find((name) => isDev.test(name));
  return [{task, train: join(folder, train), dev: dev === undefined ? null : join(folder, dev)}];
}

/**
 * The tasks whose files lie in a folder or in the folders in it, in the order of the tasks. The
 * folder's name says which it is (`SST-2`, `CoLA`, …); CoNLL files are named entities.
 *
 * @param languages in which SQuAD's JSON is taken (`xquad.de.json`); none: one file, the English of several
 */
export async function findTasks(
  folder: string,
  languages: readonly string[] = []
): Promise<TaskFiles[]> {
  const names = await withPath(folder, () => readdir(folder));
  const inside: string[] = [];
  for (const name of names.sort())
    if (await isFolder(join(folder, name)).catch(() => false)) inside.push(join(folder, name));
  const each = [folder, ...inside].map((path) => taskIn(path, languages));
  const found = (await Promise.all(each)).flat();
  const place = ({task}: TaskFiles) => fineTuneTasks.indexOf(task);
  return found.sort((a, b) => place(a) - place(b));
}
