import {afterEach, expect, test, vi} from "vitest";
import {compileModule} from "../../../src/lib/store/duckdb/boot.js";

afterEach(() => vi.unstubAllGlobals());

/** A module with one empty section of types. */
const whole = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 1, 0);
const serve = (body: BodyInit) => vi.stubGlobal("fetch", async () => new Response(body));

test("a module is compiled as it comes, with its bytes counted", async () => {
  serve(whole);
  const told: number[] = [];
  const module = await compileModule("/duck.wasm", ({loaded}) => told.push(loaded));
  expect(module).toBeInstanceOf(WebAssembly.Module);
  expect(told.at(-1)).toBe(whole.length);
});

test("one that is cut off, or lost on the way, is said with its address and what to do", async () => {
  serve(whole.subarray(0, 9));
  await expect(compileModule("/duck.wasm")).rejects.toThrow(
    "DuckDB did not come whole from /duck.wasm: run it again"
  );
  serve(
    new ReadableStream({
      start(controller) {
        controller.enqueue(whole.subarray(0, 9));
        controller.error(new TypeError("network error"));
      }
    })
  );
  await expect(compileModule("/duck.wasm")).rejects.toThrow("DuckDB did not come whole");
});

test("one that the reader stops ends its download, and says so", async () => {
  const isCancelled = vi.fn();
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(whole.subarray(0, 9)),
    cancel: isCancelled
  });
  vi.stubGlobal("fetch", async (_url: string, {signal}: RequestInit) => {
    signal!.addEventListener("abort", () => isCancelled());
    return new Response(body);
  });
  const stop = new AbortController();
  const compiling = compileModule("/duck.wasm", () => stop.abort(), stop.signal);
  await expect(compiling).rejects.toMatchObject({name: "QueryStopped", restarted: false});
  expect(isCancelled).toHaveBeenCalled();
});
