import {expect, test} from "vitest";
import type {Engine} from "../../../src/lib/engine/client.js";
import {ModelDesk} from "../../../src/lib/engine/modelDesk.js";

/** A desk whose engine answers nothing of itself. */
const makeDesk = () =>
  new ModelDesk({
    makeEngine: () =>
      ({
        start: async () => ({backend: "wasm", forced: null, trials: [], adapter: null}),
        terminate: () => {}
      }) as unknown as Engine,
    stored: () => Promise.reject(new Error("no model is needed"))
  });

test("of several questions about one thing the newest counts, and none about another is lost", async () => {
  const desk = makeDesk();
  const put: string[] = [];
  const ask = (about: string, words: string) =>
    desk.ask(
      async () => {
        put.push(words);
        await new Promise((later) => setTimeout(later, 5));
        return words;
      },
      {about, needsModel: false}
    );
  const study = ask("study", "long study");
  await new Promise((later) => setTimeout(later));
  const answers = [ask("text", "first text"), ask("cell", "a cell"), ask("text", "second text")];
  expect(await Promise.all([study, ...answers])).toEqual([
    "long study",
    null,
    "a cell",
    "second text"
  ]);
  expect(put).toEqual(["long study", "a cell", "second text"]);
  // one under way is answered, and its answer is not shown
  const old = ask("text", "third text");
  await new Promise((later) => setTimeout(later));
  expect(await Promise.all([old, ask("text", "fourth text")])).toEqual([null, "fourth text"]);
  expect(desk.state).toMatchObject({phase: "idle", message: null});
  desk.close();
});
