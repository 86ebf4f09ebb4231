import type {Random} from "../random.js";

/**
 * Names of people, places and organisations, put together from syllables of our own: no list of
 * real names was used, so a name means only what a document says about it.
 */

const onsets =
  "Ba Bre Ca Da Dre E Fa Fe Ga Gre Ha He Ida Ja Ke La Lo Ma Me Mi Na Ne O Pa Re Ro Sa Se Ta Te To Va Ve Wi Ya Zo".split(
    " "
  );
const femaleEndings = "lia mira nessa rina vela dine thea lise rana wyn sia lenne".split(" ");
const maleEndings = "dor rik lan mund vin ten gar bert nor mas don ric".split(" ");
const familyStarts =
  "Al Bran Cor Dun El Far Gris Hal Ing Kel Lun Mar Nor Ost Pel Quar Rov Stan Tor Ul Var Wes Yar Zel".split(
    " "
  );
const familyEndings = "vek son ler ridge man berg low ton dale kin wick stad bury mark".split(" ");
const placeStarts =
  "Ash Bel Bren Cal Dal Ever Fen Glen Har Kin Lor Mill Nar Old Pen Quil Raven Sil Thorn Ulm Vel Win Yel Zan".split(
    " "
  );
const placeEndings = "ford nick ham wold mouth brook stead field bridge port haven mere".split(" ");
const places = ["Lake", "Port", "Mount", "Cape", "North", "South", "East", "West"];

/** A person's name. */
export interface PersonName {
  first: string;
  family: string;
  gender: "f" | "m";
}

/** Picks an item; the first ones are picked more often, as words are in real text. */
export function pickSkewed<T>(random: Random, items: readonly T[]): T {
  const u = random.uniform();
  return items[Math.floor(items.length * Math.pow(u, 3))]!;
}

/** A new name for a person. */
export function personName(random: Random): PersonName {
  const gender = random.uniform() < 0.5 ? "f" : "m";
  return {
    gender,
    first:
      pickSkewed(random, onsets) + pickSkewed(random, gender === "f" ? femaleEndings : maleEndings),
    family: familyName(random)
  };
}

function familyName(random: Random): string {
  return pickSkewed(random, familyStarts) + pickSkewed(random, familyEndings);
}

/** A new place name, as words. Example: `["Lake", "Brenford"]`. */
export function placeName(random: Random): string[] {
  const stem = pickSkewed(random, placeStarts) + pickSkewed(random, placeEndings);
  return random.uniform() < 0.2 ? [random.pick(places), stem] : [stem];
}

/** A new name of an organisation, as words, to follow "the". Example: `["Brenford", "Hospital"]`. */
export function organisationName(random: Random, kinds: readonly string[]): string[] {
  const first =
    random.uniform() < 0.5
      ? familyName(random)
      : pickSkewed(random, placeStarts) + pickSkewed(random, placeEndings);
  return [first, random.pick(kinds)];
}
