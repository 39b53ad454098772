// The part bar: which stretches of it are solid, lighter, or left open.
import type { PartsView } from '../../../backend/transfers';

/** A stretch of the bar, in pixels. */
export type Stretch = { x: number; width: number };
export type PartStretches = { done: Stretch[]; flying: Stretch[] };

/** The narrowest cell that can be seen, with the pixel that parts it from the next. */
const CELL = 4;

/**
 * Neighbouring parts share a cell where one alone would be too narrow. A cell is solid when all of its
 * parts are confirmed, lighter when one of them is in flight, and open otherwise: a gap is never
 * painted over by what stands beside it.
 */
export function partStretches({ total, done, flying }: PartsView, width: number): PartStretches {
  if (total <= 0 || width <= 0) return { done: [], flying: [] };
  const cells = Math.max(1, Math.min(total, Math.floor(width / CELL)));
  const edge = (cell: number) => Math.round((cell * width) / cells);
  const confirmed = confirmedIn(done, total, cells);
  const busy = new Set(flying.map((part) => Math.min(cells - 1, Math.floor((part * cells) / total))));
  const solid: Stretch[] = [];
  const light: Stretch[] = [];
  for (let cell = 0; cell < cells; cell += 1) {
    const [x, end] = [edge(cell), edge(cell + 1)];
    if (busy.has(cell)) {
      light.push({ x: x + 1, width: end - x - 1 });
    } else if (confirmed[cell]) {
      const last = solid.at(-1);
      if (last && last.x + last.width === x) last.width = end - last.x;
      else solid.push({ x, width: end - x });
    }
  }
  return { done: solid, flying: light };
}

/** Whether each cell is covered by confirmed parts alone. */
function confirmedIn(done: PartsView['done'], total: number, cells: number): boolean[] {
  const counts = new Array<number>(cells).fill(0);
  const start = (cell: number) => Math.ceil((cell * total) / cells);
  for (const [from, to] of done) {
    const first = Math.floor((from * cells) / total);
    const last = Math.min(cells - 1, Math.floor(((to - 1) * cells) / total));
    for (let cell = first; cell <= last; cell += 1) {
      counts[cell] =
        (counts[cell] ?? 0) + Math.max(0, Math.min(to, start(cell + 1)) - Math.max(from, start(cell)));
    }
  }
  return counts.map((n, cell) => n > 0 && n >= start(cell + 1) - start(cell));
}

export function confirmedParts(parts: PartsView): number {
  return parts.done.reduce((sum, [from, to]) => sum + to - from, 0);
}

/** The stretches as the path of an SVG of this height. */
export function stretchPath(stretches: readonly Stretch[], height: number): string {
  return stretches.map(({ x, width }) => `M${x} 0h${width}v${height}h-${width}Z`).join('');
}
