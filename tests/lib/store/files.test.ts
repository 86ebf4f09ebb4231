import {describe, expect, test} from "vitest";
import {memoryStore, opfsStore, openStore} from "../../../src/lib/store/files.js";

describe("memoryStore()", () => {
  test("keeps copies, replaces as a whole and forgets on request", async () => {
    const store = memoryStore();
    const bytes = new Uint8Array([1, 2, 3]);
    await store.write("a", bytes);
    bytes[0] = 9;
    expect(await store.read("a")).toEqual(new Uint8Array([1, 2, 3]));
    await store.write("a", new Uint8Array([4]));
    await store.write("b", new Uint8Array());
    expect(await store.list()).toEqual(["a", "b"]);
    expect(await store.read("a")).toEqual(new Uint8Array([4]));
    await store.remove("a");
    await store.remove("a");
    expect(await store.read("a")).toBeNull();
  });
});

describe("openStore(folder)", () => {
  test("falls back to memory where there is no private file system", async () => {
    expect(await opfsStore("runs")).toBeNull();
    expect((await openStore("runs")).kind).toBe("memory");
  });
});
