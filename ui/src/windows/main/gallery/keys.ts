import type { App } from '../state/app.svelte';
import { type Layout, moveRows } from './layout';

export type KeyContext = { layout: Layout; page: number; reveal: (index: number) => void };

/** The gallery's keys; true when the key was for it. */
export function galleryKey(event: KeyboardEvent, app: App, { layout, page, reveal }: KeyContext): boolean {
  const { gallery } = app;
  const { selection, total } = gallery;
  if (total === 0 || event.altKey) return false;
  const mod = event.ctrlKey || event.metaKey;
  const at = selection.focus;
  const row = gallery.row(at);
  const { columns } = layout.metrics;
  const moves: Record<string, () => number> = {
    ArrowLeft: () => (columns > 1 ? at - 1 : at),
    ArrowRight: () => (columns > 1 ? at + 1 : at),
    ArrowUp: () => moveRows(layout, at, -1),
    ArrowDown: () => moveRows(layout, at, 1),
    PageUp: () => moveRows(layout, at, -page),
    PageDown: () => moveRows(layout, at, page),
    Home: () => 0,
    End: () => total - 1,
  };
  const move = moves[event.key];
  if (move) {
    go(Math.max(0, Math.min(total - 1, move())));
    return true;
  }
  if (event.key === ' ' && row) {
    if (event.shiftKey) void selection.extend(at, mod);
    else selection.toggle(at, row);
  } else if (event.key === 'Enter' && row && !mod) void app.run(app.backend.openHistory(row.id));
  else if (event.key === 'Delete') remove();
  else if (event.key === 'Escape' && selection.count > 0) selection.clear();
  else if (mod && event.key.toLowerCase() === 'a' && !event.shiftKey) void selection.all(total);
  else if (mod && event.key.toLowerCase() === 'c' && !event.shiftKey) {
    if (selection.count > 0) void app.copyHistory(selection.list());
    else if (row) void app.copyHistory([row.id]);
  } else return false;
  return true;

  function go(index: number): void {
    reveal(index);
    if (event.shiftKey) void selection.extend(index, mod);
    else if (mod) selection.at(index, gallery.row(index));
    else {
      const next = gallery.row(index);
      if (next) selection.only(index, next);
      else selection.at(index, undefined);
    }
  }

  function remove(): void {
    if (selection.count > 0) app.askDelete(selection.picked());
    else if (row) app.askDelete([row]);
  }
}
