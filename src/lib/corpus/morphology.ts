/** English inflection: regular rules and the irregular words of our lexicon. */

/** The five forms of a verb. */
export interface VerbForms {
  base: string;
  third: string;
  past: string;
  participle: string;
  gerund: string;
}

const irregularPlurals: Record<string, string> = {
  sheep: "sheep",
  deer: "deer",
  trout: "trout",
  salmon: "salmon",
  fish: "fish",
  ox: "oxen",
  goose: "geese",
  mouse: "mice",
  foot: "feet",
  tooth: "teeth",
  child: "children",
  man: "men",
  woman: "women",
  person: "people",
  calf: "calves",
  wolf: "wolves",
  knife: "knives",
  shelf: "shelves",
  scarf: "scarves",
  loaf: "loaves",
  leaf: "leaves",
  half: "halves",
  wife: "wives",
  thief: "thieves",
  hoof: "hooves",
  potato: "potatoes",
  tomato: "tomatoes",
  mosquito: "mosquitoes",
  hero: "heroes",
  echo: "echoes",
  mango: "mangoes",
  atlas: "atlases",
  fisherman: "fishermen",
  craftsman: "craftsmen",
  postman: "postmen"
};

/** past, participle */
const irregularVerbs: Record<string, [string, string]> = Object.fromEntries(
  `be was been|bear bore borne|beat beat beaten|become became become|begin began begun|bend bent bent
  bind bound bound|bite bit bitten|bleed bled bled|blow blew blown|break broke broken|breed bred bred
  bring brought brought|build built built|burst burst burst|buy bought bought|catch caught caught
  choose chose chosen|cling clung clung|come came come|cost cost cost|creep crept crept|cut cut cut
  deal dealt dealt|dig dug dug|do did done|draw drew drawn|drink drank drunk|drive drove driven
  eat ate eaten|fall fell fallen|feed fed fed|feel felt felt|fight fought fought|find found found
  flee fled fled|fly flew flown|forget forgot forgotten|forgive forgave forgiven|freeze froze frozen
  get got got|give gave given|go went gone|grind ground ground|grow grew grown|hang hung hung
  have had had|hear heard heard|hide hid hidden|hit hit hit|hold held held|hurt hurt hurt
  keep kept kept|know knew known|lay laid laid|lead led led|leave left left|lend lent lent|let let let
  lie lay lain|light lit lit|lose lost lost|make made made|mean meant meant|meet met met|pay paid paid
  put put put|read read read|ride rode ridden|ring rang rung|rise rose risen|run ran run|say said said
  see saw seen|seek sought sought|sell sold sold|send sent sent|set set set|sew sewed sewn
  shake shook shaken|shear sheared shorn|shine shone shone|shoot shot shot|show showed shown
  shut shut shut|sing sang sung|sink sank sunk|sit sat sat|sleep slept slept|slide slid slid
  sow sowed sown|speak spoke spoken|spend spent spent|spin spun spun|split split split
  spread spread spread|spring sprang sprung|stand stood stood|steal stole stolen|stick stuck stuck
  sting stung stung|strike struck struck|swear swore sworn|sweep swept swept|swim swam swum
  swing swung swung|take took taken|teach taught taught|tear tore torn|tell told told
  think thought thought|throw threw thrown|understand understood understood|wake woke woken
  wear wore worn|weave wove woven|weep wept wept|win won won|wind wound wound|withdraw withdrew withdrawn
  wring wrung wrung|write wrote written|overtake overtook overtaken|mow mowed mown|saw sawed sawn
  forecast forecast forecast|cast cast cast|rebuild rebuilt rebuilt|repay repaid repaid|kneel knelt knelt`
    .split(/[|\n]/)
    .map((line) => {
      const [base, past, participle] = line.trim().split(" ");
      return [base!, [past!, participle!]];
    })
);

/** Verbs of more than one syllable, or otherwise regular, that double their last consonant. */
const doubling = new Set(
  `admit chat chop clap commit drag drip drop equip fit flap grab hop hug jog jot knit map mop nod
  occur omit pat permit pet pin plan plot pop prefer regret rip rob rub ship shop skim skip slap
  slip snap stab step stir stop strap strum submit swap tap tip transfer trap trim trot tug unzip
  unwrap wag wrap zip dig cut put sit run swim win begin get hit shut set let forget spin split dip
  refer unplug plug scrub slam tag hum spot trot knot stun ban bet label level travel signal quarrel model cancel`.split(
    /\s+/
  )
);

