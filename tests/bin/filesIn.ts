import {mkdirSync, readFileSync, writeFileSync} from "node:fs";
import {dirname, join} from "node:path";

/** Writes and reads text files of a folder that each test makes anew, folders on the way included. */
export const filesIn = (folder: () => string) => ({
  write(name: string, text: string): void {
    const file = join(folder(), name);
    mkdirSync(dirname(file), {recursive: true});
    writeFileSync(file, text);
  },
  read: (name: string): string => readFileSync(join(folder(), name), "utf8")
});
