/** What is installed: from the registry, in exact versions, under licences that let the site be given away. */
import {readFileSync} from "node:fs";
import {describe, expect, test} from "vitest";

interface Locked {
  version: string;
  resolved?: string;
  integrity?: string;
  license?: string;
  dev?: boolean;
  inBundle?: boolean;
}

const read = <T>(file: string) => JSON.parse(readFileSync(file, "utf8")) as T;
const {packages} = read<{packages: Record<string, Locked>}>("package-lock.json");
const locked = Object.entries(packages).filter(([path]) => path !== "");

/** Licences of what ships or builds; a choice between several counts by the one that is taken. */
const allowed = new Set([
  ...[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BlueOak-1.0.0",
    "CC0-1.0",
    "ISC",
    "MIT"
  ],
  ...["MIT-0", "Python-2.0", "Unlicense", "Zlib"]
]);
/** For what is only run on a developer's machine: its files may be used but are not passed on. */
const allowedInTests = new Set([...allowed, "MPL-2.0"]);

/** Packages from before npm had one field for it; each licence was read in the package. */
const readByHand: Record<string, string> = {"node_modules/json-bignum": "MIT"};

/** Whether an SPDX expression without nesting can be met by the allowed licences. */
const isMet = (expression: string, licences: ReadonlySet<string>) =>
  expression
    .replace(/[()]/g, "")
    .split(" OR ")
    .some((choice) => choice.split(" AND ").every((each) => licences.has(each)));

describe("package-lock.json", () => {
  test("names what is installed in exact versions with a checksum, all from the registry", () => {
    expect(locked.length).toBeGreaterThan(300);
    for (const [path, {version, resolved, integrity, inBundle}] of locked) {
      expect(version, path).toMatch(/^\d+\.\d+\.\d+/);
      if (inBundle) continue; // comes inside its parent's file, under its parent's checksum
      expect(integrity, path).toMatch(/^sha512-/);
      if (resolved) expect(resolved, path).toMatch(/^https:\/\/registry\.npmjs\.org\//);
    }
  });

  test("holds only licences that are allowed", () => {
    const refused = locked
      .filter(([path, {license = readByHand[path], dev, inBundle}]) =>
        license === undefined ? !inBundle : !isMet(license, dev ? allowedInTests : allowed)
      )
      .map(([path, {license}]) => `${path}: ${license}`);
    expect(refused).toEqual([]);
    expect(isMet("GPL-3.0-or-later", allowed)).toBe(false);
    expect(isMet("(MIT AND GPL-2.0)", allowed)).toBe(false);
  });
});

test("package.json asks for exact versions, and npm runs no scripts of packages", () => {
  const {dependencies, devDependencies} =
    read<Record<string, Record<string, string>>>("package.json");
  for (const [name, version] of Object.entries({...dependencies, ...devDependencies}))
    expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
  const npmrc = readFileSync(".npmrc", "utf8");
  expect(npmrc).toMatch(/^ignore-scripts=true$/m);
  expect(npmrc).toMatch(/^save-exact=true$/m);
});
