import {canTakeFocus, controlsIn, focusBeside} from "./handOn.js";

/** What a control is called, and its place among others. */
export interface Stand {
  name: string;
  at: number;
}

type NameOf = (control: HTMLElement) => string;

const controlName: NameOf = (control) =>
  control.getAttribute("aria-label") ?? control.textContent.trim();

/** Where a node stands among controls; null where it is none of them. */
export function standOf(
  node: Element | null,
  among: readonly HTMLElement[],
  nameOf = controlName
): Stand | null {
  const at = among.indexOf(node as HTMLElement);
  return at < 0 ? null : {name: nameOf(among[at]!), at};
}

/** The control that is called so, of several the nearest; else the one in its place, or the last. */
export function standingAt(
  {name, at}: Stand,
  among: readonly HTMLElement[],
  nameOf = controlName
): HTMLElement | undefined {
  const away = (i: number) => Math.abs(i - at);
  const named = among.flatMap((each, i) => (nameOf(each) === name ? [i] : []));
  return (
    among[named.length ? named.reduce((best, i) => (away(i) < away(best) ? i : best)) : at] ??
    among.at(-1)
  );
}

/**
 * Puts other nodes into a part of the page. A focus in it goes on to the control of the same name, or in
 * the same place; where none comes, to the next one on the page.
 *
 * @param nameOf what a control is known by; default its label
 */
export function refill(part: Element, nodes: readonly Node[], nameOf = controlName): void {
  const controls = () => controlsIn(part).filter(canTakeFocus);
  const {activeElement} = document;
  const isHeld = part !== activeElement && part.contains(activeElement);
  const stand = isHeld ? (standOf(activeElement, controls(), nameOf) ?? {name: "", at: 0}) : null;
  part.replaceChildren(...nodes);
  if (!stand) return;
  const next = standingAt(stand, controls(), nameOf);
  if (next) next.focus({preventScroll: true});
  else focusBeside(part);
}
