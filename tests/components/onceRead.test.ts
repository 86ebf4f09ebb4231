// @vitest-environment jsdom
import {expect, test, vi} from "vitest";
import {fileDrop} from "../../src/components/fileDrop.js";
import {onceRead, reads} from "../../src/components/onceRead.js";

test("acts at once where nothing is read", () => {
  const act = vi.fn();
  onceRead(act)("a", 1);
  expect(act.mock.calls).toEqual([["a", 1]]);
});

test("waits for every file that is being read, also one that comes meanwhile or fails", async () => {
  const act = vi.fn();
  const press = onceRead(act);
  const ends: (() => void)[] = [];
  const file = () => new Promise<void>((done) => ends.push(done));
  reads(file());
  press("first");
  press("last");
  reads(file());
  reads(Promise.reject(new Error("not readable")));
  ends[0]!();
  await new Promise((later) => setTimeout(later));
  expect(act).not.toHaveBeenCalled();
  ends[1]!();
  await vi.waitFor(() => expect(act.mock.calls).toEqual([["last"]]));
});

test("what need not wait acts at once, and what waits is dropped: Pause after Train", async () => {
  const act = vi.fn();
  let action = "train";
  const press = onceRead(
    () => act(action),
    () => action === "train"
  );
  let end = () => {};
  reads(new Promise<void>((done) => (end = done)));
  press();
  action = "pause";
  press();
  expect(act.mock.calls).toEqual([["pause"]]);
  end();
  await new Promise((later) => setTimeout(later));
  expect(act).toHaveBeenCalledTimes(1);
});

test("what is begun right after a file was given has it", async () => {
  const drop = fileDrop();
  const seen = vi.fn();
  const press = onceRead(() => seen((drop.value as {name: string} | null)?.name));
  let read: (bytes: ArrayBuffer) => void = () => undefined;
  const file = new File(["long"], "mine.txt");
  file.arrayBuffer = () => new Promise((done) => (read = done));
  const picker = drop.querySelector<HTMLInputElement>("input[type=file]")!;
  Object.defineProperty(picker, "files", {value: [file]});
  picker.dispatchEvent(new Event("change", {bubbles: true}));
  press();
  expect(seen).not.toHaveBeenCalled();
  read(new ArrayBuffer(4));
  await vi.waitFor(() => expect(seen.mock.calls).toEqual([["mine.txt"]]));
});
