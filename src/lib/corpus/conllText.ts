import {InputError} from "../errors.js";
import {shapeDocuments, type PlainDocuments} from "./plainText.js";

/** Documents of a CoNLL-U file: its `# text` comments, or its words, cut at `# newdoc`. */
export function conlluDocuments(text: string, file: string): PlainDocuments {
  const notes: string[] = [];
  const documents: string[][] = [[]];
  let words: string[] = [];
  let written = "";
  let line = 0;
  const close = (): void => {
    const sentence = written || words.join(" ");
    if (sentence !== "") documents.at(-1)!.push(sentence);
    words = [];
    written = "";
  };
  for (const row of text.split("\n")) {
    ++line;
    if (row.trim() === "") close();
    else if (row.startsWith("# newdoc")) documents.push([]);
    else if (row.startsWith("# text = ")) written = row.slice(9).trim();
    else if (!row.startsWith("#")) {
      const fields = row.split("\t");
      if (fields.length !== 10) {
        throw new InputError(
          `${file}: line ${line}: ${fields.length} fields, expected CoNLL-U's 10`
        );
      }
      if (/^\d+$/.test(fields[0]!)) words.push(fields[1]!);
    }
  }
  close();
  return {
    documents: shapeDocuments(
      documents.filter((document) => document.length > 0),
      notes
    ),
    notes
  };
}

/** Documents of a CoNLL file: the words of each sentence, a document at each `-DOCSTART-`. */
export function conllDocuments(text: string): PlainDocuments {
  const notes = ["read as CoNLL: one word a line with its tag; the tags were left out"];
  const documents: string[][] = [[]];
  let words: string[] = [];
  for (const line of `${text}\n`.split("\n")) {
    const word = line.trim().split(/[\t ]/, 1)[0]!;
    if (word === "-DOCSTART-") documents.push([]);
    else if (word !== "") words.push(word);
    else if (words.length > 0) {
      documents.at(-1)!.push(words.join(" "));
      words = [];
    }
  }
  return {
    documents: shapeDocuments(
      documents.filter((document) => document.length > 0),
      notes
    ),
    notes
  };
}
