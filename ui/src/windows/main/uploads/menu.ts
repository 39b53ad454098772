import { problemText, t } from '../../../i18n/i18n.svelte';
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
  if (view.problem) {
    entries.push({
      kind: 'item',
      label: t('row.copyError'),
      icon: 'copy',
      testid: 'row-copy-error',
      run: () => void app.copyText(errorDetails(item)),
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

/** All that helps someone else to help: words first, then the provider's own codes. */
export function errorDetails({ view }: UploadItem): string {
  const { problem } = view;
  if (!problem) return '';
  const text = problemText(problem);
  const facts = [
    problem.status === null ? null : `HTTP ${problem.status}`,
    problem.providerCode,
    problem.requestId === null ? null : `request id ${problem.requestId}`,
  ].filter((fact) => fact !== null);
  return [
    `${view.name} → ${view.profile}${view.key ? `: ${view.key}` : ''}`,
    `${text.what} ${text.fix}`.trim(),
    [problem.code, ...facts].join(', '),
  ].join('\n');
}
