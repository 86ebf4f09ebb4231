/** The engine as a page has it, on Node: a host behind a channel, with tfjs's exact backends. */
import {afterEach} from "vitest";
import {EngineConnection, type EnginePort} from "../../../src/lib/engine/calls.js";
import {EngineHost} from "../../../src/lib/engine/host.js";
import {listen} from "../../../src/lib/engine/listen.js";
import type {BackendName} from "../../../src/lib/engine/deviceCalls.js";
import type {EngineCallName, EngineCalls} from "../../../src/lib/engine/protocol.js";
import type {LockRun} from "../../../src/lib/engine/runLock.js";
import {parseRecipe, type Recipe, type RecipeInput} from "../../../src/lib/recipe/recipe.js";
import {memoryRoot, QuotaError, type StoreRoot} from "../../../src/lib/store/files.js";
import {useBackend} from "../albert/backends.js";

const channels: MessageChannel[] = [];

afterEach(() => {
  for (const {port1, port2} of channels.splice(0)) {
    port1.close();
    port2.close();
  }
});

/** An engine of tests: what a page's `Engine` is, over a channel in place of a worker. */
export interface TestEngine {
  call: EngineConnection["call"];
  connection: EngineConnection;
  host: EngineHost;
  store: StoreRoot;
  /** The page's end of the channel. */
  port: MessagePort;
  start(): Promise<EngineCalls["start"]["output"]>;
  /** What a worker says whose device is gone. */
  lose(message: string): void;
  /** What killing the worker does: nothing answers any more. */
  terminate(): void;
}

/** A host behind a channel; `store` is what survives it. */
export function makeEngine({
  backend = "wasm",
  store = memoryRoot(),
  fineTunings,
  lockRun
}: {
  backend?: BackendName;
  store?: StoreRoot;
  /** Default: forgotten with the engine. */
  fineTunings?: StoreRoot;
  lockRun?: LockRun;
} = {}): TestEngine {
  const channel = new MessageChannel();
  channels.push(channel);
  const host = new EngineHost({
    backends: () => ({cpu: {inspect: async () => ({})}, wasm: {inspect: async () => ({})}}),
    openStore: async () => store,
    openFineTunings: fineTunings && (async () => fineTunings),
    lockRun
  });
  listen(channel.port2 as unknown as EnginePort, host);
  const connection = new EngineConnection(channel.port1 as unknown as EnginePort);
  let isGone = false;
  let starting: Promise<unknown> = Promise.resolve();
  return {
    host,
    store,
    connection,
    port: channel.port1,
    call: async (...asked) => {
      await starting;
      return connection.call(...asked);
    },
    start: () => {
      const started = useBackend("wasm").then(() =>
        // names the .wasm files
        connection.call("start", {
          backend,
          without: [],
          passed: null,
          wasmPaths: {}
        })
      );
      starting = started.catch(() => undefined);
      return started;
    },
    lose: (message) => channel.port2.postMessage({type: "lost", message}),
    terminate() {
      if (isGone) return;
      isGone = true;
      channel.port2.close();
      connection.lose("the worker was ended");
    }
  };
}

/**
 * Lets the next call that trains say that it diverged.
 *
 * @param until the step that it reaches before; null for none
 */
export function divergeOnce(
  engine: TestEngine,
  name: "train" | "fineTune",
  until: number | null
): void {
  const {call} = engine;
  engine.call = (async (asked, input, options) => {
    if (asked !== name) return call(asked, input as never, options as never);
    engine.call = call;
    const done = until === null ? {step: 0} : await call(name, {until}, options as never);
    return {stoppedEarly: false, ...done, reason: "diverged", message: "a poisoned batch"};
  }) as typeof call;
}

/** Sixteen sentences of a dozen words: enough to train on, small enough for any test. */
export const smallText = Array.from({length: 16}, (_, i) => {
  const who = ["the cat", "a dog", "the bird", "one mouse"][i % 4];
  const what = ["sees the house", "finds a red ball", "sings at night", "eats the corn"][
    (i >> 2) % 4
  ];
  return `${who} ${what} and ${["sleeps", "runs away", "waits"][i % 3]} .`;
}).join("\n");

/** A run of few and quick steps; `changes` are whole sections of the recipe. */
export function smallRecipe(changes: RecipeInput = {}): Recipe {
  return parseRecipe({
    model: {
      embedding_size: 6,
      hidden_size: 8,
      num_hidden_layers: 2,
      num_attention_heads: 2,
      intermediate_size: 12,
      hidden_dropout_prob: 0.1,
      attention_probs_dropout_prob: 0.1
    },
    tokenizer: {vocab_size: 60},
    corpus: {path: "text.txt"},
    batch: {size: 33, sequence_length: 12},
    schedule: {warmup_steps: 2},
    capture: {evaluate_every: 4, checkpoint_every: 3},
    steps: 8,
    seed: 3,
    ...changes
  });
}

/** The small text as a file that a reader gave. */
export const smallSource = (): EngineCalls["prepare"]["input"]["source"] => ({
  kind: "file",
  name: "text.txt",
  bytes: new TextEncoder().encode(smallText)
});

/** Starts, prepares the small run and gives its summary. */
export async function prepareSmall(
  engine: TestEngine,
  recipe = smallRecipe()
): Promise<EngineCalls["prepare"]["output"]> {
  await engine.start();
  return engine.call("prepare", {recipe, source: smallSource()});
}

/** Collects what a call reports. */
export function collect<Name extends EngineCallName>(): {
  all: EngineCalls[Name]["progress"][];
  onProgress: (value: EngineCalls[Name]["progress"]) => void;
} {
  const all: EngineCalls[Name]["progress"][] = [];
  return {all, onProgress: (value) => void all.push(value)};
}

/** A root whose n-th write from now on fails, as a full disk does. */
export function failing(
  root: StoreRoot,
  at: {left: number},
  error = (bytes: number): Error => new QuotaError(bytes)
): StoreRoot {
  return {
    ...root,
    folder(name) {
      const store = root.folder(name);
      return {
        ...store,
        async write(file, bytes) {
          if (at.left-- === 0) throw error(bytes.length);
          await store.write(file, bytes);
        }
      };
    }
  };
}
