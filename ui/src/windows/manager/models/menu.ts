import { t } from '../../../i18n/i18n.svelte';
import type { MenuEntry } from '../../../parts/menu';
import type { App } from '../state/app.svelte';

/** What can be done with the version that is shown. */
export function versionEntries(app: App): MenuEntry[] {
  const { models } = app;
  const { row, chosen } = models;
  if (!row || !chosen) return [];
  const { version } = row;
  const entries: MenuEntry[] = [];
  if (row.finished) {
    entries.push(
      {
        kind: 'item',
        label: t('models.pullAsk'),
        icon: 'dnl',
        run: () => {
          models.dialog = 'pull';
        },
      },
      {
        kind: 'item',
        label: t('models.verify'),
        icon: 'shield',
        run: () => void models.verify(version),
      },
      {
        kind: 'item',
        label: t('models.aliasAsk'),
        icon: 'tag',
        run: () => {
          models.dialog = 'alias';
        },
      },
      {
        kind: 'item',
        label: t('models.copyName'),
        icon: 'copy',
        run: () => void app.copyText(`${chosen.name}@${version}`),
      },
      { kind: 'separator' },
    );
  }
  entries.push({
    kind: 'item',
    label: t('models.removeAsk'),
    icon: 'trash',
    key: t('key.delete'),
    danger: true,
    testid: 'version-remove',
    run: () => {
      models.dialog = 'remove';
    },
  });
  return entries;
}
