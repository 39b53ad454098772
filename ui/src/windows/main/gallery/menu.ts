import { t } from '../../../i18n/i18n.svelte';
import type { MenuEntry } from '../../../parts/menu';
import { type App, subjectOf } from '../state/app.svelte';

/** What can be done with the selected images. */
export function selectionEntries(app: App): MenuEntry[] {
  const { selection } = app.gallery;
  const ids = selection.list();
  const first = ids[0];
  const entries: MenuEntry[] = [
    {
      kind: 'item',
      label: t('gallery.copy', { n: ids.length }),
      icon: 'copy',
      key: 'Ctrl+C',
      run: () => void app.copyHistory(ids),
    },
    {
      kind: 'sub',
      label: t('row.copyAs'),
      icon: 'link',
      entries: app.formats.map((format) => ({
        kind: 'item',
        label: app.formatLabel(format),
        run: () => void app.copyHistory(ids, format),
      })),
    },
  ];
  if (ids.length === 1 && first !== undefined) {
    entries.push({
      kind: 'item',
      label: t('row.open'),
      icon: 'open',
      key: t('key.enter'),
      run: () => void app.run(app.backend.openHistory(first)),
    });
  }
  entries.push({
    kind: 'item',
    label: t('transform.open'),
    icon: 'sliders',
    key: 'Ctrl+T',
    testid: 'row-transform',
    run: () => void app.transform(subjectOf(selection.picked())),
  });
  const others = app.profiles.filter((p) =>
    [...selection.ids.values()].some((s) => s.profile !== p.profile.name),
  );
  if (others.length > 0) {
    entries.push({
      kind: 'sub',
      label: t('gallery.reupload'),
      icon: 'up',
      entries: others.map((p) => ({
        kind: 'item',
        label: app.profileLabel(p.profile.name),
        badge: app.badge(p.profile.provider),
        run: () => app.reupload(ids, p.profile.name),
      })),
    });
  }
  entries.push(
    { kind: 'separator' },
    {
      kind: 'item',
      label: t('row.delete'),
      icon: 'trash',
      key: t('key.delete'),
      danger: true,
      run: () => app.askDelete(selection.picked()),
    },
  );
  return entries;
}
