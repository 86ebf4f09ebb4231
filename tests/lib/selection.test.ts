import {expect, test, vi} from "vitest";
import {RowSelection} from "../../src/lib/selection.js";

test("rows are selected where every view selects them, and no view filters itself", () => {
  const selection = new RowSelection(5);
  const [a, b] = [{}, {}];
  const heard = vi.fn();
  selection.subscribe(heard);
  selection.set(a, (row) => row < 3);
  selection.set(b, (row) => row % 2 === 0);
  expect([...selection.mask()]).toEqual([1, 0, 1, 0, 0]);
  expect([...selection.mask(a)]).toEqual([1, 0, 1, 0, 1]);
  expect([...selection.mask(b)]).toEqual([1, 1, 1, 0, 0]);
  expect([selection.count(), selection.isActive]).toEqual([2, true]);
  selection.set(a, null);
  expect(selection.count()).toBe(3);
  selection.clear();
  expect([selection.count(), selection.isActive]).toEqual([5, false]);
  expect(heard).toHaveBeenCalledTimes(4);
});

test("a view that is drawn anew no longer listens", () => {
  const selection = new RowSelection(3);
  const shown = new AbortController();
  const [gone, stays] = [vi.fn(), vi.fn()];
  selection.subscribe(gone, shown.signal);
  selection.subscribe(stays);
  shown.abort();
  expect(selection.listeners).toBe(1);
  selection.set({}, () => true);
  expect([gone.mock.calls.length, stays.mock.calls.length]).toEqual([0, 1]);
});
