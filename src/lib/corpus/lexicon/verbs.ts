/** Verbs outside the scripts: what people and things do, say, want and think. */

const list = (words: string): string[] => words.trim().split(/\s+/);

/** Intransitive verbs for people doing nothing in particular. */
export const idleVerbs = list(
  "rest wait laugh sing smile talk listen whisper hum whistle nod yawn sigh sit sleep dance shout shiver stretch daydream chat joke giggle pace snore doze"
);

/** What the animals of a class do. */
export const animalVerbs: Readonly<Record<string, readonly string[]>> = {
  livestock: list("graze sleep rest wander eat drink stand"),
  pet: list("sleep play rest wait yawn doze"),
  bird: list("sing chirp call nest perch flutter circle"),
  wild: list("hide sleep wait rest run drink"),
  insect: list("buzz crawl hover swarm creep")
};

/** Verbs with a clause: `say that …`. */
export const sayVerbs = list(
  "say explain believe think know hope notice remember claim admit announce insist suspect report feel realise argue agree"
);

/** Verbs with an infinitive: `want to …`. */
export const wantVerbs = list(
  "want hope plan decide try intend prepare need offer manage start begin promise agree"
);

/** Verbs with an object and an infinitive: `ask somebody to …`. */
export const askVerbs = list("ask tell help persuade advise encourage urge order invite teach");

/** Where things and buildings are. */
export const standVerbs = list("stand lie");

/** Relations between people: transitive verbs, person → person. */
export const personVerbs = list(
  "know help meet visit greet trust admire thank remember follow respect teach call advise miss envy"
);

/** What a person can do to a thing, by the adjective group of its noun. */
const handling: Readonly<Record<string, readonly string[]>> = {
  plant: list("buy collect carry choose find sell bring share wash"),
  bloom: list("buy pick choose bring water find arrange smell"),
  tall: list("notice see plant remember admire draw measure"),
  animal: list("see notice follow watch feed find hear remember draw"),
  insect: list("notice see watch fear follow hear"),
  food: list("buy order share taste choose want carry smell"),
  liquid: list("order buy share taste drink want bring"),
  mass: list("buy need order weigh bring find"),
  material: list("buy need order choose use carry"),
  building: list("see visit know remember admire paint pass"),
  room: list("see clean visit remember enter leave"),
  place: list("see visit know remember cross leave"),
  land: list("see know remember cross explore admire"),
  vehicle: list("buy repair see own borrow notice paint rent drive"),
  paper: list("read find lose hide need sign copy"),
  cloth: list("buy find lose choose wash need fold"),
  thing: list(
    "find buy borrow carry repair clean need move notice hide lose inspect collect own lift"
  )
};

/** Verbs for what a person can do to a thing of this adjective group. */
export function handlingVerbs(group: string): readonly string[] {
  return handling[group] ?? handling.thing!;
}

/** Ways to deal with a place on foot, person → place. */
const wayVerbs: Readonly<Record<string, readonly string[]>> = {
  building: list("enter leave reach pass visit"),
  room: list("enter leave"),
  land: list("cross reach explore"),
  place: list("cross leave reach pass")
};

/** Verbs for going about in a place, by the adjective group of its noun. */
export function placeVerbs(group: string): readonly string[] {
  return wayVerbs[group] ?? wayVerbs.place!;
}

/** What can be worn, person → clothing. */
export const wearVerbs = list("wear wash sew mend iron fold");
