import {expect, test} from "vitest";
import {InFlight} from "../../../../src/lib/albert/plan/webgpu/inFlight.js";

/** A device that does one thing after the other, each in so many milliseconds of a clock of its own. */
function device(eachMs: number) {
  const clock = {now: 0};
  const waiting: (() => void)[] = [];
  let lose = () => {};
  const lost = new Promise<void>((resolve) => (lose = resolve));
  const queue = {
    onSubmittedWorkDone: () => new Promise<undefined>((done) => waiting.push(() => done(undefined)))
  };
  return {
    waiting,
    lose,
    inFlight: new InFlight({queue, lost}, () => clock.now),
    /** Does the oldest. */
    async work(): Promise<void> {
      clock.now += eachMs;
      waiting.shift()!();
      await new Promise((later) => setTimeout(later));
    }
  };
}

/** Submits without end; gives how many things were under way at most, over so many that were done. */
async function mostUnderWay(eachMs: number, count: number): Promise<number> {
  const own = device(eachMs);
  let isOver = false;
  const submitting = (async () => {
    while (!isOver) await own.inFlight.submitted();
  })();
  let most = 0;
  for (let i = 0; i < count; ++i) {
    most = Math.max(most, own.waiting.length);
    await own.work();
  }
  isOver = true;
  while (own.waiting.length) await own.work();
  await submitting;
  return most;
}

test.each([
  [1, 40],
  [4, 10],
  [20, 2],
  [300, 2]
])("steps of %i ms: at most %i of them are under way", async (eachMs, most) => {
  expect(await mostUnderWay(eachMs, 200)).toBe(most);
});

test("a lost device holds nobody up", async () => {
  const own = device(5);
  await own.inFlight.submitted();
  let isThrough = false;
  const second = own.inFlight.submitted().then(() => (isThrough = true));
  await new Promise((later) => setTimeout(later));
  expect(isThrough).toBe(false);
  own.lose();
  await second;
  await own.inFlight.submitted();
});
