/** Adjectives by the group of nouns that they suit: plain ones, and those that praise or blame. */

/** Three lists for one group of nouns. */
export interface AdjectiveGroup {
  plain: readonly string[];
  good: readonly string[];
  bad: readonly string[];
}

const list = (words: string): string[] => words.trim().split(/\s+/);
const group = (plain: string, good: string, bad: string): AdjectiveGroup => ({
  plain: list(plain),
  good: list(good),
  bad: list(bad)
});

const colours = "red blue green yellow brown white black grey";

/** Groups by name; every group that nouns.ts names is here. */
export const adjectiveGroups: Readonly<Record<string, AdjectiveGroup>> = {
  thing: group(
    "new old small large simple strange ordinary familiar",
    "excellent wonderful perfect beautiful useful impressive",
    "terrible awful useless dull ugly dreadful"
  ),
  tool: group(
    "old heavy new long sharp rusty light wooden small strong blunt",
    "useful sturdy reliable handy excellent",
    "broken useless clumsy worthless faulty"
  ),
  container: group(
    `large old small heavy wooden empty round deep square full metal ${colours}`,
    "sturdy useful beautiful solid handsome",
    "broken dirty ugly flimsy leaky"
  ),
  furniture: group(
    `old wooden large new low narrow wide round antique heavy painted ${colours}`,
    "comfortable elegant beautiful sturdy handsome splendid",
    "shabby ugly broken rickety uncomfortable hideous"
  ),
  vehicle: group(
    `old new small large slow fast empty long dusty heavy noisy modern ${colours}`,
    "reliable comfortable splendid beautiful safe swift",
    "broken rusty unsafe unreliable filthy useless"
  ),
  instrument: group(
    "old new small large wooden antique rare expensive cheap modern",
    "beautiful splendid precious superb fine wonderful",
    "broken useless worthless dreadful shabby"
  ),
  device: group(
    "new old small modern large heavy expensive tiny cheap electric simple portable",
    "reliable accurate useful excellent ingenious precise",
    "broken useless faulty unreliable outdated"
  ),
  part: group(
    "new old small large heavy metal rusty loose spare worn",
    "reliable solid sturdy perfect",
    "broken faulty useless cracked bent"
  ),
  material: group(
    "local cheap grey white dark pale",
    "excellent pure solid beautiful",
    "poor dirty worthless useless"
  ),
  mass: group("local cheap", "excellent superb perfect pure", "bad dirty poor awful"),
  plant: group(
    "green small large ripe round young red yellow wild",
    "fresh sweet juicy tasty crisp delicious healthy plump tender",
    "rotten bitter sour withered mouldy tasteless wormy spoiled"
  ),
  bloom: group(
    "red white yellow purple pink blue tall wild pale orange tiny",
    "lovely fragrant beautiful bright gorgeous fresh",
    "withered limp faded ugly dead"
  ),
  tall: group(
    "old tall young green broad dark leafy bare slender ancient",
    "majestic beautiful healthy splendid",
    "dead diseased rotten crooked"
  ),
  animal: group(
    "young old brown grey black white small large spotted thin fat hungry sleepy shy tame",
    "clever gentle healthy playful friendly faithful charming graceful",
    "sick lame vicious stubborn noisy filthy nasty"
  ),
  insect: group(
    "tiny black green brown large yellow",
    "harmless pretty beautiful",
    "annoying nasty horrid"
  ),
  small: group(
    "small tiny new old round smooth flat light cheap",
    "useful pretty perfect handy delightful",
    "broken useless damaged ugly cracked"
  ),
  food: group(
    "hot cold warm fresh plain salty spicy rich light",
    "delicious tasty excellent superb fragrant wonderful perfect",
    "awful burnt stale bland greasy soggy disgusting rancid"
  ),
  liquid: group(
    "hot cold warm clear dark cool",
    "delicious refreshing pure excellent",
    "foul sour dirty stale bitter"
  ),
  cloth: group(
    `old new long short thick thin woollen striped plain loose heavy ${colours}`,
    "elegant warm comfortable beautiful fine soft stylish",
    "shabby torn ugly dirty ragged itchy"
  ),
  paper: group(
    "long short old new official private printed famous thick thin",
    "brilliant interesting clear helpful moving witty fascinating",
    "dull confusing boring useless dreadful tedious pointless"
  ),
  fine: group(
    "old small large golden silver rare delicate modern precious tiny antique",
    "beautiful priceless exquisite magnificent lovely stunning",
    "fake ugly worthless dull hideous tasteless"
  ),
  egg: group("brown white large small fresh", "excellent perfect", "rotten broken bad"),
  body: group("left right", "strong healthy", "sore swollen stiff"),
  trouble: group(
    "sudden slight strange old",
    "harmless",
    "serious terrible dangerous painful dreadful"
  ),
  building: group(
    "old small large tall quiet empty dark new crowded famous ancient abandoned nearby",
    "beautiful pleasant splendid charming impressive lovely safe magnificent",
    "gloomy filthy ugly dreary shabby miserable ruined"
  ),
  room: group(
    "small large dark narrow empty quiet bright cold warm crowded",
    "cosy pleasant clean comfortable charming lovely",
    "gloomy filthy stuffy dreary damp miserable"
  ),
  place: group(
    "quiet old small large wide distant sunny busy empty nearby crowded green",
    "beautiful pleasant peaceful charming splendid lovely safe",
    "gloomy filthy ugly dangerous dreary noisy miserable"
  ),
  land: group(
    "wide steep distant deep quiet foggy narrow green rocky sunny wild lonely nearby",
    "beautiful peaceful lovely magnificent glorious",
    "dangerous dreary polluted bleak muddy"
  ),
  topic: group(
    "new old simple difficult strange important unusual familiar bold",
    "brilliant excellent sensible clever wise fair fruitful",
    "foolish bad silly hopeless unfair terrible absurd"
  ),
  gathering: group(
    "long short small large local famous formal annual",
    "wonderful exciting great marvellous cheerful memorable enjoyable",
    "boring terrible dull disappointing chaotic dreadful tiresome"
  ),
  person: group(
    "young old tall short thin quiet busy tired strong curious serious shy ambitious practical modest",
    "kind honest brave clever generous friendly patient skilful polite wise gifted loyal",
    "rude lazy careless selfish dishonest cruel greedy arrogant impatient grumpy"
  )
};

