/** The model that ships with the site, as the engine takes a folder. */

/** A served file, as far as it is needed here; Framework's FileAttachment is one. */
export interface ServedFile {
  arrayBuffer(): Promise<ArrayBuffer>;
}

/**
 * Fetches the files of a shipped model folder, all at once.
 *
 * @param name what the model is called on the page
 * @param files by their names in the folder, `config.json`, `model.safetensors`, `spiece.model`
 * @returns the input of the engine's `loadModel`
 */
export async function storedModel(
  name: string,
  files: Readonly<Record<string, ServedFile>>
): Promise<{name: string; files: Map<string, Uint8Array>}> {
  const read = Object.entries(files).map(async ([file, served]): Promise<[string, Uint8Array]> => [
    file,
    new Uint8Array(await served.arrayBuffer())
  ]);
  return {name, files: new Map(await Promise.all(read))};
}
