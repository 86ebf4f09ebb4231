/** The stored model as files to drop, and changes of it that no loader should take. */
import {readFileSync} from "node:fs";

const folder = "src/data/laptop";

/** A file as Playwright's `setInputFiles` takes it. */
export interface TestFile {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** The named files of the stored model's folder. */
export function modelFiles(
  names: readonly string[] = ["config.json", "model.safetensors", "spiece.model"]
): TestFile[] {
  return names.map((name) => ({
    name,
    mimeType: "application/octet-stream",
    buffer: readFileSync(`${folder}/${name}`)
  }));
}

/** The stored model with one number of its config.json changed, so that the tensors do not fit. */
export function misfitModel(): TestFile[] {
  return modelFiles().map((file) => {
    if (file.name !== "config.json") return file;
    const config = JSON.parse(file.buffer.toString()) as {hidden_size: number};
    config.hidden_size *= 2;
    return {...file, buffer: Buffer.from(JSON.stringify(config))};
  });
}

/** The stored model's configuration. */
export function storedConfig(): Record<string, number> {
  return JSON.parse(readFileSync(`${folder}/config.json`, "utf8")) as Record<string, number>;
}
