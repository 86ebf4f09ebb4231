import {InputError} from "../../errors.js";
import {printable} from "../../json.js";

/** Where a model's files may be, from what a reader typed. */
export interface HubLocation {
  /** What to call the model: `owner/name`, or the host and path of another server. */
  name: string;
  /** Addresses to append file names to, all of one origin, in the order to try. */
  bases: string[];
}

const hub = "https://huggingface.co";
const hubHosts = new Set(["huggingface.co", "www.huggingface.co", "hf.co"]);

/**
 * Reads the address of a model: `owner/name`, `owner/name@revision`, the address of its page on the
 * Hub (with `/tree/…`, `/blob/…` or `/resolve/…` or without), or a folder on any server that holds
 * the same files, as they are or under `resolve/main/`. Query and fragment are left out.
 *
 * Example: `albert/albert-base-v2` → `https://huggingface.co/albert/albert-base-v2/resolve/main/`.
 *
 * @throws InputError if it is none of these
 */
export function parseHubUrl(text: string): HubLocation {
  const typed = text.trim();
  const short = /^([\w.-]+(?:\/[\w.-]+)?)(?:@([\w./-]+))?$/.exec(typed);
  if (short && !/(^|\/)\.+(\/|$|@)/.test(typed)) {
    const base = `${hub}/${short[1]}/resolve/${encodeURIComponent(short[2] ?? "main")}/`;
    return {name: typed, bases: [base]};
  }
  let url: URL;
  try {
    url = new URL(typed);
  } catch {
    throw new InputError(
      `'${printable(typed)}' is not the address of a model (expected owner/name or https://…)`
    );
  }
  if (url.protocol !== "https:" && url.protocol !== "http:")
    throw new InputError(`'${printable(typed)}' must begin with https:// or http://`);
  if (url.username !== "" || url.password !== "")
    throw new InputError("the address of a model must not contain a user name or password");
  const path = url.pathname.replace(/\/[^/]+\.(safetensors|json|model)$/, "/");
  const folder = url.origin + (path.endsWith("/") ? path : `${path}/`);
  const revision = /^(.*?\/)(?:resolve|tree|blob|raw)\/([^/]+)\/(.*)$/.exec(folder);
  if (revision) {
    const name = revision[1]!.slice(url.origin.length + 1, -1);
    return {name, bases: [`${revision[1]}resolve/${revision[2]}/${revision[3]}`]};
  }
  const name = folder.slice(url.protocol.length + 2, -1);
  if (hubHosts.has(url.hostname)) {
    const repository = path.split("/").filter((part) => part !== "");
    if (repository.length < 1 || repository.length > 2)
      throw new InputError(
        `'${printable(typed)}' is not a model's page (expected ${hub}/owner/name)`
      );
    return {name: repository.join("/"), bases: [`${folder}resolve/main/`]};
  }
  return {name, bases: [folder, `${folder}resolve/main/`]};
}
