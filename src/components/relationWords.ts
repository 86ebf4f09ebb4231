/** What the relations of Universal Dependencies join to their head, in plain words. */
const words: Record<string, string> = {
  acl: "clause about a noun",
  advcl: "adverbial clause",
  advmod: "adverb",
  amod: "adjective",
  appos: "second name of a noun",
  aux: "auxiliary verb",
  case: "preposition",
  cc: "and, or, but",
  ccomp: "clause as object",
  compound: "part of a compound",
  conj: "joined by and, or",
  cop: "to be, before a predicate",
  csubj: "clause as subject",
  det: "article or determiner",
  expl: "there, it without meaning",
  fixed: "part of a fixed phrase",
  flat: "part of a name",
  iobj: "indirect object",
  mark: "word that opens a clause",
  nmod: "noun about a noun",
  nsubj: "subject",
  nummod: "number",
  obj: "object",
  obl: "noun of place, time, manner",
  parataxis: "clause set beside",
  vocative: "who is addressed",
  xcomp: "open clause, without subject"
};

/**
 * A relation in plain words, that of its kind where it has a subtype; empty where it is not known.
 *
 * Example: `nsubj:pass` is a subject.
 *
 * @see https://universaldependencies.org/u/dep/
 */
export function relationWords(relation: string): string {
  return words[relation.split(":")[0]!] ?? "";
}
