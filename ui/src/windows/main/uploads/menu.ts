import { problemDetails, t } from '../../../i18n/i18n.svelte';
import type { MenuEntry } from '../../../parts/menu';
import { type App, subjectOf } from '../state/app.svelte';
import { isFinished, isStored, type UploadItem } from '../state/uploads.svelte';

/** What can be done with one upload, in its state. */
export function uploadEntries(app: App, item: UploadItem): MenuEntry[] {
  const { view } = item;
  const entries: MenuEntry[] = [];
  if (isStored(view.state)) {
    entries.push(
      {
        kind: 'item',
        label: t('row.copy'),
        icon: 'copy',
        key: 'Ctrl+C',
        run: () => void app.copyUpload(view.id),
      },
      {
        kind: 'sub',
        label: t('row.copyAs'),
        icon: 'link',
        entries: app.formats.map((format) => ({
          kind: 'item',
          label: app.formatLabel(format),
          run: () => void app.copyUpload(view.id, format),
        })),
      },
    );
    const id = view.historyId;
    if (id !== null) {
      entries.push(
        {
          kind: 'item',
          label: t('row.open'),
          icon: 'open',
          run: () => void app.run(app.backend.openHistory(id)),
        },
        {
          kind: 'item',
          label: t('transform.open'),
          icon: 'sliders',
          testid: 'row-transform',
          run: () => void app.transform(subjectOf([{ id, profile: view.profile }])),
        },
        { kind: 'separator' },
        {
          kind: 'item',
          label: t('row.delete'),
          icon: 'trash',
          danger: true,
          testid: 'row-delete',
          run: () => app.askDelete([{ id, name: view.name, profile: view.profile }]),
        },
      );
    }
    return entries;
  }
  if (view.state === 'failed' || view.state === 'cancelled') {
    entries.push({
      kind: 'item',
      label: t('common.retry'),
      icon: 'retry',
      run: () => void app.run(app.backend.retryUpload(view.id)),
    });
  }
  if (isPath(view.origin)) {
    entries.push({
      kind: 'item',
      label: t('transform.open'),
      icon: 'sliders',
      testid: 'row-transform',
      run: () =>
        void app.transform({
          source: { kind: 'path', path: view.origin },
          ids: [],
          profile: view.profile,
        }),
    });
  }
  const { problem } = view;
  if (problem) {
    const where = `${view.name} → ${view.profile}${view.key ? `: ${view.key}` : ''}`;
    entries.push({
      kind: 'item',
      label: t('row.copyError'),
      icon: 'copy',
      testid: 'row-copy-error',
      run: () => void app.copyText(`${where}\n${problemDetails(problem)}`),
    });
  }
  if (!isFinished(view.state)) {
    entries.push({
      kind: 'item',
      label: t('row.cancel'),
      icon: 'x',
      run: () => void app.run(app.backend.cancelUpload(view.id)),
    });
  }
  return entries;
}

/** A file of this computer: neither the clipboard nor an address. */
function isPath(origin: string): boolean {
  return origin !== 'clipboard' && !/^[a-z]+:\/\//i.test(origin);
}
