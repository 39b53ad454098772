import { isMac } from '../../../i18n/i18n.svelte';
import { editing, selectedText } from '../../../parts/panes';
import type { App } from '../state/app.svelte';
import * as act from './actions';

/** Keys that work anywhere in the view of files, fields aside. */
export function viewKey(app: App, event: KeyboardEvent): boolean {
  const { files } = app;
  const mod = isMac ? event.metaKey : event.ctrlKey;
  const key = event.key.toLowerCase();
  if (mod && !event.altKey) {
    if (key === 'u') act.upload(app, event.shiftKey);
    else if (event.shiftKey && key === 'g') files.editingPath = true;
    else if (event.shiftKey && key === 'c') void act.copyLinks(app);
    else if (event.shiftKey) return false;
    else if (key === 'd') act.askDownload(app);
    else if (key === 'n') app.dialog = { kind: 'folder' };
    else if (editing(event.target)) return false;
    else if (key === 'v') act.putDown(app);
    else if (key === 'r') void files.load();
    else return false;
    return true;
  }
  if (mod || editing(event.target)) return false;
  if (event.altKey && event.key === 'ArrowLeft') files.goBack();
  else if (event.altKey && event.key === 'ArrowRight') files.goForward();
  else if (event.altKey && event.key === 'ArrowUp') files.goUp();
  else if (event.altKey) return false;
  else if (event.key === 'Backspace') files.goUp();
  else if (event.key === 'F5') void files.load();
  else return false;
  return true;
}

/** The table's keys; true when the key was for it. `page`: rows of a screenful. */
export function tableKey(app: App, event: KeyboardEvent, page: number): boolean {
  const { files } = app;
  const { picks, order } = files;
  if (event.altKey) return false;
  const mod = isMac ? event.metaKey : event.ctrlKey;
  const at = picks.focus;
  const last = order.length - 1;
  const moves: Record<string, number> = {
    ArrowUp: at - 1,
    ArrowDown: at + 1,
    PageUp: at - page,
    PageDown: at + page,
    Home: 0,
    End: last,
  };
  const move = moves[event.key];
  if (move !== undefined) {
    if (last < 0) return true;
    const to = Math.max(0, Math.min(last, move));
    if (event.shiftKey) picks.extend(to, order, mod);
    else if (mod) picks.move(to);
    // The first arrow selects where the keyboard stands.
    else picks.only(picks.count === 0 && Math.abs(move - at) === 1 ? at : to, order);
    files.reveal += 1;
    return true;
  }
  const key = event.key.toLowerCase();
  if (mod) {
    if (key === 'a' && !event.shiftKey) picks.all(order);
    else if (key === 'c' && !event.shiftKey && selectedText() === '') act.take(app, false);
    else if (key === 'x' && !event.shiftKey) act.take(app, true);
    else if (key === ' ') picks.toggle(at, order);
    else return false;
    return true;
  }
  const row = files.at(at);
  if (event.key === 'Enter' && row) act.open(app, row);
  else if (event.key === 'F2') act.startRename(app);
  else if (event.key === 'Delete') act.askDelete(app);
  else if (event.key === 'Escape' && (picks.count > 0 || files.clip?.cut)) {
    picks.clear();
    files.clip = null;
  } else if (event.key === ' ' && typed.text === '') picks.toggle(at, order);
  else if (event.key.length === 1) find(app, event.key);
  else return false;
  return true;
}

const FORGET = 1000;
const typed = { text: '', at: 0 };

/** Type to find: letters in quick succession lead to the first name that begins with them. */
function find(app: App, letter: string): void {
  const { files } = app;
  const now = performance.now();
  typed.text = now - typed.at > FORGET ? letter : typed.text + letter;
  typed.at = now;
  setTimeout(() => {
    if (performance.now() - typed.at >= FORGET) typed.text = '';
  }, FORGET + 10);
  const wanted = typed.text.toLowerCase();
  const { order, picks, rows } = files;
  // The same letter again goes on to the next.
  const again = wanted.length > 1 && [...wanted].every((c) => c === wanted[0]);
  const onward = (wanted.length === 1 || again) && picks.count > 0;
  const start = onward ? picks.focus + 1 : picks.focus;
  const begin = again ? (wanted[0] ?? '') : wanted;
  for (let step = 0; step < order.length; step += 1) {
    const at = (start + step) % order.length;
    if (
      !rows.names
        .at(order[at] ?? 0)
        .toLowerCase()
        .startsWith(begin)
    )
      continue;
    picks.only(at, order);
    files.reveal += 1;
    return;
  }
}
