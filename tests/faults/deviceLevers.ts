/** Moments at which a worker's device can be lost, and a way to lose it. */
import type {Page} from "./browser.js";

type Methods = Record<string, (...all: unknown[]) => unknown>;

/** What a test finds in the worker, once {@link levers} were put there. */
interface Levers {
  /** Runs `work` in front of the next call of a method, once. */
  before(prototype: object | undefined, name: string, work: (self: never) => unknown): void;
}

declare global {
  var levers: Levers;
  /** Settled when the worker compiles. */
  var compiles: Promise<void>;
  interface Window {
    letMessagesThrough(): void;
  }
}

/** The worker that was started last, with the levers in it. */
async function workerOf(page: Page) {
  const worker = page.workers().at(-1)!;
  await worker.evaluate(() => {
    globalThis.levers ??= {
      before(prototype, name, work) {
        const methods = prototype as Methods | undefined;
        const method = methods?.[name];
        if (!methods || !method) return;
        methods[name] = function (...all) {
          methods[name] = method;
          const waited = work(this as never);
          return waited instanceof Promise
            ? waited.then(() => method.apply(this, all))
            : method.apply(this, all);
        };
      }
    };
  });
  return worker;
}

/** Keeps back what pages say to their workers until {@link compiling} lets it through. */
export async function holdMessages(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const {prototype} = Worker;
    const post = prototype.postMessage;
    const held: (() => void)[] = [];
    prototype.postMessage = function (...message: unknown[]) {
      held.push(() => Reflect.apply(post, this, message));
    };
    window.letMessagesThrough = () => {
      prototype.postMessage = post;
      for (const send of held.splice(0)) send();
    };
  });
}

/**
 * Lets the held messages through and waits until the worker compiles for the first time: it has not
 * begun to, and is heard from its first compilation on, however soon that is over.
 */
export async function compiling(page: Page): Promise<void> {
  const worker = await workerOf(page);
  await worker.evaluate(() => {
    globalThis.compiles = new Promise<void>((resolve) => {
      const {before} = globalThis.levers;
      before(globalThis.GPUDevice?.prototype, "createComputePipeline", () => resolve());
      before(globalThis.GPUDevice?.prototype, "createComputePipelineAsync", () => resolve());
      before(globalThis.WebGL2RenderingContext?.prototype, "linkProgram", () => resolve());
    });
  });
  await page.evaluate(() => window.letMessagesThrough());
  await worker.evaluate(() => globalThis.compiles);
}

/**
 * Lets the held messages through and waits until the worker compiles its WebAssembly: there it stands for
 * so many seconds, doing nothing else, or for ever.
 */
export async function heldStart(page: Page, seconds: number): Promise<void> {
  const worker = await workerOf(page);
  await worker.evaluate(
    (busy) => {
      globalThis.compiles = new Promise<void>((resolve) => {
        const hold = () => {
          resolve();
          if (busy === null) return new Promise(() => {});
          // the word that it compiles goes out before
          return new Promise<void>((later) =>
            setTimeout(() => {
              const until = performance.now() + busy * 1000;
              while (performance.now() < until);
              later();
            }, 100)
          );
        };
        globalThis.levers.before(WebAssembly, "instantiate", hold);
        globalThis.levers.before(WebAssembly, "instantiateStreaming", hold);
      });
    },
    Number.isFinite(seconds) ? seconds : null
  );
  await page.evaluate(() => window.letMessagesThrough());
  await worker.evaluate(() => globalThis.compiles);
}

/** Waits until the worker begins to write a file, and holds that write back for a moment. */
export async function saving(page: Page): Promise<void> {
  const worker = await workerOf(page);
  await worker.evaluate(
    () =>
      new Promise<void>((resolve) => {
        globalThis.levers.before(FileSystemFileHandle.prototype, "createWritable", () => {
          resolve();
          return new Promise((later) => setTimeout(later, 300));
        });
      })
  );
}

/** Gives the worker's device up as its driver may: destroyed, or its context taken away. */
export async function loseDevice(page: Page): Promise<void> {
  const worker = await workerOf(page);
  await worker.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const {before} = globalThis.levers;
        before(
          globalThis.GPUDevice?.prototype,
          "createCommandEncoder",
          (device: GPUDevice) => (device.destroy(), resolve())
        );
        before(
          globalThis.WebGL2RenderingContext?.prototype,
          "useProgram",
          (gl: WebGL2RenderingContext) => {
            gl.getExtension("WEBGL_lose_context")!.loseContext();
            resolve();
          }
        );
      })
  );
}

/** Moments of a save, in their order. */
export const saveStages = [
  "as the checkpoint is begun",
  "as it is filled",
  "as it is moved into place",
  "as the record is begun",
  "as the record is moved into place",
  "as older ones are removed"
] as const;

/** Waits until a save of the worker is at a stage, and holds it there for ever. */
export async function holdSave(page: Page, stage: (typeof saveStages)[number]): Promise<void> {
  await page
    .workers()
    .at(-1)!
    .evaluate(
      ([at, all]) =>
        new Promise<void>((resolve) => {
          const file = FileSystemFileHandle.prototype as unknown as Methods;
          const folder = FileSystemDirectoryHandle.prototype as unknown as Methods;
          const stream = FileSystemWritableFileStream.prototype as unknown as Methods;
          const hold = (methods: Methods, name: string, isIt: (all: unknown[]) => boolean) => {
            const method = methods[name]!;
            methods[name] = function (this: {name?: string}, ...given) {
              if (!isIt([this.name, ...given])) return method.apply(this, given);
              resolve();
              return new Promise(() => {});
            };
          };
          const isOf = (prefix: string) => (given: unknown[]) =>
            given.some((each) => typeof each === "string" && each.startsWith(prefix));
          const [checkpoint, record] = [isOf("step-"), isOf("run.json")];
          const which = all.indexOf(at);
          if (which === 0) hold(file, "createWritable", checkpoint);
          if (which === 1) {
            // a stream does not know its file: the first after one of a checkpoint was begun
            const {createWritable} = file;
            file.createWritable = function (this: {name?: string}, ...given) {
              if (checkpoint([this.name])) hold(stream, "close", () => true);
              return createWritable!.apply(this, given);
            };
          }
          if (which === 2) hold(file, "move", checkpoint);
          if (which === 3) hold(file, "createWritable", record);
          if (which === 4) hold(file, "move", record);
          if (which === 5) hold(folder, "removeEntry", checkpoint);
        }),
      [stage, saveStages] as const
    );
}
