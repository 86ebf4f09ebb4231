/**
 * What a link may leave out of a page: the settings of its figures and runs, or all that computes with a
 * model here, which carries the class `obs-computes`.
 */
export const hideable = ["settings", "runs"] as const;
export type Hideable = (typeof hideable)[number];

/** What a link to a class says. */
export interface ClassRules {
  /** Seeds, steps and recipes stay as the link gives them, so that everyone sees the same curves. */
  isLocked: boolean;
  hidden: readonly Hideable[];
}

/** Reads `locked=1` and `hide=settings,runs` from a query; unknown words are left out. */
export function classRules(search: string): ClassRules {
  const query = new URLSearchParams(search);
  const asked = (query.get("hide") ?? "").split(",");
  return {
    isLocked: query.get("locked") === "1",
    hidden: hideable.filter((name) => asked.includes(name))
  };
}

/** A query with other rules for a class. */
export function withRules(search: string, {isLocked, hidden}: ClassRules): string {
  const query = new URLSearchParams(search);
  if (isLocked) query.set("locked", "1");
  else query.delete("locked");
  if (hidden.length > 0) query.set("hide", hidden.join(","));
  else query.delete("hide");
  return query.toString();
}

/** Marks a page so that the style sheet hides what its link leaves out. */
export function applyClassRules(search: string, page: HTMLElement = document.body): void {
  const {hidden} = classRules(search);
  if (hidden.length > 0) page.dataset.hide = hidden.join(" ");
  else delete page.dataset.hide;
}

/**
 * Keeps the fields of views as they are: they stay to be read, by a screen reader too, and take nothing
 * new. Folds still open; a place for files takes none.
 */
export function lockFields(...views: Element[]): void {
  for (const view of views) {
    for (const field of view.querySelectorAll<HTMLInputElement>("input, select, textarea, button"))
      field.disabled = true;
    for (const drop of [view, ...view.querySelectorAll(".obs-drop")])
      if (drop.matches(".obs-drop")) (drop as HTMLElement).inert = true;
  }
}
