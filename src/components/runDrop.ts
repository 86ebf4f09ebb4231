import {element, emit, withValue} from "./dom.js";
import type {View} from "./dom.js";
import {showDragging} from "./dropZone.js";

/** Files by their paths. */
type Files = Map<string, Uint8Array>;

/** Largest size taken, of all files together, in bytes. */
const mostBytes = 1_000_000_000;

/**
 * A place for runs: zip archives that were saved here, or a run directory of the terminal, dropped or
 * picked. Its value is what was given last, paths → bytes.
 */
export function runDrop(): View<Files | null> {
  const problem = element("p", {class: "obs-error", role: "alert"});
  const picker = (label: string, attributes: Record<string, string | boolean>) => {
    const input = element("input", {
      type: "file",
      class: "obs-picker",
      "aria-label": label,
      ...attributes,
      oninput: (event) => event.stopPropagation(),
      onchange: (event) => {
        event.stopPropagation();
        const given = Array.from(input.files ?? [], (file): [string, File] => [
          file.webkitRelativePath || file.name,
          file
        ]);
        void read(given);
        setTimeout(() => (input.value = ""));
      }
    });
    return element("label", {class: "obs-run-pick"}, input, element("u", {}, label));
  };
  const zone = element(
    "div",
    {class: "obs-zone"},
    element("strong", {}, "Drop an archive or a run directory here"),
    element(
      "span",
      {},
      picker("choose archives", {accept: ".zip", multiple: true}),
      " or ",
      picker("choose a run directory", {webkitdirectory: true})
    ),
    element("span", {class: "obs-muted"}, "what the terminal's train writes, or a zip saved here")
  );
  const node: View<Files | null> = withValue(
    element("div", {class: "obs-view obs-drop"}, zone, problem),
    null as Files | null
  );

  async function read(given: readonly [string, File][]): Promise<void> {
    problem.textContent = "";
    if (given.length === 0) return;
    const bytes = given.reduce((sum, [, file]) => sum + file.size, 0);
    if (bytes > mostBytes) {
      problem.textContent = `${given[0]![0]}: ${(bytes / 1e9).toFixed(1)} GB (expected at most 1 GB)`;
      return;
    }
    zone.setAttribute("aria-busy", "true");
    try {
      const files: Files = new Map();
      for (const [path, file] of given) files.set(path, new Uint8Array(await file.arrayBuffer()));
      emit(node, files);
    } catch (error) {
      problem.textContent = `${given[0]![0]}: could not be read (${(error as Error).message})`;
    } finally {
      zone.removeAttribute("aria-busy");
    }
  }

  showDragging(zone);
  zone.addEventListener("drop", async (event) => {
    event.preventDefault();
    // The entries are gone once this handler has waited for anything.
    const entries = Array.from(event.dataTransfer?.items ?? [], (item) => item.webkitGetAsEntry());
    try {
      const found = await Promise.all(entries.map((entry) => (entry ? filesOf(entry) : [])));
      await read(found.flat());
    } catch (error) {
      problem.textContent = `the folder could not be read (${(error as Error).message})`;
    }
  });
  return node;
}

/** Every file under a dropped entry, with its path. */
async function filesOf(entry: FileSystemEntry): Promise<[string, File][]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject)
    );
    return [[entry.fullPath.replace(/^\//, ""), file]];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: [string, File][] = [];
  for (;;) {
    // A reader gives a hundred entries at a time.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject)
    );
    if (some.length === 0) return found;
    for (const each of some) found.push(...(await filesOf(each)));
  }
}
