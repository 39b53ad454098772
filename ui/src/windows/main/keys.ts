import { isMac } from '../../i18n/i18n.svelte';
import { editing, selectedText, stepPane } from '../../parts/panes';
import type { App } from './state/app.svelte';

/** The window's keys (design: Keyboard, Main column). Menus and dialogs keep their own. */
export function handleKey(app: App, event: KeyboardEvent): void {
  if (!app.ready || event.defaultPrevented || event.isComposing) return;
  const mod = isMac ? event.metaKey : event.ctrlKey;
  if (app.dialog) return;
  if (event.key === 'F6') {
    event.preventDefault();
    stepPane(event.shiftKey ? -1 : 1);
    return;
  }
  if (event.key === 'Escape' && app.page !== 'uploads' && app.menu === 'none' && !editing(event.target)) {
    event.preventDefault();
    app.goTo('uploads');
    return;
  }
  if (!mod || event.altKey) return;
  if (shared(app, event) || app.page !== 'uploads' || onUploads(app, event)) event.preventDefault();
}

function shared(app: App, event: KeyboardEvent): boolean {
  if (event.key === '/') app.dialog = { kind: 'keys' };
  else if (event.key === ',') app.goTo('settings');
  else if (event.key.toLowerCase() === 'm' && !event.shiftKey) void app.run(app.backend.openManager());
  else if (event.key.toLowerCase() === 'o' && !event.shiftKey) {
    app.goTo('uploads');
    void app.chooseFiles();
  } else if (event.key.toLowerCase() === 'f' && !event.shiftKey) {
    const field = document.querySelector<HTMLElement>(
      '[data-testid="search"], [data-testid="settings-search"]',
    );
    if (field?.offsetParent) field.focus();
    else document.querySelector<HTMLElement>('[data-testid="search-open"]')?.click();
  } else return false;
  return true;
}

function onUploads(app: App, event: KeyboardEvent): boolean {
  const key = event.key.toLowerCase();
  if (/^[1-5]$/.test(key)) {
    const format = app.formats[Number(key) - 1];
    if (format) app.setFormat(format);
    return format !== undefined;
  }
  if (event.shiftKey) return false;
  if (key === 'l') app.dialog = { kind: 'url' };
  else if (key === 'p') app.menu = 'profile';
  else if (key === 't') void app.transform();
  else if (key === 'v' && !editing(event.target)) {
    pastedAt = performance.now();
    void app.paste();
  } else if (key === 'z' && !editing(event.target)) app.undo();
  else if (
    key === 'c' &&
    !editing(event.target) &&
    app.gallery.selection.count > 0 &&
    selectedText() === ''
  ) {
    void app.copyHistory(app.gallery.selection.list());
  } else if (key === 'a' && !editing(event.target)) {
    void app.gallery.selection.all(app.gallery.total);
  } else return false;
  return true;
}

let pastedAt = Number.NEGATIVE_INFINITY;

/**
 * Paste anywhere but in a field uploads the clipboard; Rust reads it, with its original bytes. The
 * key is handled as a key, since an engine may not offer the event outside of fields; the event still
 * comes from the Edit menu of a Mac.
 */
export function handlePaste(app: App, event: ClipboardEvent): void {
  if (!app.ready || app.dialog || app.page !== 'uploads' || editing(event.target)) return;
  event.preventDefault();
  if (performance.now() - pastedAt > 300) void app.paste();
}
