// Backup rules in the settings.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { everyLook } from './looks';
import { byId, fake, open, quiet, sound, useBrowser } from './window';

useBrowser();

async function backups(page: Page): Promise<void> {
  await page.keyboard.press('Control+,');
  await byId(page, 'nav-backups').click();
  await byId(page, 'backups').waitFor();
}

const row = (page: Page, name: string) => page.locator(`[data-testid="backup"][data-name="${name}"]`);
const focused = (page: Page) =>
  page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset.testid);

test('each rule says where it goes and how it stands', async () => {
  const page = await open();
  await backups(page);
  await row(page, 'training').waitFor();
  expect(await row(page, 'training').textContent()).toContain('training-data/{year}/{month}/');
  expect(await row(page, 'training').textContent()).toContain('Watching');
  expect(await row(page, 'training').textContent()).toContain('12 sent, 431 unchanged');
  expect(await row(page, 'notes').textContent()).toContain('The folder /media/usb/notes is not there');
  expect(await row(page, '照片').textContent()).toContain('Not run yet');
  quiet(page);
});

test('a new rule: the folder is chosen, the preview counts, the date is shown', async () => {
  const page = await open({ scenario: 'empty' });
  await backups(page);
  await byId(page, 'backups').getByText('No backups yet').waitFor();
  await byId(page, 'backup-add').click();
  expect(await focused(page)).toBe('backup-name');
  await byId(page, 'backup-name').fill('experiments');
  await byId(page, 'backup-choose').click();
  await expect.poll(() => byId(page, 'backup-folder').inputValue()).toBe('/home/ada/experiments');
  await expect.poll(() => byId(page, 'backup-counts').textContent()).toContain('at least 1,204 files');
  await byId(page, 'backup-patterns').fill('*.npy\n\n  runs/**/*.ckpt ');
  await byId(page, 'backup-destination').fill('data/{year}/{month}');
  await expect.poll(() => byId(page, 'backup-now').textContent()).toBe('Changed now: data/2025/11/');
  await expect
    .poll(() => byId(page, 'backup-counts').textContent())
    .toMatch(/12 files, 1\.20 GB,\s+3 new or changed, 300 MB/);
  expect(await byId(page, 'backup-preview').textContent()).toContain('data/2025/11/runs/7/epoch-001.npy');
  await byId(page, 'backup-keepFolders').click();
  await expect.poll(() => byId(page, 'backup-preview').textContent()).toContain('data/2025/11/epoch-001.npy');
  await page.locator('[data-testid="backup-when"] [data-value="watch"]').click();
  await byId(page, 'backup-save').click();
  await row(page, 'experiments').waitFor();
  expect(await focused(page)).toBe('backup-edit-experiments');
  const saved = await fake(page, (hoist) => hoist.backups.rules[0]?.rule);
  expect(saved).toMatchObject({
    folder: '/home/ada/experiments',
    patterns: ['*.npy', 'runs/**/*.ckpt'],
    keepFolders: false,
    when: 'watch',
    enabled: true,
    profile: 'local',
  });
  quiet(page);
});

test('what is wrong is said under its field, while typing and on saving', async () => {
  const page = await open();
  await backups(page);
  await byId(page, 'backup-edit-training').click();
  await byId(page, 'backup-destination').fill('a/{name}');
  await expect.poll(() => byId(page, 'error-destination').textContent()).toContain('column 3');
  await byId(page, 'backup-destination').fill('a/');
  await expect.poll(() => byId(page, 'error-destination').count()).toBe(0);
  await byId(page, 'backup-patterns').fill('a[');
  await expect.poll(() => byId(page, 'error-patterns').textContent()).toContain('is not complete');
  expect(await byId(page, 'backup-patterns').getAttribute('aria-invalid')).toBe('true');
  await byId(page, 'backup-patterns').fill('');
  await byId(page, 'backup-name').fill('notes');
  await byId(page, 'backup-save').click();
  expect(await byId(page, 'error-name').textContent()).toContain('Choose another name');
  expect(await focused(page)).toBe('backup-name');
  await page.keyboard.press('Escape');
  await byId(page, 'backups').waitFor();
  expect(await focused(page)).toBe('backup-edit-training');
  expect(await fake(page, (hoist) => hoist.backups.rules.length)).toBe(3);
});

