/** R14: the browser is asked once not to drop what is kept, and its answer is told. */
import {afterEach, beforeEach, expect, test, vi} from "vitest";
import {askPersistence, storageReport} from "../../../src/lib/store/persistence.js";

let asked: number;
let isGranted: boolean;

/** A browser that answers a moment later, as every browser does. */
function browser(answer: boolean) {
  asked = 0;
  isGranted = false;
  const later = () => new Promise((done) => setTimeout(done, 2));
  const kept = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value)
  });
  vi.stubGlobal("navigator", {
    storage: {
      persisted: () => later().then(() => isGranted),
      persist: async () => {
        ++asked;
        await later();
        return (isGranted = answer);
      },
      estimate: async () => ({usage: 30, quota: 100})
    }
  });
}

beforeEach(() => browser(false));
afterEach(() => vi.unstubAllGlobals());

test("is asked once, however often a run is kept meanwhile and afterwards", async () => {
  expect((await storageReport()).persistence).toBe("not asked yet");
  expect(await Promise.all([1, 2, 3].map(() => askPersistence()))).toEqual(
    Array(3).fill("refused")
  );
  expect(await askPersistence()).toBe("refused");
  expect(asked).toBe(1);
  expect(await storageReport()).toEqual({used: 30, left: 70, persistence: "refused"});
});

test("what it grants is told, and it is not asked again", async () => {
  browser(true);
  expect(await askPersistence()).toBe("granted");
  expect(await askPersistence()).toBe("granted");
  expect(asked).toBe(1);
  expect((await storageReport()).persistence).toBe("granted");
});

test("a browser that offers nothing is not asked", async () => {
  vi.stubGlobal("navigator", {});
  expect(await askPersistence()).toBe("not offered");
  expect(await storageReport()).toEqual({used: null, left: null, persistence: "not offered"});
});
