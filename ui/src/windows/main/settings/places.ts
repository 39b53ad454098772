import { type MessageKey, t } from '../../../i18n/i18n.svelte';
import type { SettingsPage } from '../state/app.svelte';

export type Place = { id: string; label: string; where: string; page: SettingsPage; testid?: string };

type Known = {
  label: MessageKey;
  page: Exclude<SettingsPage['kind'], 'profile' | 'newProfile'>;
  testid?: string;
};

const KNOWN: Known[] = [
  { label: 'naming.pattern', page: 'naming', testid: 'field-pattern' },
  { label: 'naming.tokens', page: 'naming' },
  { label: 'formats.copy', page: 'formats', testid: 'field-copyLinks' },
  { label: 'formats.own', page: 'formats', testid: 'formats-list-add' },
  { label: 'images.transform', page: 'images', testid: 'field-transform' },
  { label: 'place.label', page: 'images', testid: 'field-transformPlace' },
  { label: 'images.presets', page: 'images', testid: 'presets-add' },
  { label: 'images.strip', page: 'images', testid: 'field-stripMetadata' },
  { label: 'images.dedupe', page: 'images', testid: 'field-dedupe' },
  { label: 'backups.add', page: 'backups', testid: 'backup-add' },
  { label: 'shortcuts.global', page: 'shortcuts', testid: 'shortcut-record' },
  { label: 'shortcuts.showAll', page: 'shortcuts', testid: 'show-keys' },
  { label: 'general.language', page: 'general', testid: 'field-language' },
  { label: 'general.theme', page: 'general', testid: 'field-theme' },
  { label: 'general.tray', page: 'general', testid: 'field-closeToTray' },
  { label: 'general.notify', page: 'general', testid: 'field-notify' },
  { label: 'general.continueTransfers', page: 'general', testid: 'field-continueTransfers' },
  { label: 'general.concurrency', page: 'general', testid: 'field-concurrency' },
  { label: 'general.port', page: 'general', testid: 'field-storePort' },
  { label: 'general.data', page: 'general' },
  { label: 'general.config', page: 'general' },
  { label: 'general.version', page: 'general' },
];

/** Settings whose words, or whose page's words, hold the text. */
export function findSettings(text: string, profiles: { name: string; label: string }[]): Place[] {
  const wanted = text.toLowerCase();
  const places: Place[] = [
    ...profiles.map(
      ({ name, label }): Place => ({
        id: `profile-${name}`,
        label,
        where: t('settings.profiles'),
        page: { kind: 'profile', name },
        testid: 'field-name',
      }),
    ),
    {
      id: 'new',
      label: t('form.newProfile'),
      where: t('settings.profiles'),
      page: { kind: 'newProfile' },
      testid: 'field-name',
    },
    ...KNOWN.map(
      (known): Place => ({
        id: known.label,
        label: t(known.label),
        where: t(`settings.${known.page}`),
        page: { kind: known.page },
        testid: known.testid,
      }),
    ),
  ];
  return places.filter((place) => `${place.label} ${place.where}`.toLowerCase().includes(wanted));
}
