import { isMac } from '../../i18n/i18n.svelte';
import { editing, stepPane } from '../../parts/panes';
import type { App } from './state/app.svelte';

/** The window's keys (design: Keyboard, Manager column). Menus, dialogs and fields keep their own. */
export function handleKey(app: App, event: KeyboardEvent): void {
  if (!app.ready || event.defaultPrevented || event.isComposing) return;
  if (document.querySelector('[role="dialog"], [role="menu"]')) return;
  if (event.key === 'F6') {
    event.preventDefault();
    stepPane(event.shiftKey ? -1 : 1);
    return;
  }
  const mod = isMac ? event.metaKey : event.ctrlKey;
  if (mod && !event.altKey && shared(app, event)) {
    event.preventDefault();
    return;
  }
  if (app.viewKeys?.(event)) event.preventDefault();
}

function shared(app: App, event: KeyboardEvent): boolean {
  const key = event.key.toLowerCase();
  if (key === '/') app.dialog = { kind: 'keys' };
  else if (key === 'm' && event.shiftKey) app.view = app.view === 'files' ? 'models' : 'files';
  else if (event.shiftKey) return false;
  else if (key === 'i' && !editing(event.target)) app.panels.toggleDetails();
  else if (key === 'j') app.panels.toggleTransfers();
  else if (key === 'f') document.querySelector<HTMLElement>('[data-testid="filter"]')?.focus();
  else if (key === 'm') void app.run(app.backend.openMain());
  else return false;
  return true;
}
