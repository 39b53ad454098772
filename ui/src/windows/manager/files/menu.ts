import { t } from '../../../i18n/i18n.svelte';
import { type MenuEntry, separator } from '../../../parts/menu';
import type { App } from '../state/app.svelte';
import * as act from './actions';
import type { SortBy } from './rows';

const SORTS: SortBy[] = ['name', 'size', 'modified', 'class'];

/** What can be done with the selected rows. */
export function rowEntries(app: App): MenuEntry[] {
  const { files, tree } = app;
  const rows = files.chosenRows();
  const only = rows.length === 1 ? rows[0] : undefined;
  const entries: MenuEntry[] = [];
  if (only?.folder) {
    entries.push({
      kind: 'item',
      label: t('files.open'),
      icon: 'folder',
      key: t('key.enter'),
      testid: 'menu-open',
      run: () => act.open(app, only),
    });
  }
  entries.push({
    kind: 'item',
    label: t('files.download'),
    icon: 'dnl',
    key: 'Ctrl+D',
    testid: 'menu-download',
    run: () => act.askDownload(app),
  });
  if (rows.some((row) => !row.folder)) {
    entries.push({
      kind: 'item',
      label: t('files.copyLink'),
      icon: 'link',
      key: 'Ctrl+Shift+C',
      testid: 'menu-link',
      run: () => void act.copyLinks(app),
    });
  }
  entries.push(
    separator,
    { kind: 'item', label: t('files.copy'), icon: 'copy', key: 'Ctrl+C', run: () => act.take(app, false) },
    { kind: 'item', label: t('files.cut'), icon: 'move', key: 'Ctrl+X', run: () => act.take(app, true) },
    {
      kind: 'item',
      label: t('files.moveTo'),
      icon: 'right',
      testid: 'menu-move',
      run: () => act.askMove(app),
    },
  );
  if (only) {
    entries.push({
      kind: 'item',
      label: t('files.rename'),
      icon: 'text',
      key: 'F2',
      testid: 'menu-rename',
      run: () => act.startRename(app),
    });
  }
  if (only?.folder) {
    const prefix = files.keyOf(only);
    entries.push({
      kind: 'item',
      label: t(tree.isPinned(files.place, prefix) ? 'files.unpin' : 'files.pin'),
      icon: 'tag',
      testid: 'menu-pin',
      run: () => act.togglePin(app, files.place, prefix),
    });
  }
  entries.push(separator, {
    kind: 'item',
    label: t('files.delete'),
    icon: 'trash',
    key: t('key.delete'),
    danger: true,
    testid: 'menu-delete',
    run: () => act.askDelete(app),
  });
  return entries;
}

/** What can be done with the folder in view. */
export function folderEntries(app: App): MenuEntry[] {
  const { files } = app;
  return [
    { kind: 'item', label: t('files.uploadFiles'), icon: 'upl', key: 'Ctrl+U', run: () => act.upload(app) },
    {
      kind: 'item',
      label: t('files.uploadFolder'),
      icon: 'folder',
      key: 'Ctrl+Shift+U',
      run: () => act.upload(app, true),
    },
    {
      kind: 'item',
      label: t('files.newFolder'),
      icon: 'plus',
      key: 'Ctrl+N',
      run: () => {
        app.dialog = { kind: 'folder' };
      },
    },
    separator,
    {
      kind: 'item',
      label: t('files.paste'),
      icon: 'paste',
      key: 'Ctrl+V',
      disabled: files.clip === null,
      testid: 'menu-paste',
      run: () => act.putDown(app),
    },
    { kind: 'item', label: t('files.refresh'), icon: 'retry', key: 'F5', run: () => void files.load() },
    {
      kind: 'sub',
      label: t('files.sortBy'),
      icon: 'list',
      entries: SORTS.map((by) => ({
        kind: 'radio',
        label: t(`files.${by}`),
        checked: files.sort.by === by,
        run: () => files.sortBy(by),
      })),
    },
  ];
}
