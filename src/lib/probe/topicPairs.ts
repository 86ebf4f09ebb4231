/** Minimal pairs of topic: one noun of a sentence says what is talked about, and so what else is. */
import {article} from "../corpus/morphology.js";
import {sentenceText} from "../corpus/text.js";
import type {DocumentTruth, SentenceTruth} from "../corpus/types.js";
import type {Random} from "../random.js";
import type {MinimalPair} from "./minimalPairs.js";

/** In how many topics a word must be found to say nothing of the topic. */
const fewestTopics = 3;
/** How often a noun must be found, and how much of that in one topic, to say the topic. */
const fewestTimes = 4;
const leastShare = 0.9;

/** Topics of each content word's lemma, with how often it is found in each. */
function topicsOf(truth: readonly DocumentTruth[]): Map<string, Map<string, number>> {
  const found = new Map<string, Map<string, number>>();
  for (const {topic, sentences} of truth)
    for (const sentence of sentences)
      sentence.lemmas.forEach((lemma, i) => {
        if (!isContent(sentence, i)) return;
        const counts = found.get(lemma) ?? new Map<string, number>();
        found.set(lemma, counts.set(topic, (counts.get(topic) ?? 0) + 1));
      });
  return found;
}

const isContent = ({pos}: SentenceTruth, i: number) => /^(?:NOUN|VERB|ADJ)$/.test(pos[i]!);

/** The topic that a lemma says, or null. */
function topicSaid(counts: ReadonlyMap<string, number> | undefined): string | null {
  const all = [...(counts ?? [])];
  const total = all.reduce((sum, [, n]) => sum + n, 0);
  const best = all.reduce((a, b) => (b[1] > a[1] ? b : a), ["", 0] as [string, number]);
  return total >= fewestTimes && best[1] >= leastShare * total ? best[0] : null;
}

/** A sentence with two nouns that say its topic, every other content word at home in several. */
interface TopicSentence {
  topic: string;
  sentence: SentenceTruth;
  /** Places of the noun that stays in sight, and of the one after it, which is hidden. */
  seen: number;
  hidden: number;
}

function topicSentences(
  truth: readonly DocumentTruth[],
  topics: ReadonlyMap<string, ReadonlyMap<string, number>>
): TopicSentence[] {
  return truth.flatMap(({topic, sentences}) =>
    sentences.flatMap((sentence): TopicSentence[] => {
      const said = sentence.lemmas.flatMap((lemma, i) =>
        sentence.pos[i] === "NOUN" && topicSaid(topics.get(lemma)) === topic ? [i] : []
      );
      const [seen, hidden, ...more] = said;
      const isOpen = sentence.lemmas.every(
        (lemma, i) =>
          said.includes(i) || !isContent(sentence, i) || topics.get(lemma)!.size >= fewestTopics
      );
      if (seen === undefined || hidden === undefined || more.length > 0 || !isOpen) return [];
      return sentence.lemmas[seen] === sentence.lemmas[hidden]
        ? []
        : [{topic, sentence, seen, hidden}];
    })
  );
}

/** A noun that says a topic, and what stands in its place must share: word, relation, number, "a" or "an". */
interface TopicNoun {
  topic: string;
  word: string;
  slot: string;
}

function topicNoun(sentence: SentenceTruth, at: number, topic: string): TopicNoun {
  const {words, lemmas, heads, deprels, number} = sentence;
  const word = words[at]!.toLowerCase();
  const sound = /^an?$/i.test(words[at - 1] ?? "") ? article(word) : "";
  const head = lemmas[heads[at]! - 1] ?? "";
  return {topic, word, slot: `${deprels[at]} of ${head}, ${number[at]} ${sound}`};
}

/**
 * "The violinist received [MASK]" against "the detective received [MASK]": nothing but the one noun
 * says whether music or justice is talked about. Both nouns of the other topic stand elsewhere in the
 * very relation to the very word that they have here, so that either sentence can be said.
 */
export function topicPairs(truth: readonly DocumentTruth[], random: Random): MinimalPair[] {
  const topics = topicsOf(truth);
  const bySlot = new Map<string, TopicNoun[]>();
  for (const {topic, sentences} of truth)
    for (const sentence of sentences)
      sentence.lemmas.forEach((lemma, i) => {
        if (sentence.pos[i] !== "NOUN" || topicSaid(topics.get(lemma)) !== topic) return;
        const noun = topicNoun(sentence, i, topic);
        const alike = bySlot.get(noun.slot);
        if (alike) alike.push(noun);
        else bySlot.set(noun.slot, [noun]);
      });
  const others = (sentence: SentenceTruth, at: number, topic: string) =>
    bySlot.get(topicNoun(sentence, at, topic).slot)!.filter((noun) => noun.topic !== topic);
  return topicSentences(truth, topics).flatMap(({topic, sentence, seen, hidden}): MinimalPair[] => {
    const instead = others(sentence, hidden, topic);
    const pairs = others(sentence, seen, topic).flatMap((noun) =>
      instead
        .filter((answer) => answer.topic === noun.topic)
        .map((answer) => [noun, answer] as const)
    );
    if (pairs.length === 0) return [];
    const [noun, answer] = random.pick(pairs);
    const masked = sentence.words.map((word, i) => (i === hidden ? "[MASK]" : word));
    const isCapital = /^[A-Z]/.test(sentence.words[seen]!);
    const swapped = isCapital ? noun.word[0]!.toUpperCase() + noun.word.slice(1) : noun.word;
    return [
      {
        clean: sentenceText(masked),
        corrupted: sentenceText(masked.map((word, i) => (i === seen ? swapped : word))),
        answers: [sentence.words[hidden]!.toLowerCase(), answer.word]
      }
    ];
  });
}
