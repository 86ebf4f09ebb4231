/** Ways to bound the room that the browser gives the site, and what it must leave as it was. */
import type {Page} from "./browser.js";

/** The room of the site that a page belongs to. */
export async function roomOf(page: Page, baseURL: string) {
  const session = await page.context().newCDPSession(page);
  const {origin} = new URL(baseURL);
  const limit = async (quotaSize?: number) => {
    await session.send("Storage.overrideQuotaForOrigin", {origin, quotaSize});
  };
  const usage = () => page.evaluate(async () => (await navigator.storage.estimate()).usage!);
  return {
    /** Leaves so many bytes. */
    leave: async (bytes: number) => limit((await usage()) + bytes),
    free: () => limit()
  };
}

/** The room left where something needs so many bytes. */
export const rooms = (need: number) =>
  [
    ["need − 1", need - 1],
    ["half", Math.floor(need / 2)],
    ["nothing", 0]
  ] as const;

/** What is said where there is no room: how much is needed, and what may go. */
export const noRoom = /has no room for [\d.]+ MB more\. Delete runs/;

/** A file that is kept. */
export interface KeptFile {
  path: string;
  bytes: number;
  sha256: string;
}

/** Every file of a folder of the private file system and of those in it, by path; none where it is not there. */
export const filesIn = (page: Page, name: string): Promise<KeptFile[]> =>
  page.evaluate(async (top) => {
    type Listable = FileSystemDirectoryHandle & {
      entries(): AsyncIterable<[string, FileSystemHandle]>;
    };
    const found: {path: string; bytes: number; sha256: string}[] = [];
    const walk = async (folder: FileSystemDirectoryHandle, at: string): Promise<void> => {
      for await (const [each, handle] of (folder as Listable).entries()) {
        const path = `${at}/${each}`;
        if (handle.kind === "directory") await walk(handle as FileSystemDirectoryHandle, path);
        else {
          const file = await (handle as FileSystemFileHandle).getFile();
          const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
          const sha256 = [...new Uint8Array(digest)].map((byte) => byte.toString(16)).join(" ");
          found.push({path, bytes: file.size, sha256});
        }
      }
    };
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle(top).catch(() => null);
    if (folder) await walk(folder, top);
    return found.sort((a, b) => a.path.localeCompare(b.path));
  }, name);

/** Bytes of files. */
export const sizeOf = (files: readonly KeptFile[]) =>
  files.reduce((sum, {bytes}) => sum + bytes, 0);
