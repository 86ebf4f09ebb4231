import {describe, expect, test} from "vitest";
import {findBrowser, locateBrowser, type FindEffects} from "../../bin/findBrowser.js";

interface Machine {
  present?: string[];
  broken?: string[];
  /** What each install command puts on the machine; a command that is not here fails. */
  installs?: Record<string, string[]>;
  env?: NodeJS.ProcessEnv;
  platform?: NodeJS.Platform;
  isRoot?: boolean;
}

const playwrightBrowser = "/cache/playwright/chrome";

/** An imaginary machine and the commands that were tried on it. */
function machine({
  present = [],
  broken = [],
  installs = {},
  env = {PATH: "/usr/bin"},
  platform = "linux",
  isRoot = true
}: Machine): {effects: FindEffects; tried: string[]} {
  const files = new Set([...present, ...broken]);
  const tried: string[] = [];
  const effects: FindEffects = {
    env,
    platform,
    isRoot,
    playwrightBrowser,
    exists: (path) => files.has(path),
    runs: (command, args, visible) => {
      if (!visible) return !broken.includes(command);
      const line = [command, ...args].join(" ").replace(/^.*cli\.js/, "playwright");
      tried.push(line);
      for (const file of installs[line] ?? []) files.add(file);
      return line in installs;
    },
    log: () => undefined
  };
  return {effects, tried};
}

describe("locateBrowser(effects)", () => {
  test("prefers the one that is named, then Playwright's, then the system's", () => {
    const all = ["/opt/mine", playwrightBrowser, "/usr/bin/google-chrome"];
    const env = {PATH: "/usr/bin", ALBERT_BROWSER: "/opt/mine"};
    expect(locateBrowser(machine({present: all, env}).effects)).toBe("/opt/mine");
    expect(locateBrowser(machine({present: all}).effects)).toBe(playwrightBrowser);
    expect(locateBrowser(machine({present: all.slice(2)}).effects)).toBe("/usr/bin/google-chrome");
  });

  test("passes over one that is there but does not start", () => {
    const {effects} = machine({
      broken: ["/usr/bin/chromium-browser"],
      present: ["/usr/bin/google-chrome"]
    });
    expect(locateBrowser(effects)).toBe("/usr/bin/google-chrome");
  });

  test("knows where macOS keeps it", () => {
    const path = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
    expect(locateBrowser(machine({present: [path], platform: "darwin"}).effects)).toBe(path);
  });

  test("gives null where there is none", () => {
    expect(locateBrowser(machine({}).effects)).toBeNull();
  });
});

describe("findBrowser(effects)", () => {
  test("installs nothing where one is there", () => {
    const {effects, tried} = machine({present: ["/usr/bin/chromium"]});
    expect(findBrowser(effects)).toBe("/usr/bin/chromium");
    expect(tried).toEqual([]);
  });

  test("installs Playwright's where that works", () => {
    const {effects} = machine({
      isRoot: false,
      installs: {"playwright install chromium": [playwrightBrowser]}
    });
    expect(findBrowser(effects)).toBe(playwrightBrowser);
  });

  test("falls back to the distribution's package manager as root on Linux", () => {
    const {effects, tried} = machine({
      installs: {
        "apt-get update": [],
        "apt-get install -y --no-install-recommends chromium": ["/usr/bin/chromium"]
      }
    });
    expect(findBrowser(effects)).toBe("/usr/bin/chromium");
    expect(tried[0]).toMatch(/^playwright install/);
  });

  test("does not take an installer's word for it", () => {
    const {effects, tried} = machine({
      installs: {"playwright install chromium --with-deps": [], "apk add --no-cache chromium": []}
    });
    expect(() => findBrowser(effects)).toThrow(/^no browser to test with: .*$/);
    expect(tried.at(-1)).toBe("apk add --no-cache chromium");
  });

  test("never calls a package manager without the right to", () => {
    const {effects, tried} = machine({isRoot: false});
    expect(() => findBrowser(effects)).toThrow("no browser to test with");
    expect(tried).toEqual(["playwright install chromium"]);
  });
});
