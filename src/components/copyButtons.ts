/**
 * Gives Framework's buttons beside blocks of code a name that says which block each copies; their drawing
 * has none.
 */
export function nameCopyButtons(root: ParentNode = document): void {
  for (const button of root.querySelectorAll(".observablehq-pre-copy")) {
    const code = button.nextElementSibling?.textContent.trim() ?? "";
    const [first = ""] = code.split("\n");
    const start = first.length > 40 ? `${first.slice(0, 40)}…` : first;
    button.setAttribute("aria-label", `Copy code: ${start}`);
    button.querySelector("svg")?.setAttribute("aria-hidden", "true");
  }
}
