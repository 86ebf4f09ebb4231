import {element, emit, withValue} from "./dom.js";
import type {View} from "./dom.js";
import {showDragging} from "./dropZone.js";
import {formatBytes} from "./formats.js";
import {handOn} from "./handOn.js";
import {reads} from "./onceRead.js";

/** What the reader gave: a file, pasted text, or several files of one model. */
export type FileValue =
  | {name: string; bytes: Uint8Array}
  | {name: string; text: string}
  | {name: string; files: Map<string, Uint8Array>};

/** Options of {@link fileDrop}. */
export interface FileDropOptions {
  /** What to drop, default "a text file". */
  label?: string;
  /** File types of the picker, for example ".txt,.csv"; any may be dropped. */
  accept?: string;
  /** Largest size taken, of all files together, in bytes; default 20 MB. */
  maxBytes?: number;
  /** Whether to offer a box for pasting, default true. */
  paste?: boolean;
  /** Words in the empty box. */
  placeholder?: string;
  /** Whether several files make one value, default false. */
  multiple?: boolean;
  /** What is wrong with a value as one sentence, or null; a refused value changes nothing. */
  validate?: (value: FileValue) => string | null;
}

/** Files that are read at once. */
const atOnce = 32;

/** A drop zone that can be told of an error found later. */
export type FileDrop = View<FileValue | null> & {
  /** Shows an error under the zone; null clears it. */
  fail(message: string | null): void;
  /** Forgets what was given, as Remove does. */
  clear(): void;
};

/**
 * A place for the reader's own text or files: drop, pick or paste. It says name and size, refuses
 * with one sentence what is empty or too large, and nothing leaves the browser. A refused file
 * leaves the last good one in place.
 */
export function fileDrop({
  label = "a text file",
  accept,
  maxBytes = 20_000_000,
  paste = true,
  placeholder = "or paste text here",
  multiple = false,
  validate = () => null
}: FileDropOptions = {}): FileDrop {
  const picker = element("input", {
    type: "file",
    class: "obs-picker",
    accept,
    multiple,
    "aria-label": `choose ${label}`
  });
  const what = element("span", {class: "obs-file", "aria-live": "polite"});
  const clear = element(
    "button",
    {type: "button", hidden: true, onclick: () => remove()},
    "Remove"
  );
  const problem = element("p", {class: "obs-error", role: "alert"});
  /** Counts what was given, so that a file that is read for long does not take the place of a later one. */
  let given = 0;
  let reading = 0;
  const zone = element(
    "label",
    {class: "obs-zone"},
    picker,
    element(
      "span",
      {},
      element("strong", {}, `Drop ${label} here`),
      " or ",
      element("u", {}, "choose")
    ),
    element(
      "span",
      {class: "obs-muted"},
      `up to ${formatBytes(maxBytes)}; it stays in this browser`
    )
  );
  const box = element("textarea", {
    rows: 3,
    placeholder,
    "aria-label": placeholder,
    spellcheck: "false"
  });
  const use = element(
    "button",
    {type: "button", onclick: () => offer({name: "pasted text", text: box.value})},
    "Use this text"
  );
  const node = withValue(
    element(
      "div",
      {class: "obs-view obs-drop"},
      zone,
      problem,
      paste && element("div", {class: "obs-paste"}, box, use),
      element("div", {class: "obs-given"}, what, clear)
    ),
    null as FileValue | null
  );
  // Typing is not yet an answer; only settle() speaks.
  for (const type of ["input", "change"])
    node.addEventListener(type, (event) => {
      if (event.target !== node) event.stopImmediatePropagation();
    });

  function fail(message: string | null): void {
    problem.textContent = message ?? "";
  }

  function size(value: FileValue): number {
    if ("bytes" in value) return value.bytes.byteLength;
    if ("text" in value) return new TextEncoder().encode(value.text).byteLength;
    let sum = 0;
    for (const bytes of value.files.values()) sum += bytes.byteLength;
    return sum;
  }

  function offer(value: FileValue): void {
    given += 1;
    const bytes = size(value);
    const empty = "text" in value ? value.text.trim() === "" : bytes === 0;
    const message = empty
      ? `${value.name}: empty (expected some text)`
      : bytes > maxBytes
        ? tooLarge(value.name, bytes)
        : validate(value);
    if (message === null) settle(value);
    else fail(message);
  }

  function tooLarge(name: string, bytes: number): string {
    return `${name}: ${formatBytes(bytes)} (expected at most ${formatBytes(maxBytes)})`;
  }

  function remove(): void {
    given += 1;
    settle(null);
  }

  function settle(value: FileValue | null): void {
    fail(null);
    what.textContent = value ? `${value.name} · ${formatBytes(size(value))}` : "";
    if (value === null) handOn(clear);
    clear.hidden = value === null;
    emit(node, value);
  }

  async function read(list: FileList | readonly File[]): Promise<void> {
    const files = Array.from(list);
    if (files.length === 0) return;
    const names = files.map((file) => file.name);
    if (!multiple && files.length > 1)
      return fail(`${files.length} files: ${names.join(", ")} (expected one)`);
    // Asked before reading: a file of gigabytes must not be read to be refused.
    const bytes = files.reduce((sum, file) => sum + file.size, 0);
    const name = multiple && files.length > 1 ? folderName(files) : names[0]!;
    if (bytes > maxBytes) return fail(tooLarge(name, bytes));
    const mine = ++given;
    reading += 1;
    zone.setAttribute("aria-busy", "true");
    try {
      const read: Uint8Array[] = [];
      // some at a time: a folder of thousands of files would hold the page up
      for (let first = 0; first < files.length; first += atOnce) {
        const some = files.slice(first, first + atOnce).map((file) => file.arrayBuffer());
        for (const buffer of await Promise.all(some)) read.push(new Uint8Array(buffer));
        if (mine !== given) return;
      }
      offer(
        multiple
          ? {name, files: new Map(names.map((n, i) => [n, read[i]!]))}
          : {name, bytes: read[0]!}
      );
    } catch (error) {
      if (mine === given) fail(`${name}: could not be read (${(error as Error).message})`);
    } finally {
      reading -= 1;
      if (reading === 0) zone.removeAttribute("aria-busy");
    }
  }

  picker.addEventListener("change", () => {
    reads(read(picker.files ?? []));
    // The same file may be chosen again after it was edited.
    setTimeout(() => (picker.value = ""));
  });
  showDragging(zone);
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    const transfer = event.dataTransfer;
    const text = transfer?.getData("text/plain");
    if (transfer && transfer.files.length > 0) reads(read(transfer.files));
    else if (text) offer({name: "dropped text", text});
  });

  return Object.assign(node, {
    fail,
    clear: () => {
      if (node.value !== null) remove();
    }
  });
}

function folderName(files: readonly File[]): string {
  const folder = (files[0]!.webkitRelativePath ?? "").split("/")[0];
  return folder || `${files.length} files`;
}
