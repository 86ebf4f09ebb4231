/**
 * Common nouns by class. A line is `class group kind: nouns`; the group says which adjectives suit
 * (lexicon/adjectives.ts); the kind is the hypernym that entailment examples use.
 * A class whose group ends in `*` holds mass nouns.
 */

/** A class of nouns with the same selectional behaviour. */
export interface NounClass {
  name: string;
  /** Adjective group. */
  group: string;
  /** Hypernym, singular, true of every member; `-` if the class has none. */
  kind: string;
  mass: boolean;
  nouns: string[];
}

const table = `
vegetable plant vegetable: bean carrot onion potato cabbage pea turnip leek radish beet pumpkin pepper cucumber tomato parsnip squash artichoke lentil shallot cauliflower
fruit plant fruit: apple pear plum cherry peach lemon orange grape melon berry fig apricot lime mango currant olive quince banana strawberry raspberry
flower bloom flower: rose tulip daisy lily poppy violet orchid marigold sunflower daffodil iris pansy carnation dahlia primrose bluebell peony
tree tall tree: oak pine birch willow maple elm beech cedar poplar chestnut spruce hazel sycamore juniper walnut fir alder larch
livestock animal animal: cow sheep goat pig horse hen duck goose donkey pony calf lamb rooster ox mule turkey bull
pet animal animal: dog cat rabbit hamster puppy kitten parrot canary terrier hound tortoise spaniel
bird animal bird: sparrow robin crow owl swallow finch heron eagle hawk pigeon gull lark swan raven stork blackbird thrush woodpecker magpie falcon wren nightingale
wild animal animal: fox deer wolf bear hare squirrel badger otter hedgehog boar mouse rat frog toad lizard snake mole beaver lynx weasel
insect insect insect: bee ant butterfly beetle moth wasp cricket dragonfly ladybird grasshopper mosquito hornet
seafood food animal: eel sardine crab lobster oyster mussel herring anchovy prawn clam mackerel trout salmon
tool tool tool: hammer saw axe shovel spade rake hoe chisel drill wrench ladder brush knife pitchfork sickle scythe crowbar screwdriver trowel mallet clamp broom
container container container: box basket barrel crate sack bag jar bottle bucket chest trunk pouch tub jug tray hamper carton urn kettle vase
furniture furniture -: table chair bench bed shelf cupboard desk stool sofa wardrobe lamp mirror carpet curtain cradle armchair bookcase dresser rug clock
clothing cloth -: coat hat scarf glove boot shoe shirt dress jacket sweater belt cap apron cloak sock skirt blouse mitten sandal uniform robe waistcoat shawl
vehicle vehicle vehicle: cart truck van bus car bicycle wagon tractor tram carriage lorry motorcycle sledge taxi scooter
boat vehicle boat: ferry canoe raft yacht sailboat barge rowboat trawler dinghy schooner kayak
instrument instrument instrument: violin piano flute drum guitar trumpet cello harp clarinet fiddle banjo accordion oboe lute trombone mandolin tambourine bassoon
building building building: house barn cottage mill tower church castle cabin hut shed inn station factory library museum temple theatre hotel warehouse chapel palace lighthouse bakery tavern
room room room: kitchen hall cellar attic bedroom parlour pantry studio workshop corridor bathroom balcony lobby
landform land -: hill river lake valley forest meadow mountain stream road path pond island cliff cave swamp beach bay marsh ravine glacier waterfall canyon dune
dish food dish: soup cake pie stew omelette pancake sandwich pudding tart salad pastry dumpling sausage casserole muffin roast curry
ingredient* mass ingredient: flour sugar butter salt cream honey cheese rice garlic oil vinegar cinnamon ginger yeast chocolate mustard parsley
drink* liquid drink: tea coffee milk juice wine cider lemonade cocoa
document paper document: letter note report map list ticket bill receipt contract certificate permit postcard invoice memo leaflet passport telegram
book paper book: novel dictionary textbook atlas comic memoir diary biography cookbook guidebook
stationery small -: pen pencil ruler notebook eraser envelope stamp crayon marker folder stapler
timber* material material: wood oak pine cedar timber bamboo
stuff* material material: stone clay sand gravel cement marble plaster glass granite slate
metal* material metal: iron steel copper silver gold bronze tin brass
fabric* material fabric: wool cotton silk linen velvet lace satin denim felt tweed
part part part: wheel engine gear valve pump motor brake cable switch lever piston filter battery axle pipe fan hinge chain pulley
toy small toy: doll ball kite puzzle puppet balloon whistle
jewel fine jewel: ring necklace bracelet brooch crown pearl diamond ruby medal watch earring pendant locket
limb body -: arm leg hand foot knee shoulder wrist ankle elbow finger toe neck thumb
ailment trouble illness: cough fever rash headache infection wound burn bruise fracture sprain
remedy small medicine: pill bandage vaccine tablet ointment syrup lozenge
sportgear tool -: racket bat net helmet ski skate saddle oar paddle trophy javelin
artwork fine artwork: painting sculpture portrait statue drawing mosaic sketch mural photograph tapestry engraving
crime trouble crime: theft robbery burglary forgery fraud kidnapping
subject* topic subject: history chemistry biology geography algebra grammar astronomy geometry botany poetry
specimen small -: sample crystal fossil shell seed leaf bone feather mineral pebble
device device device: microscope telescope camera computer radio printer scanner sensor laser thermometer telephone
event gathering event: festival concert wedding meeting parade lecture contest ceremony picnic auction exhibition conference party
thought topic -: idea plan problem question answer mistake secret promise rumour lesson reason decision
meal gathering meal: breakfast lunch dinner supper banquet
relative person person: brother sister cousin uncle aunt son daughter nephew niece grandmother grandfather
friend person person: friend neighbour colleague assistant partner helper
crowd person person: visitor guest stranger child villager customer passenger traveller tourist student
worker person worker: carpenter plumber baker tailor mechanic weaver potter porter clerk guard painter driver cobbler blacksmith librarian
`;