test('files go to another bucket of the account', async () => {
  const page = await open();
  await backups(page);
  await byId(page, 'backup-edit-training').click();
  expect(await byId(page, 'backup-bucket').inputValue()).toBe('');
  await byId(page, 'backup-bucket').fill('datasets');
  await byId(page, 'backup-save').click();
  await expect.poll(() => row(page, 'training').textContent()).toContain('/datasets');
  const [name] = (await fake(page, (hoist) => hoist.backups.rules[0]?.rule.profile))?.split('/') ?? [];
  expect(await fake(page, (hoist) => hoist.backups.rules[0]?.rule.profile)).toBe(`${name}/datasets`);
  await byId(page, 'backup-edit-training').click();
  expect(await byId(page, 'backup-bucket').inputValue()).toBe('datasets');
  await byId(page, 'backup-bucket').fill('');
  await byId(page, 'backup-save').click();
  await expect.poll(() => fake(page, (hoist) => hoist.backups.rules[0]?.rule.profile)).toBe(name);
});

test('Run now shows how far it is and how it ended; the menu checks the bucket', async () => {
  const page = await open({ pace: 150 });
  await backups(page);
  await byId(page, 'backup-run-照片').click();
  await expect.poll(() => byId(page, 'backup-progress').textContent()).toContain('4 of 12 files');
  expect(await byId(page, 'backup-run-照片').isDisabled()).toBe(true);
  await expect.poll(() => row(page, '照片').textContent()).toContain('12 sent');
  await byId(page, 'backup-more-照片').click();
  await byId(page, 'backup-check-照片').click();
  await expect
    .poll(() => fake(page, (hoist) => hoist.calls.filter((call) => call.name === 'backupRun').at(-1)?.args))
    .toEqual(['照片', true]);
});

test('removing asks, and says what stays', async () => {
  const page = await open();
  await backups(page);
  await byId(page, 'backup-more-notes').click();
  await byId(page, 'backup-remove-notes').click();
  expect(await byId(page, 'remove-backup-dialog').textContent()).toContain('Its files stay');
  await byId(page, 'remove-backup-go').click();
  await row(page, 'notes').waitFor({ state: 'detached' });
  expect(await fake(page, (hoist) => hoist.backups.rules.length)).toBe(2);
});

test('what another Hoist changes is seen at once', async () => {
  const page = await open();
  await backups(page);
  await row(page, 'training').waitFor();
  await fake(page, (hoist) => hoist.backupDelete('training'));
  await row(page, 'training').waitFor({ state: 'detached' });
});

test('the whole form is reached by the keyboard', async () => {
  const page = await open();
  await backups(page);
  await byId(page, 'backup-add').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.type('by keys');
  await page.keyboard.press('Tab');
  await page.keyboard.type('/data');
  await page.keyboard.press('Enter');
  await row(page, 'by keys').waitFor();
  await sound(page);
});

everyLook([
  { name: 'backups', scenario: 'gallery', act: backups },
  {
    name: 'backup-form',
    scenario: 'gallery',
    act: async (page) => {
      await backups(page);
      await byId(page, 'backup-edit-training').click();
      await byId(page, 'backup-counts').waitFor();
    },
  },
  {
    name: 'backup-form-wrong',
    scenario: 'gallery',
    act: async (page) => {
      await backups(page);
      await byId(page, 'backup-edit-notes').click();
      await byId(page, 'backup-destination').fill('a/{name}');
      await byId(page, 'error-destination').waitFor();
    },
  },
  {
    name: 'backup-running',
    scenario: 'gallery',
    act: async (page) => {
      await backups(page);
      await fake(page, (hoist) => {
        hoist.backups.runs('notes', 9);
        hoist.emit({ type: 'backups', backups: hoist.backups.rules });
      });
      await byId(page, 'backup-progress').waitFor();
    },
  },
]);
