// Where everything lies, from the month counts alone: no row has to be read to know the height.
import type { MonthView } from '../../../backend/types';

export type Metrics = {
  columns: number;
  /** From one row's top to the next. */
  rowHeight: number;
  headHeight: number;
  /** Under the last row of a month. */
  foot: number;
};

export type Section = {
  month: MonthView;
  /** Index of its first image. */
  start: number;
  top: number;
  height: number;
  rows: number;
};

export type Layout = { sections: Section[]; height: number; metrics: Metrics };

export function columnsFor(width: number, least: number, gap: number): number {
  return Math.max(1, Math.floor((width + gap) / (least + gap)));
}

export function buildLayout(months: readonly MonthView[], metrics: Metrics): Layout {
  const sections: Section[] = [];
  let top = 0;
  let start = 0;
  for (const month of months) {
    const rows = Math.ceil(month.count / metrics.columns);
    const height = metrics.headHeight + rows * metrics.rowHeight + metrics.foot;
    sections.push({ month, start, top, height, rows });
    top += height;
    start += month.count;
  }
  return { sections, height: top, metrics };
}

/** Index into `sections` of the one that holds `y`. */
export function sectionAt(layout: Layout, y: number): number {
  let low = 0;
  let high = layout.sections.length - 1;
  while (low < high) {
    const mid = (low + high + 1) >> 1;
    if ((layout.sections[mid]?.top ?? 0) <= y) low = mid;
    else high = mid - 1;
  }
  return low;
}

export type Slice = { section: Section; firstRow: number; lastRow: number };

/** The sections and rows to render for a viewport; a section without rows still shows its head. */
export function visibleSlices(layout: Layout, top: number, height: number, overscan: number): Slice[] {
  const { headHeight, rowHeight } = layout.metrics;
  const slices: Slice[] = [];
  const bottom = top + height;
  for (let i = sectionAt(layout, top); i < layout.sections.length; i += 1) {
    const section = layout.sections[i];
    if (!section || section.top >= bottom + overscan * rowHeight) break;
    const inner = section.top + headHeight;
    const firstRow = Math.max(0, Math.floor((top - inner) / rowHeight) - overscan);
    const lastRow = Math.min(section.rows - 1, Math.ceil((bottom - inner) / rowHeight) - 1 + overscan);
    slices.push({ section, firstRow, lastRow });
  }
  return slices;
}

/** First and last image of these slices. */
export function sliceRange(slices: readonly Slice[], columns: number): [number, number] {
  const first = slices[0];
  const last = slices.at(-1);
  if (!first || !last) return [0, 0];
  const end = last.section.start + Math.min(last.section.month.count, (last.lastRow + 1) * columns) - 1;
  return [first.section.start + first.firstRow * columns, Math.max(first.section.start, end)];
}

export type Place = { section: number; row: number; column: number; top: number };

/** Where image `index` lies. */
export function placeOf(layout: Layout, index: number): Place {
  const { columns, headHeight, rowHeight } = layout.metrics;
  let low = 0;
  let high = layout.sections.length - 1;
  while (low < high) {
    const mid = (low + high + 1) >> 1;
    if ((layout.sections[mid]?.start ?? 0) <= index) low = mid;
    else high = mid - 1;
  }
  const section = layout.sections[low];
  if (!section) return { section: 0, row: 0, column: 0, top: 0 };
  const inside = index - section.start;
  const row = Math.floor(inside / columns);
  return { section: low, row, column: inside % columns, top: section.top + headHeight + row * rowHeight };
}

/** Up or down by `step` rows, column kept where there is one, across months. */
export function moveRows(layout: Layout, index: number, step: number): number {
  const { columns } = layout.metrics;
  let { section, row, column } = placeOf(layout, index);
  row += step;
  for (;;) {
    const current = layout.sections[section];
    if (!current) return index;
    if (row < 0) {
      if (section === 0) return step === -1 ? index : Math.min(column, current.month.count - 1);
      section -= 1;
      row += layout.sections[section]?.rows ?? 0;
    } else if (row >= current.rows) {
      if (section === layout.sections.length - 1) {
        return step === 1 ? index : current.start + current.month.count - 1;
      }
      row -= current.rows;
      section += 1;
    } else {
      return current.start + Math.min(row * columns + column, current.month.count - 1);
    }
  }
}
