/** One process at a time in a run directory: two would mix their rows. */
import {readFile, rm, stat, utimes, writeFile} from "node:fs/promises";
import {rmSync} from "node:fs";
import {hostname} from "node:os";
import {join} from "node:path";
import {InputError} from "../src/lib/errors.js";
import {dropDrafts, isAlive, silentMs} from "./drafts.js";
import {makeFolder, withPath} from "./files.js";

/** Who writes in a folder. */
interface Holder {
  pid: number;
  host: string;
}

/**
 * Holds a folder for this process, which makes it where it is missing; gives the way to let go of it, which
 * the end of the process is too. What a process left that was killed is taken over, its drafts are removed.
 *
 * @throws InputError where another process holds it
 */
export async function holdFolder(folder: string): Promise<() => void> {
  await makeFolder(folder);
  const path = join(folder, ".lock");
  const mine: Holder = {pid: process.pid, host: hostname()};
  const claim = () => writeFile(path, JSON.stringify(mine), {flag: "wx"});
  await withPath(path, async () => {
    try {
      return await claim();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = await heldBy(path);
    if (holder)
      throw new InputError(
        `${folder}: process ${holder.pid} of ${holder.host} is writing here (wait for it, or remove ${path} if it is gone)`
      );
    await rm(path, {force: true});
    await claim();
  });
  const now = () => new Date();
  const beat = setInterval(() => void utimes(path, now(), now()).catch(() => {}), silentMs / 4);
  beat.unref();
  const release = () => {
    clearInterval(beat);
    process.off("exit", release);
    rmSync(path, {force: true});
  };
  process.on("exit", release);
  await dropDrafts(folder);
  return release;
}

/** Does work in a folder that this process holds meanwhile. @throws InputError where another holds it */
export async function holdingFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const release = await holdFolder(folder);
  try {
    return await work();
  } finally {
    release();
  }
}

/** The process that holds a lock; null where it is gone, or where what is there is no lock. */
async function heldBy(path: string): Promise<Holder | null> {
  let holder: Holder;
  try {
    holder = JSON.parse(await readFile(path, "utf8")) as Holder;
  } catch {
    return null;
  }
  if (holder.host === hostname()) return isAlive(holder.pid) ? holder : null;
  const {mtimeMs} = await stat(path);
  return Date.now() - mtimeMs < silentMs ? holder : null;
}
