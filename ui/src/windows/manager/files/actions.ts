// What the toolbar, the menus and the keys of the view of files do.
import type { CopyRequest, Existing, ObjectCount } from '../../../backend/manager';
import { t } from '../../../i18n/i18n.svelte';
import type { App } from '../state/app.svelte';
import { nameOf } from './crumbs';
import { paste } from './paste';
import type { Row } from './rows';

export function upload(app: App, folders = false): void {
  const { place, prefix } = app.files;
  void app.run(app.backend.chooseUpload(place, prefix, folders));
}

/** Uploads what was dropped; `dropped` stands for the files. */
export function drop(app: App, dropped: number, prefix: string): void {
  void app.run(app.backend.transferDrop(app.files.place, prefix, dropped));
}

export function askDownload(app: App): void {
  const keys = app.files.chosen();
  if (keys.length > 0) app.dialog = { kind: 'download', place: app.files.place, keys };
}

export async function download(app: App, place: string, keys: string[], existing: Existing): Promise<void> {
  const started = await app.run(app.backend.transferDownload(place, keys, existing, null));
  if (started !== undefined && started !== null) app.panels.toggleTransfers(true);
}

export function askDelete(app: App): void {
  const { files } = app;
  const rows = files.chosenRows();
  if (rows.length === 0) return;
  const keys = rows.map((row) => files.keyOf(row));
  app.dialog = { kind: 'delete', place: files.place, keys, known: listed(rows) };
}

/** What the listing says of the objects among rows; folders hold what only counting tells. */
export function listed(rows: readonly Row[]): ObjectCount {
  const objects = rows.filter((row) => !row.folder);
  return { objects: objects.length, bytes: objects.reduce((sum, row) => sum + row.size, 0) };
}

/** Objects as listed and all below the folders. Objects are not asked for one by one. */
export async function count(
  app: App,
  place: string,
  keys: string[],
  known: ObjectCount,
): Promise<ObjectCount> {
  const folders = keys.filter((key) => key.endsWith('/'));
  if (folders.length === 0) return known;
  const below = await app.backend.objectCount(place, folders);
  return { objects: known.objects + below.objects, bytes: known.bytes + below.bytes };
}

export function remove(app: App, place: string, keys: string[]): void {
  app.files.picks.clear();
  void app.run(app.backend.objectDelete(place, keys));
}

export function askMove(app: App): void {
  const { place, prefix } = app.files;
  const keys = app.files.chosen();
  if (keys.length > 0) app.dialog = { kind: 'move', place, base: prefix, keys };
}

/** Opens a folder; of an object the details. */
export function open(app: App, row: Row): void {
  const { files, panels } = app;
  if (row.folder) app.goTo(files.place, files.keyOf(row));
  else {
    if (!panels.detailsShown) panels.toggleDetails();
    requestAnimationFrame(() =>
      document.querySelector<HTMLElement>('[data-testid="details"] [role="radio"][tabindex="0"]')?.focus(),
    );
  }
}

export function startRename(app: App): void {
  const { files } = app;
  const row = files.chosenRows()[0];
  if (!row || files.picks.count !== 1) return;
  files.picks.move(files.order.indexOf(row.id));
  files.reveal += 1;
  files.renaming = row.id;
}

export function rename(app: App, row: Row, name: string): void {
  const { files } = app;
  files.renaming = null;
  if (name === row.name) return;
  const key = files.keyOf(row);
  files.want(name);
  const request: CopyRequest = {
    from: files.place,
    keys: [key],
    base: files.prefix,
    to: files.place,
    prefix: files.prefix,
    exactKey: files.keyOf({ name, folder: row.folder }),
    // The name was free a moment ago; what took it since is not written over.
    existing: 'skip',
    removeSource: true,
  };
  void app.run(app.backend.objectCopy(request));
}

export function take(app: App, cut: boolean): void {
  const { files } = app;
  const keys = files.chosen();
  if (keys.length === 0) return;
  files.clip = { place: files.place, base: files.prefix, keys, cut };
  app.said = t(cut ? 'files.saidCut' : 'files.saidCopied', { n: keys.length });
}

/** Pastes into the folder in view. */
export function putDown(app: App): void {
  const { files } = app;
  if (!files.clip) return;
  const answer = paste(files.clip, files.place, files.prefix, (name) => files.taken(name));
  if (answer.kind === 'intoItself') {
    app.toasts.show('bad', () => t('files.intoItself', { name: answer.name }));
  } else if (answer.kind === 'ask') {
    app.dialog = { kind: 'conflict', names: answer.names, request: answer.request };
  } else if (answer.kind === 'go') copy(app, answer.request);
}

export function copy(app: App, request: CopyRequest): void {
  const { files } = app;
  if (request.removeSource) files.clip = null;
  const first = request.keys[0];
  if (first !== undefined && request.to === files.place && request.prefix === files.prefix)
    files.want(nameOf(first));
  void app.run(app.backend.objectCopy(request));
}

export async function copyLinks(app: App): Promise<void> {
  const keys = app.files.chosen().filter((key) => !key.endsWith('/'));
  if (keys.length === 0) return;
  const copied = await app.run(app.backend.copyObjectLinks(app.files.place, keys, null));
  if (copied && copied.count > 0)
    app.toasts.show('ok', () =>
      t('toast.copied', { n: copied.count, format: app.formatLabel(copied.format) }),
    );
}

export function togglePin(app: App, place: string, prefix: string): void {
  if (app.tree.isPinned(place, prefix)) app.tree.unpin(place, prefix);
  else app.tree.pin(place, prefix);
}
