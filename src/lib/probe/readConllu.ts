/** A CoNLL-U treebank with its tags and trees. */
import {decodeText} from "../corpus/decode.js";
import {InputError} from "../errors.js";
import type {ProbeCorpus, ProbeSentence} from "./sentences.js";

/** Sentences of a made-up document where the file names none. */
const blockLength = 10;

interface Row {
  form: string;
  pos: string;
  head: number;
  relation: string;
  number: string | null;
  line: number;
}

const numbers = new Map([
  ["Sing", "sing"],
  ["Plur", "plur"]
]);

/**
 * Reads words, universal tags, heads, relations and number from a CoNLL-U file, documents cut at `# newdoc`.
 * Ranges of surface words (`1-2`) and empty nodes (`1.1`) are passed over. A file without documents
 * is cut into blocks of ten sentences, which a note says.
 *
 * @throws InputError with the line, for anything but ten fields, a number out of order, or a head
 *   that is none of the sentence's words
 * @see https://universaldependencies.org/format.html
 */
export function readConllu(bytes: Uint8Array, file: string): ProbeCorpus {
  const {text, notes} = decodeText(bytes, file);
  const documents: ProbeSentence[][] = [];
  let hasDocuments = false;
  let rows: Row[] = [];
  const close = () => {
    if (rows.length === 0) return;
    for (const {head, line} of rows)
      if (head > rows.length)
        throw new InputError(
          `${file}: line ${line}: head ${head} (expected 0 to ${rows.length}, the words of the sentence)`
        );
    if (documents.length === 0) documents.push([]);
    documents.at(-1)!.push({
      words: rows.map(({form}) => form),
      pos: rows.map(({pos}) => pos),
      heads: rows.map(({head}) => head),
      relations: rows.map(({relation}) => relation),
      number: rows.map(({number}) => number),
      entities: null,
      topic: null,
      sentiment: null
    });
    rows = [];
  };
  text.split("\n").forEach((content, i) => {
    const line = i + 1;
    if (content.trim() === "") return close();
    if (content.startsWith("# newdoc")) {
      hasDocuments = true;
      documents.push([]);
    }
    if (content.startsWith("#")) return;
    const fields = content.split("\t");
    if (fields.length !== 10)
      throw new InputError(
        `${file}: line ${line}: ${fields.length} fields, expected CoNLL-U's 10, separated by tabs`
      );
    const [id, form, , pos, , features, head, relation] = fields as [string, ...string[]];
    if (/^\d+[-.]\d+$/.test(id)) return;
    if (id !== String(rows.length + 1))
      throw new InputError(
        `${file}: line ${line}: word number '${id.slice(0, 20)}' (expected ${rows.length + 1})`
      );
    if (!/^\d+$/.test(head!))
      throw new InputError(
        `${file}: line ${line}: head '${head!.slice(0, 20)}' (expected the number of a word, or 0)`
      );
    const number = /(?:^|\|)Number=(\w+)/.exec(features!)?.[1];
    rows.push({
      form: form!,
      pos: pos!,
      head: Number(head),
      relation: relation!,
      number: numbers.get(number ?? "") ?? null,
      line
    });
  });
  close();
  const told = documents.filter((document) => document.length > 0);
  if (told.length === 0) throw new InputError(`${file}: no sentences (expected CoNLL-U lines)`);
  if (hasDocuments) return {name: file, documents: told, notes};
  const sentences = told.flat();
  const blocks = Array.from({length: Math.ceil(sentences.length / blockLength)}, (_, i) =>
    sentences.slice(i * blockLength, (i + 1) * blockLength)
  );
  const note = `the file names no documents (# newdoc): cut into blocks of ${blockLength} sentences`;
  return {name: file, documents: blocks, notes: [...notes, note]};
}
