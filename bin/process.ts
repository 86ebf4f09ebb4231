/** Small things about processes that several commands of bin share. */
import {spawn} from "node:child_process";
import {delimiter, join} from "node:path";
import {fileURLToPath} from "node:url";

/** The project's root folder. */
export const projectRoot = join(import.meta.dirname, "..");

/** True where a module is the one that was started, not imported. */
export function isMain(moduleUrl: string): boolean {
  return process.argv[1] === fileURLToPath(moduleUrl);
}

/** The environment with node_modules/.bin on PATH (loaders need tsx there) and no telemetry. */
export function toolEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const bin = join(projectRoot, "node_modules", ".bin");
  return {
    ...process.env,
    PATH: `${bin}${delimiter}${process.env.PATH ?? ""}`,
    OBSERVABLE_TELEMETRY_DISABLE: "1",
    ...extra
  };
}

/** Runs a program to its end with our own input and output; gives its exit code. */
export function run(
  command: string,
  args: readonly string[],
  {env = toolEnvironment(), cwd = process.cwd()}: {env?: NodeJS.ProcessEnv; cwd?: string} = {}
): Promise<number> {
  return new Promise((done, failed) => {
    const child = spawn(command, args, {stdio: "inherit", env, cwd});
    child.once("error", failed);
    child.once("exit", (code, signal) => done(code ?? (signal ? 1 : 0)));
  });
}