/** All noun classes by name. */
export const nounClasses: ReadonlyMap<string, NounClass> = new Map(
  table
    .trim()
    .split("\n")
    .map((line): [string, NounClass] => {
      const [heading, words] = line.split(": ") as [string, string];
      const [label, group, kind] = heading.split(" ") as [string, string, string];
      const name = label.replace("*", "");
      const nouns = words.split(" ");
      return [name, {name, group, kind, mass: label.endsWith("*"), nouns}];
    })
);

const classOfNoun = new Map<string, NounClass>();
for (const entry of nounClasses.values()) {
  for (const noun of entry.nouns) if (!classOfNoun.has(noun)) classOfNoun.set(noun, entry);
}

/** Adjective groups of nouns that only scripts use; a noun in no list is an ordinary object. */
const groups: Record<string, string> = {
  place:
    "field garden plot pasture orchard market square harbour port village town city courtroom ward surgery pharmacy stadium gym pool arena track pitch court stage street yard quay pier dock shore coast camp airport platform park border deck farmyard rink",
  building:
    "stable clinic hospital cafe restaurant shop store hostel gallery school university office archive laboratory observatory bank prison depot gymnasium coop hut dome",
  room: "classroom office studio storeroom cellar courtroom dressing-room dining-room cabin tent",
  land: "reef lagoon wreck peak ravine slope hill reef desert site",
  paper:
    "poem essay article page chapter report timetable speech manual logbook form prescription label poster",
  topic:
    "theory result method experiment case argument verdict sentence price offer deal question mistake error evidence plan idea",
  gathering:
    "match race game trial trip journey voyage tour rehearsal performance show play concert festival exam test song sonata piece hymn carol tune melody ballad drama",
  plant: "crop seed seedling sapling herb",
  egg: "egg",
  food: "fish meat vegetable catch loaf trout salmon batter cake pie tart broth",
  liquid: "water milk sauce paint ink tea",
  animal: "gull swan stork",
  container: "suitcase trunk tin pot pan bowl churn carton crate backpack oven",
  vehicle: "train plane ship trawler ketch",
  fine: "crown vase trophy",
  cloth: "costume mask suit",
  part: "machine engine press pillar beam bolt nail screw string button",
  body: "finger arm"
};
const groupOfNoun = new Map<string, string>();
for (const [group, words] of Object.entries(groups)) {
  for (const noun of words.split(" ")) groupOfNoun.set(noun, group);
}

/** The adjective group of a noun. */
export function adjectiveGroup(noun: string): string {
  return groupOfNoun.get(noun) ?? classOfNoun.get(noun)?.group ?? "thing";
}

/** The hypernym of a noun, singular, or null. Example: `hypernym("carrot")` is `"vegetable"`. */
export function hypernym(noun: string): string | null {
  const kind = classOfNoun.get(noun)?.kind ?? "-";
  return kind === "-" || kind === noun ? null : kind;
}

/** Other nouns of the same class, which can stand in its place; none for a noun of the scripts alone. */
export function classmates(noun: string): string[] {
  return (classOfNoun.get(noun)?.nouns ?? []).filter((other) => other !== noun);
}

/** A class by name. @throws {Error} for a name that is not in the table (a fault of ours) */
export function nounClass(name: string): NounClass {
  const found = nounClasses.get(name);
  if (!found) throw new Error(`no noun class ${name}`);
  return found;
}
