/** Questions made of any text: a warm-up for tasks that look for an answer in a context. */
import {Random} from "../random.js";
import type {AnswerExample} from "./dataset.js";

/** Sentences that can be asked about, and contexts, in words. */
const [shortestSentence, longestSentence] = [5, 30];
const longestContext = 60;
/** Most words of an answer, and most of the words around it that a question keeps on either side. */
const [mostAnswerWords, mostAskedWords] = [3, 8];
/** Share of a question's words that are left out, and of the questions whose words are shuffled. */
const [dropShare, shuffleShare] = [0.2, 0.3];

/** A word without the signs around it. */
const bare = (word: string) => word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "");

/**
 * Questions about texts of other sentences: a few of them make a context, a span of one of them is the
 * answer, and the words around it, some left out, are the question, with `what`, `who` or `how many` in
 * the answer's place or before them. Whoever finds the words of the question in the context has the
 * answer beside them, which a small model does not find out from a few hundred questions of people.
 *
 * @param texts sentences or longer; those of 5 to 30 words are used, longer texts sentence by sentence
 * @returns no rows where no text is long enough to be asked about
 * @see Lewis et al. 2019, "Unsupervised Question Answering by Cloze Translation", section 2.3 (noisy clozes)
 */
export function clozeQuestions(
  texts: readonly string[],
  {n, seed}: {n: number; seed: number}
): AnswerExample[] {
  const pool = texts
    .flatMap((text) => text.split(/(?<=[.!?])\s+/u))
    .map((sentence) => sentence.split(/\s+/).filter((word) => word !== ""))
    .filter(({length}) => length >= shortestSentence && length <= longestSentence);
  if (pool.length === 0) return [];
  return Array.from({length: n}, (_, row) => {
    const random = new Random(seed, "corpus", row, 78);
    const asked = random.pick(pool);
    const sentences = [asked];
    for (let words = asked.length; ;) {
      const other = random.pick(pool);
      words += other.length;
      if (words > longestContext) break;
      sentences.push(other);
    }
    random.shuffle(sentences);
    const {from, to} = answerIn(asked, random);
    const before = sentences.slice(0, sentences.indexOf(asked)).flat();
    const words = sentences.flat();
    const first = before.length + from;
    const span = words.slice(first, before.length + to).join(" ");
    const text = bare(span);
    const start = [...words.slice(0, first), ""].join(" ").length + span.indexOf(text);
    return {
      id: `cloze-${row}`,
      context: words.join(" "),
      question: questionOf(asked, from, to, random),
      answers: [{text, start}]
    };
  });
}

/** Words [from, to) of a sentence, names and numbers more often than others; never all of them. */
function answerIn(words: readonly string[], random: Random): {from: number; to: number} {
  const worth = words.map((word, i): number =>
    bare(word) === "" ? 0 : /^\P{L}*\p{N}|^\p{Lu}/u.test(word) && i > 0 ? 6 : 1
  );
  let left = random.uniform() * worth.reduce((a, b) => a + b, 0);
  let from = worth.findIndex((weight) => (left -= weight) < 0);
  if (from < 0) from = words.length - 1;
  let to = from + 1;
  const most = Math.min(words.length, from + 1 + random.int(mostAnswerWords));
  while (to < most && bare(words[to]!) !== "") ++to;
  return {from, to};
}

function questionOf(words: readonly string[], from: number, to: number, random: Random): string {
  const kept = (part: readonly string[]) =>
    part.map(bare).filter((word) => word !== "" && random.uniform() >= dropShare);
  const left = kept(words.slice(Math.max(0, from - mostAskedWords), from));
  const right = kept(words.slice(to, to + mostAskedWords));
  const answer = bare(words[from]!);
  const ask = /\p{N}/u.test(answer) ? "how many" : /^\p{Lu}/u.test(answer) ? "who" : "what";
  const parts =
    random.uniform() < shuffleShare
      ? [ask, ...random.shuffle([...left, ...right])]
      : random.uniform() < 0.5
        ? [...left, ask, ...right]
        : [ask, ...right, ...left];
  return `${parts.join(" ")}?`;
}
