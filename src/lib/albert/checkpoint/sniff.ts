/**
 * What a file is, told from its first bytes, when it is one of the files people have in place of the
 * one they meant: a git-lfs pointer, a saved web page, a pickle. Null if it is none of them.
 *
 * @param start the first bytes of the file, 64 are enough
 * @returns a clause that follows "is", with what to do: `a git-lfs pointer (…)`
 */
export function describeForeignFile(start: Uint8Array): string | null {
  const text = String.fromCharCode(...start.subarray(0, 64));
  if (text.startsWith("version https://git-lfs"))
    return "a git-lfs pointer, not the file itself (fetch the real file: git lfs pull)";
  if (isWebPage(start)) return "a web page (HTML), not the file itself (download the file again)";
  if (text.startsWith("PK\x03\x04"))
    return `a zip file, as PyTorch's pickle checkpoints are (${convert})`;
  if (isPickle(start)) return `a Python pickle, which could run code on loading (${convert})`;
  if (text.startsWith("\x89HDF")) return `an HDF5 file, as TensorFlow writes (${convert})`;
  if (text.startsWith("GGUF")) return `a GGUF file (${convert})`;
  if (start[0] === 0x1f && start[1] === 0x8b) return "a gzip file (unpack it first)";
  if (/^\s*[{[]/.test(text)) return "a text in JSON, not a file of tensors";
  return null;
}

/** Whether the bytes begin as a web page does. */
export function isWebPage(start: Uint8Array): boolean {
  const text = String.fromCharCode(...start.subarray(0, 64));
  return /^(?:ï»¿)?\s*<(?:!doctype|html|head|body|\?xml|!--)/i.test(text);
}

/** Whether the bytes begin as a pickle of protocol 2 to 5 does; older ones are plain text. */
export function isPickle(start: Uint8Array): boolean {
  return start[0] === 0x80 && start[1]! >= 2 && start[1]! <= 5;
}

/** What to do with weights that are not safetensors. */
export const convert =
  "convert it to model.safetensors: model.save_pretrained(folder) in Python does";
