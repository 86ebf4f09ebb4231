import {InputError} from "../errors.js";
import type {TagDataset, TagExample} from "./dataset.js";
import type {FineTuneTask} from "./tasks.js";

/**
 * A CoNLL file: a word a line, its tag in the last of the columns (tabs or spaces), a blank line
 * after each sentence; `-DOCSTART-` lines and comments (`# sent_id = 1`) belong to none. Tags of IOB1,
 * BIOES and BILOU become those of IOB2, which a note says.
 *
 * @param known tags that a model knows; default: those of the file
 * @param unlabelled whether a file of words alone, one column, is taken
 * @throws InputError with the line, for another number of columns or a tag that is none of BIO
 */
export function readConll(
  text: string,
  file: string,
  task: FineTuneTask,
  known?: readonly string[],
  unlabelled = false
): TagDataset {
  const examples: TagExample[] = [];
  let open: TagExample = {words: [], tags: [], line: 1};
  let columns = 0;
  let converted = 0;
  let ended = 0;
  const close = (line: number) => {
    if (open.words.length > 0) examples.push(open);
    open = {words: [], tags: [], line};
  };
  const lines = text.split("\n");
  lines.forEach((content, i) => {
    const number = i + 1;
    if (content.trim() === "") return close(number + 1);
    const fields = content.includes("\t") ? content.split("\t") : content.trim().split(/ +/);
    if (fields[0] === "-DOCSTART-") return close(number + 1);
    if (/^#\s*\S+\s*=[^\t]*$/.test(content)) return;
    const where = `${file}: line ${number}`;
    columns ||= fields.length;
    if (fields.length !== columns)
      throw new InputError(
        `${where}: ${fields.length} ${fields.length === 1 ? "column" : "columns"}, expected ${columns} (a word first, its tag last)`
      );
    if (columns < 2 && !unlabelled)
      throw new InputError(`${where}: one column, expected a word and its tag`);
    const given = columns < 2 ? "O" : fields.at(-1)!.trim();
    const tag = given.replace(/^[SU]-/, "B-").replace(/^[EL]-/, "I-");
    if (!/^(?:O|[BI]-\S+)$/.test(tag))
      throw new InputError(`${where}: tag '${given.slice(0, 40)}' (expected O, B-TYPE or I-TYPE)`);
    if (tag !== given) ended += 1;
    const before = open.tags.at(-1) ?? "O";
    const continues = tag.startsWith("I-") && before.slice(2) === tag.slice(2) && before !== "O";
    if (tag.startsWith("I-") && !continues) converted += 1;
    open.words.push(fields[0]!);
    open.tags.push(tag.startsWith("I-") && !continues ? `B-${tag.slice(2)}` : tag);
  });
  close(lines.length);
  if (examples.length === 0) throw new InputError(`${file}: no sentences (expected CoNLL lines)`);
  const notes: string[] = [];
  if (converted > 0)
    notes.push(
      `${converted} ${converted === 1 ? "entity begins" : "entities begin"} with I-: read as IOB1 and converted to IOB2`
    );
  if (ended > 0)
    notes.push(
      `${ended} ${ended === 1 ? "tag marks an end" : "tags mark an end"} (BIOES or BILOU): read as IOB2`
    );
  const types = new Set(examples.flatMap(({tags}) => tags.map((tag) => tag.slice(2))));
  types.delete("");
  const found = ["O", ...[...types].sort().flatMap((type) => [`B-${type}`, `I-${type}`])];
  const labels = known ? [...known] : found;
  const unknown = [...types].filter((type) => !labels.includes(`B-${type}`));
  if (unknown.length > 0)
    notes.push(`the model knows no tag of type ${unknown.join(", ")}: those entities are missed`);
  const isUnlabelled = columns < 2 && {isUnlabelled: true};
  return {task, name: file, kind: "tags", examples, labels, notes, ...isUnlabelled};
}