const vowel = /[aeiou]/;

function sibilant(word: string): boolean {
  return /(?:s|x|z|ch|sh)$/.test(word);
}

function consonantY(word: string): boolean {
  return word.endsWith("y") && !vowel.test(word.at(-2)!);
}

/** The plural of a noun. Example: `plural("berry")` is `"berries"`. */
export function plural(noun: string): string {
  const known = irregularPlurals[noun];
  if (known !== undefined) return known;
  if (sibilant(noun)) return `${noun}es`;
  if (consonantY(noun)) return `${noun.slice(0, -1)}ies`;
  return `${noun}s`;
}

const verbCache = new Map<string, VerbForms>();

/** All forms of a verb. Example: `verbForms("carry").past` is `"carried"`. */
export function verbForms(base: string): VerbForms {
  let forms = verbCache.get(base);
  if (!forms) verbCache.set(base, (forms = inflect(base)));
  return forms;
}

function inflect(base: string): VerbForms {
  if (base === "be") {
    return {base, third: "is", past: "was", participle: "been", gerund: "being"};
  }
  const stem = doubling.has(base) ? base + base.at(-1)! : base;
  let third = `${base}s`;
  if (base === "have") third = "has";
  else if (sibilant(base) || base === "go" || base === "do") third = `${base}es`;
  else if (consonantY(base)) third = `${base.slice(0, -1)}ies`;
  let past = `${stem}ed`;
  if (base.endsWith("e")) past = `${base}d`;
  else if (consonantY(base)) past = `${base.slice(0, -1)}ied`;
  let gerund = `${stem}ing`;
  if (/ie$/.test(base)) gerund = `${base.slice(0, -2)}ying`;
  else if (/[^eoy]e$/.test(base)) gerund = `${base.slice(0, -1)}ing`;
  const irregular = irregularVerbs[base];
  return {
    base,
    third,
    past: irregular?.[0] ?? past,
    participle: irregular?.[1] ?? past,
    gerund
  };
}

const irregularComparatives: Record<string, [string, string]> = {
  good: ["better", "best"],
  bad: ["worse", "worst"]
};

/** Short adjectives whose last consonant is doubled: `big`, `bigger`. */
const shortVowel = /^[^aeiou]+[aeiou][bdgmnpt]$/;

const twoSyllables = new Set("quiet narrow clever gentle simple humble noble".split(" "));

function syllables(word: string): number {
  return word.replace(/e$/, "").match(/[aeiouy]+/g)?.length ?? 1;
}

/**
 * Comparative and superlative in one word, or null where English says "more" and "most".
 * Example: `compared("happy")` is `["happier", "happiest"]`.
 */
export function compared(adjective: string): [string, string] | null {
  const irregular = irregularComparatives[adjective];
  if (irregular) return irregular;
  const short = syllables(adjective) === 1 || twoSyllables.has(adjective);
  if (!short && !(consonantY(adjective) && syllables(adjective) === 2)) return null;
  let stem = adjective;
  if (consonantY(adjective)) stem = `${adjective.slice(0, -1)}i`;
  else if (adjective.endsWith("e")) stem = adjective.slice(0, -1);
  else if (shortVowel.test(adjective)) stem = adjective + adjective.at(-1)!;
  return [`${stem}er`, `${stem}est`];
}

/** The adverb of an adjective. Example: `adverb("happy")` is `"happily"`. */
export function adverb(adjective: string): string {
  if (adjective === "good") return "well";
  if (adjective === "fast" || adjective === "hard" || adjective === "early") return adjective;
  if (consonantY(adjective) && syllables(adjective) > 1) return `${adjective.slice(0, -1)}ily`;
  if (/[^aeiou]le$/.test(adjective)) return `${adjective.slice(0, -1)}y`;
  if (adjective.endsWith("ic")) return `${adjective}ally`;
  if (adjective.endsWith("ll")) return `${adjective}y`;
  return `${adjective}ly`;
}

/** "a" or "an", by the sound that the next word begins with. Example: `article("hour")` is `"an"`. */
export function article(next: string): "a" | "an" {
  const word = next.toLowerCase();
  if (/^(?:hour|honest|heir|honou?r)/.test(word)) return "an";
  if (/^(?:uni(?!n|m)|use|usual|eu|one|once|ukulele)/.test(word)) return "a";
  if (/^(?:8|11|18)/.test(word)) return "an";
  return /^[aeiou]/.test(word) ? "an" : "a";
}
