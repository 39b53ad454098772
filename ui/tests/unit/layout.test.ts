import { describe, expect, test } from 'vitest';
import type { MonthView } from '../../src/backend/types';
import { rowsOf, visibleRows } from '../../src/parts/heights';
import {
  buildLayout,
  columnsFor,
  moveRows,
  placeOf,
  sectionAt,
  sliceRange,
  visibleSlices,
} from '../../src/windows/main/gallery/layout';

const month = (count: number, month = 1): MonthView => ({ year: 2025, month, count, bytes: count });
const metrics = { columns: 4, rowHeight: 100, headHeight: 30, foot: 10 };
// 10 images in 3 rows, 1 image, 8 images in 2 rows.
const layout = buildLayout([month(10, 3), month(1, 2), month(8, 1)], metrics);

test('columns fit with their gaps', () => {
  expect(columnsFor(876, 128, 8)).toBe(6);
  expect(columnsFor(128, 128, 8)).toBe(1);
  expect(columnsFor(263, 128, 8)).toBe(1);
  expect(columnsFor(264, 128, 8)).toBe(2);
  expect(columnsFor(10, 128, 8)).toBe(1);
});

test('months follow each other without gaps', () => {
  expect(layout.sections.map((s) => [s.start, s.top, s.rows, s.height])).toEqual([
    [0, 0, 3, 340],
    [10, 340, 1, 140],
    [11, 480, 2, 240],
  ]);
  expect(layout.height).toBe(720);
});

test('the section at a height', () => {
  expect([0, 339, 340, 479, 480, 10_000].map((y) => sectionAt(layout, y))).toEqual([0, 0, 1, 1, 2, 2]);
});

test('only rows in view are rendered, with some over', () => {
  const slices = visibleSlices(layout, 0, 130, 0);
  expect(slices.map((s) => [s.firstRow, s.lastRow])).toEqual([[0, 0]]);
  const middle = visibleSlices(layout, 330, 200, 1);
  expect(middle.map((s) => [s.section.start, s.firstRow, s.lastRow])).toEqual([
    [0, 2, 2],
    [10, 0, 0],
    [11, 0, 1],
  ]);
  expect(sliceRange(middle, 4)).toEqual([8, 18]);
});

test('100,000 images cost no more than a screenful', () => {
  const months = Array.from({ length: 60 }, (_, i) => month(1667, (i % 12) + 1));
  const huge = buildLayout(months, metrics);
  let most = 0;
  for (let top = 0; top < huge.height; top += 7919) {
    const rows = visibleSlices(huge, top, 600, 2).reduce(
      (sum, s) => sum + Math.max(0, s.lastRow - s.firstRow + 1),
      0,
    );
    most = Math.max(most, rows);
  }
  expect(most).toBeLessThanOrEqual(12);
});

test('every image has its place', () => {
  expect(placeOf(layout, 0)).toEqual({ section: 0, row: 0, column: 0, top: 30 });
  expect(placeOf(layout, 9)).toEqual({ section: 0, row: 2, column: 1, top: 230 });
  expect(placeOf(layout, 10)).toEqual({ section: 1, row: 0, column: 0, top: 370 });
  expect(placeOf(layout, 18)).toEqual({ section: 2, row: 1, column: 3, top: 610 });
});

describe('the arrows', () => {
  test('keep the column across months, as far as there is one', () => {
    expect(moveRows(layout, 3, 1)).toBe(7);
    expect(moveRows(layout, 7, 1)).toBe(9);
    expect(moveRows(layout, 9, 1)).toBe(10);
    expect(moveRows(layout, 10, 1)).toBe(11);
    expect(moveRows(layout, 13, -1)).toBe(10);
  });

  test('stop at both ends', () => {
    expect(moveRows(layout, 2, -1)).toBe(2);
    expect(moveRows(layout, 17, 1)).toBe(17);
    expect(moveRows(layout, 6, 50)).toBe(18);
    expect(moveRows(layout, 17, -50)).toBe(2);
  });
});

describe('upload rows of unequal height', () => {
  const heights = [44, 60, 44, 44, 88, 44];

  test('are found by their heights', () => {
    expect(visibleRows(heights, 0, 100, 0)).toEqual({ first: 0, last: 1, before: 0, total: 324 });
    expect(visibleRows(heights, 104, 44, 0)).toEqual({ first: 2, last: 2, before: 104, total: 324 });
    expect(visibleRows(heights, 150, 44, 1)).toEqual({ first: 2, last: 5, before: 104, total: 324 });
  });

  test('stand one below the other', () => {
    const span = visibleRows(heights, 150, 44, 1);
    expect(rowsOf(['a', 'b', 'c', 'd', 'e', 'f'], heights, span)).toEqual([
      { row: 'c', index: 2, y: 104 },
      { row: 'd', index: 3, y: 148 },
      { row: 'e', index: 4, y: 192 },
      { row: 'f', index: 5, y: 280 },
    ]);
  });

  test('may be none', () => {
    expect(visibleRows([], 0, 100, 3)).toEqual({ first: 0, last: -1, before: 0, total: 0 });
  });

  test('keep to the end when scrolled too far', () => {
    expect(visibleRows(heights, 5000, 100, 0)).toMatchObject({ first: 5, last: 5 });
  });
});
