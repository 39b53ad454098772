import { expect, test } from 'vitest';
import type { HistoryRow } from '../../src/backend/types';
import { Selection } from '../../src/windows/main/state/selection.svelte';

const row = (index: number): HistoryRow => ({
  id: 1000 - index,
  name: `${index}.png`,
  profile: 'blog',
  key: `${index}.png`,
  url: `https://img.example.com/${index}.png`,
  contentType: 'image/png',
  size: index + 1,
  width: null,
  height: null,
  uploadedAt: 0,
  thumb: null,
  process: null,
  missing: false,
});

const rows = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => row(from + i));
const make = () => new Selection(async (from, to) => rows(from, to));
const picked = (selection: Selection) =>
  selection
    .list()
    .map((id) => 1000 - id)
    .sort((a, b) => a - b);

test('a click selects one, Ctrl adds and takes away', () => {
  const selection = make();
  selection.only(3, row(3));
  selection.toggle(5, row(5));
  expect(picked(selection)).toEqual([3, 5]);
  expect(selection.bytes).toBe(10);
  selection.toggle(3, row(3));
  expect(picked(selection)).toEqual([5]);
  selection.only(8, row(8));
  expect(picked(selection)).toEqual([8]);
});

test('Shift selects from the anchor, both ways, and replaces what it selected before', async () => {
  const selection = make();
  selection.only(5, row(5));
  await selection.extend(8, false);
  expect(picked(selection)).toEqual([5, 6, 7, 8]);
  await selection.extend(3, false);
  expect(picked(selection)).toEqual([3, 4, 5]);
  expect([selection.focus, selection.anchor]).toEqual([3, 5]);
});

test('Ctrl and Shift add a range', async () => {
  const selection = make();
  selection.only(0, row(0));
  selection.toggle(4, row(4));
  await selection.extend(6, true);
  expect(picked(selection)).toEqual([0, 4, 5, 6]);
});

test('a range that arrives late does not undo what was done since', async () => {
  let release: (rows: HistoryRow[]) => void = () => {};
  const selection = new Selection(
    () =>
      new Promise((done) => {
        release = done;
      }),
  );
  selection.only(0, row(0));
  const pending = selection.extend(9, false);
  selection.clear();
  release(rows(0, 9));
  await pending;
  expect(selection.count).toBe(0);
});

test('all', async () => {
  const selection = make();
  await selection.all(500);
  expect(selection.count).toBe(500);
  await selection.all(0);
  expect(selection.count).toBe(500);
});

test('after an upload the keyboard stays on its image', () => {
  const selection = make();
  selection.only(4, row(4));
  // One image came in above: what was at 4 is at 5.
  selection.settle(11, (index) => (index === 0 ? undefined : row(index - 1)));
  expect([selection.focus, selection.anchor]).toEqual([5, 5]);
});

test('after deletions the keyboard stays inside', () => {
  const selection = make();
  selection.only(9, row(9));
  selection.drop([row(9).id]);
  selection.settle(3, (index) => row(index + 20));
  expect(selection.focus).toBe(2);
  selection.settle(0, () => undefined);
  expect([selection.focus, selection.count]).toEqual([0, 0]);
});
