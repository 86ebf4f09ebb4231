/** Files that are written beside the one they are to replace, and what is left of them after a kill. */
import {readdir, rm, stat} from "node:fs/promises";
import {hostname} from "node:os";
import {join} from "node:path";

/** A process of another machine that has given no sign for so long is taken to be gone. */
export const silentMs = 120_000;

/** The draft of a file, which no other process writes. */
export const draftOf = (path: string): string => `${path}.${process.pid}@${hostname()}.new`;

const draft = /\.(\d+)@([^/\\]+)\.new$/;

/** Removes the drafts in a folder, and in those it holds, whose process is gone. */
export async function dropDrafts(folder: string): Promise<void> {
  const names = await readdir(folder, {recursive: true}).catch(() => []);
  for (const name of names) {
    const [, pid, host] = draft.exec(name) ?? [];
    if (pid === undefined) continue;
    const path = join(folder, name);
    if (!(await isWritten(path, Number(pid), host!))) await rm(path, {force: true});
  }
}

/** Whether the process of a draft may be writing it. */
async function isWritten(path: string, pid: number, host: string): Promise<boolean> {
  if (host === hostname()) return isAlive(pid);
  const {mtimeMs} = await stat(path).catch(() => ({mtimeMs: 0}));
  return Date.now() - mtimeMs < silentMs;
}

/** Whether a process of this machine is there. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
