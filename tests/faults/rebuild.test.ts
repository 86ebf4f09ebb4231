/** The same sources give the same bytes, wherever and whenever they are built. */
import {execFile} from "node:child_process";
import {createHash} from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync
} from "node:fs";
import {join} from "node:path";
import {promisify} from "node:util";
import {afterAll, expect, test} from "vitest";
import {projectRoot, toolEnvironment} from "../../bin/process.js";
import {Tally} from "./tally.js";

const folder = join(projectRoot, "test-results", "rebuild");
const parts = ["bin", "data", "src", "LICENSE", "observablehq.config.ts", "package.json"];
const made = /[\\/](\.observablehq|vendor)([\\/]|$)/;

afterAll(() => rmSync(folder, {recursive: true, force: true}));

/** SHA-256 of every file of a folder. */
function digests(root: string): Map<string, string> {
  const files = readdirSync(root, {recursive: true, encoding: "utf8"}).sort();
  return new Map(
    files
      .filter((file) => statSync(join(root, file)).isFile())
      .map((file) => [
        file,
        createHash("sha256")
          .update(readFileSync(join(root, file)))
          .digest("hex")
      ])
  );
}

/** Builds a copy of the sources in a folder of another name, with other dates on its files. */
async function build(name: string, date: Date): Promise<Map<string, string>> {
  const root = join(folder, name);
  rmSync(root, {recursive: true, force: true});
  mkdirSync(root, {recursive: true});
  for (const part of parts)
    if (existsSync(join(projectRoot, part)))
      cpSync(join(projectRoot, part), join(root, part), {
        recursive: true,
        filter: (path) => !made.test(path.slice(projectRoot.length))
      });
  symlinkSync(join(projectRoot, "node_modules"), join(root, "node_modules"));
  for (const file of readdirSync(join(root, "src"), {recursive: true, encoding: "utf8"}))
    utimesSync(join(root, "src", file), date, date);
  // fails with what it printed where the build does
  await promisify(execFile)(process.execPath, ["--import", "tsx", "bin/build.ts"], {
    cwd: root,
    env: toolEnvironment(),
    maxBuffer: 64 * 2 ** 20
  });
  return digests(join(root, "dist"));
}

test("two builds at different times in different folders are equal byte for byte", async () => {
  const tally = new Tally("rebuild", "site built twice, in other folders and with other dates");
  const [first, second] = await Promise.all([
    build("one", new Date("2020-01-02T03:04:05Z")),
    build("another", new Date("2026-05-06T07:08:09Z"))
  ]);
  expect(first.size).toBeGreaterThan(100);
  expect([...second.keys()]).toEqual([...first.keys()]);
  const differing = [...first].filter(([file, digest]) => second.get(file) !== digest);
  tally.count(
    first.size,
    differing.map(([file]) => `${file} differs`)
  );
  tally.finish("nothing: every file is equal");
}, 1_500_000);
