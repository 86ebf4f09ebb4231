/** Finds a Chromium for the page tests, and installs one where there is none. */
import {spawnSync} from "node:child_process";
import {existsSync} from "node:fs";
import {delimiter, join} from "node:path";
import {chromium} from "playwright";
import {isMain, projectRoot} from "./process.js";

/**
 * What every test browser is started with: no requests of its own, and WebGPU on the software
 * adapter where there is no graphics card.
 */
export const browserArguments: readonly string[] = [
  "--no-sandbox",
  "--no-first-run",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader"
];

/** What looking for a browser may do to the machine; tests give their own. */
export interface FindEffects {
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  isRoot: boolean;
  /** Where Playwright keeps its own Chromium, whether or not it is there. */
  playwrightBrowser: string;
  exists(path: string): boolean;
  /** Runs a program; true where it ended with exit code 0. */
  runs(command: string, args: readonly string[], visible: boolean): boolean;
  log(line: string): void;
}

const realEffects = (): FindEffects => ({
  env: process.env,
  platform: process.platform,
  isRoot: process.getuid?.() === 0,
  playwrightBrowser: chromium.executablePath(),
  exists: existsSync,
  runs: (command, args, visible) =>
    spawnSync(command, args, {
      stdio: visible ? "inherit" : "ignore",
      timeout: visible ? 900_000 : 20_000,
      env: {...process.env, DEBIAN_FRONTEND: "noninteractive"}
    }).status === 0,
  log: (line) => console.log(line)
});

const commands = [
  "chromium",
  "chromium-browser",
  "google-chrome-stable",
  "google-chrome",
  "chrome",
  "microsoft-edge"
];

const fixedPaths: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge"
  ],
  win32: [
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
    "C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe",
    "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe"
  ]
};

/** Every place a browser may be, the best first. */
export function browserCandidates(effects: FindEffects): string[] {
  const {env, platform, playwrightBrowser} = effects;
  const suffix = platform === "win32" ? ".exe" : "";
  const onPath = (env.PATH ?? "")
    .split(delimiter)
    .filter(Boolean)
    .flatMap((folder) => commands.map((command) => join(folder, command + suffix)));
  return [
    ...(env.ALBERT_BROWSER ? [env.ALBERT_BROWSER] : []),
    playwrightBrowser,
    ...onPath,
    ...(fixedPaths[platform] ?? [])
  ];
}

/** A browser that is there and starts, or null; some distributions ship a stand-in that does not. */
export function locateBrowser(effects: FindEffects = realEffects()): string | null {
  const starts = (path: string) =>
    effects.exists(path) &&
    // Chrome on Windows prints no version and opens a window instead
    (effects.platform === "win32" || effects.runs(path, ["--version"], false));
  return browserCandidates(effects).find(starts) ?? null;
}

/** Ways to install a browser, each a list of commands, in the order they are tried. */
function installers({platform, isRoot}: FindEffects): string[][][] {
  const playwright = [
    process.execPath,
    join(projectRoot, "node_modules/playwright/cli.js"),
    "install",
    "chromium"
  ];
  if (platform !== "linux" || !isRoot) return [[playwright]];
  return [
    [[...playwright, "--with-deps"]],
    [
      ["apt-get", "update"],
      ["apt-get", "install", "-y", "--no-install-recommends", "chromium"]
    ],
    [["dnf", "install", "-y", "chromium"]],
    [["apk", "add", "--no-cache", "chromium"]]
  ];
}

/**
 * The browser to test with: the one `ALBERT_BROWSER` names, Playwright's own, a system Chromium or
 * Chrome, else one installed now.
 *
 * @throws Error with one line where none is there and none could be installed
 */
export function findBrowser(effects: FindEffects = realEffects()): string {
  const present = locateBrowser(effects);
  if (present) return present;
  for (const steps of installers(effects)) {
    effects.log(`no browser found: trying ${steps.at(-1)!.slice(0, 4).join(" ")}`);
    if (!steps.every(([command, ...args]) => effects.runs(command!, args, true))) continue;
    const installed = locateBrowser(effects);
    if (installed) return installed;
  }
  throw new Error(
    "no browser to test with: install Chromium or Chrome, or name one in ALBERT_BROWSER"
  );
}

if (isMain(import.meta.url))
  try {
    console.log(findBrowser());
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