/** A feeling of a person, with the preposition that names its cause. */
export interface Feeling {
  adjective: string;
  preposition: string;
}

const feelings = (text: string): Feeling[] =>
  list(text).map((entry) => {
    const [adjective, preposition] = entry.split(":") as [string, string];
    return {adjective, preposition};
  });

/** Feelings that a good outcome gives. */
export const goodFeelings = feelings(
  "happy:with proud:of pleased:with delighted:with satisfied:with grateful:for content:with thrilled:with glad:about enthusiastic:about fond:of"
);

/** Feelings that a bad outcome gives. */
export const badFeelings = feelings(
  "unhappy:with disappointed:with angry:about upset:about ashamed:of worried:about annoyed:with sorry:about furious:about tired:of frustrated:with bored:with"
);

/** Verbs of praise and blame, person → anything. */
export const praise = list("praise admire love enjoy like appreciate recommend treasure");
export const blame = list("criticise hate dislike despise mock detest condemn regret");

/** Adjectives of manner, to be made adverbs, for what people do on purpose. */
export const manners = list(
  "careful slow quick quiet patient calm cheerful eager gentle busy proud nervous silent skilful steady brave thoughtful neat prompt diligent hasty happy anxious solemn clumsy swift thorough hopeful tireless reluctant brisk bold confident"
);

/** Adjectives of days and seasons. */
export const dayAdjectives = list(
  "cold warm rainy sunny windy foggy bright cloudy frosty stormy mild chilly hot grey clear"
);

const colourWords = new Set(
  "red blue green yellow brown white black grey pink purple orange golden silver".split(" ")
);

const opposites = new Set(
  `old new|old modern|ancient new|ancient modern|large small|large tiny|small big|large little
   big little|big tiny|small huge|young old|tall small|long short|thick thin|empty full
   quiet busy|quiet crowded|quiet noisy|empty crowded|empty busy|distant nearby|narrow wide
   hot cold|hot warm|hot cool|warm cold|warm cool|slow fast|dark bright|light heavy|light dark
   thin fat|wild tame|heavy tiny|common rare|cheap expensive|cheap rare|cheap precious
   round square|round long|round flat|sharp blunt|new worn|new rusty|new antique|old fresh
   warm bright|simple strange|familiar strange|ordinary strange|familiar unusual|familiar new
   difficult simple|woollen striped|loose tight|wooden metal|new famous|low tall|narrow deep
   short tall|ancient old|small little|small tiny|abandoned busy|abandoned crowded|abandoned new
   deep steep|plain striped|official private|handwritten printed|dark pale|dark white|white dark
   green dark|spotted black|spotted white|spotted brown|spotted grey|leafy bare|bare green
   large delicate|antique modern|silver modern|hungry sleepy`
    .split(/[|\n]/)
    .map((pair) => pair.trim())
);

/** Whether a thing can be both: "wide and quiet", but not "old and new" or "red and green". */
export function compatible(a: string, b: string): boolean {
  if (a === b || (colourWords.has(a) && colourWords.has(b))) return false;
  return !opposites.has(`${a} ${b}`) && !opposites.has(`${b} ${a}`);
}
