import {element} from "./dom.js";
import {saveFile} from "./downloads.js";
import {offer} from "./offer.js";

/** Options of {@link saveModel}. */
export interface SaveModelOptions {
  label?: string;
  /** The files, asked for at a click; what it throws is shown. */
  files: () => Promise<Map<string, Uint8Array>>;
  /** File name of the archive. */
  name: () => string;
}

/** A button that saves files as one zip archive. */
export function saveModel({
  label = "Save the model (zip)",
  files,
  name
}: SaveModelOptions): HTMLElement {
  const problem = element("span", {class: "obs-error", role: "alert"});
  const save = async (): Promise<void> => {
    problem.textContent = "";
    offer(button, false);
    try {
      const {zipSync} = await import("fflate");
      const bytes = zipSync(Object.fromEntries(await files()), {level: 0});
      saveFile(name(), "application/zip", new Blob([bytes as Uint8Array<ArrayBuffer>]));
    } catch (error) {
      problem.textContent = error instanceof Error ? error.message : String(error);
    } finally {
      offer(button, true);
    }
  };
  const button = element(
    "button",
    {type: "button", class: "obs-button", onclick: () => void save()},
    label
  );
  return element("span", {class: "obs-save obs-computes"}, button, " ", problem);
}
