// Rows of unequal height: failed ones wrap in a narrow window, all grow with the text size.

export type Span = { first: number; last: number; before: number; total: number };

/** Which rows `[top, top + height]` shows, with `overscan` more on either side. */
export function visibleRows(heights: readonly number[], top: number, height: number, overscan: number): Span {
  let total = 0;
  let first = -1;
  let last = -1;
  const starts: number[] = [];
  for (let i = 0; i < heights.length; i += 1) {
    const h = heights[i] ?? 0;
    starts.push(total);
    if (first < 0 && total + h > top) first = i;
    if (total < top + height) last = i;
    total += h;
  }
  if (first < 0) first = Math.max(0, heights.length - 1);
  first = Math.max(0, first - overscan);
  last = Math.min(heights.length - 1, last + overscan);
  return { first, last, before: starts[first] ?? 0, total };
}

/** The rows of a span, each with its place in the list and its distance from the top. */
export function rowsOf<R>(
  rows: readonly R[],
  heights: readonly number[],
  span: Span,
): { row: R; index: number; y: number }[] {
  const list: { row: R; index: number; y: number }[] = [];
  let y = span.before;
  for (let index = span.first; index <= span.last; index += 1) {
    const row = rows[index];
    if (row !== undefined) list.push({ row, index, y });
    y += heights[index] ?? 0;
  }
  return list;
}
