// The models view of the manager window.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { looks, manager, openManager, row } from './manager';
import { calls, openPane, type Pane } from './panes';
import { byId, quiet, shot, sound, useBrowser } from './window';

useBrowser();

async function models(options: Pane = {}): Promise<Page> {
  const page = await openPane({ transfers: 'pull', ...options });
  await page.keyboard.press('Control+j');
  await page.keyboard.press('Control+Shift+m');
  await byId(page, 'models').waitFor();
  return page;
}

async function ready(options: Pane = {}): Promise<Page> {
  const page = await models(options);
  await byId(page, 'comparison-files').waitFor();
  await byId(page, 'facts').waitFor();
  return page;
}

test('the design: versions, what was sent, files, details', async () => {
  const page = await ready();
  expect(await byId(page, 'model').allTextContents()).toHaveLength(6);
  expect(await byId(page, 'model-totals').textContent()).toBe(
    '4 versions, 60.93 GB stored, 26.21 GB ever sent',
  );
  expect(await byId(page, 'comparison-summary').textContent()).toBe(
    '3 changed, 1 new, 1 left out, 11 the same',
  );
  expect(await byId(page, 'compared').count()).toBe(8);
  await byId(page, 'model-verify').click();
  await byId(page, 'verified').waitFor();
  await looks(page, 'models');
});

test('picks two versions, with the mouse and with the keyboard', async () => {
  const page = await ready();
  const version = (name: string) => page.locator(`[data-version="${name}"]`);
  await version('v1.0.0').locator('[data-testid="pick"]').click();
  await expect.poll(() => page.locator('#cp').textContent()).toBe('v1.0.0 to v1.2.0');
  expect(await byId(page, 'detail-version').textContent()).toBe('v1.2.0');
  await version('v1.2.0').focus();
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => byId(page, 'detail-version').textContent()).toBe('v1.1.0');
  await page.keyboard.press('Space');
  await expect.poll(() => page.locator('#cp').textContent()).toBe('v1.0.0 to v1.1.0');
  await page.keyboard.press('Space');
  await byId(page, 'version-files').waitFor();
  expect(await byId(page, 'comparison').count()).toBe(0);
  quiet(page);
});

test('unchanged files unfold, and only changes hides them', async () => {
  const page = await ready();
  await byId(page, 'unchanged-toggle').click();
  await expect.poll(() => byId(page, 'compared').count()).toBe(16);
  await byId(page, 'only-changes').check();
  await expect.poll(() => byId(page, 'compared').count()).toBe(5);
  expect(await byId(page, 'unchanged').count()).toBe(0);
});

test('a check that fails names the files', async () => {
  const page = await ready();
  await manager(page, (hoist) => {
    hoist.broken = ['model-00002-of-00004.safetensors', 'vocab.json'];
  });
  await byId(page, 'verify-now').click();
  await expect.poll(() => byId(page, 'verified').textContent()).toContain('2 of 15 files do not match');
  await expect
    .poll(() => byId(page, 'alerted').textContent())
    .toContain('2 files of harbour-7b-instruct@v1.2.0');
  await shot(page, 'models-broken');
  await sound(page);
});

test('aliases are added, moved and taken away', async () => {
  const page = await ready();
  await byId(page, 'alias-add').click();
  await byId(page, 'alias-input').fill('v2.0.0');
  await byId(page, 'alias-go').click();
  await page.getByText('and no version number').waitFor();
  await byId(page, 'alias-input').fill('production');
  await page.getByText('production names v1.1.0 now').waitFor();
  await sound(page);
  await byId(page, 'alias-go').click();
  await expect.poll(() => byId(page, 'alias').allTextContents()).toEqual(['latest', 'production']);
  await byId(page, 'alias-remove').click();
  await expect.poll(() => byId(page, 'alias').allTextContents()).toEqual(['latest']);
  expect(await calls(page, 'modelAlias')).toEqual([
    ['models-r2', 'harbour-7b-instruct', 'production', 'v1.2.0'],
    ['models-r2', 'harbour-7b-instruct', 'production', null],
  ]);
});

test('a push proposes the version after the latest and refuses one that is there', async () => {
  const page = await ready();
  await byId(page, 'model-push').click();
  expect(await byId(page, 'push-version').inputValue()).toBe('v1.2.1');
  await byId(page, 'push-version').fill('v1.1.0');
  await page.getByText('v1.1.0 is there already').waitFor();
  await byId(page, 'push-version').fill('v1.3.0');
  await byId(page, 'push-description').fill('Third round');
  await shot(page, 'models-push');
  await sound(page);
  await byId(page, 'push-go').click();
  await byId(page, 'push-dialog').waitFor({ state: 'detached' });
  expect(await calls(page, 'modelPush')).toEqual([
    ['models-r2', 'harbour-7b-instruct', 'v1.3.0', null, 'Third round', 'v1.2.0'],
  ]);
  quiet(page);
});

test('what a version was made from is chosen, and is the latest unless something else is', async () => {
  const page = await ready();
  await byId(page, 'model-push').click();
  expect(await byId(page, 'push-parent').textContent()).toContain('v1.2.0');
  await byId(page, 'push-parent').click();
  const lines = page.locator('[data-testid^="push-parent-"]');
  expect((await lines.allTextContents()).map((line) => line.trim())).toEqual([
    'Nothing',
    'v1.2.0  latest',
    'v1.1.0  production',
    'v1.0.1',
    'v1.0.0',
  ]);
  await byId(page, 'push-parent-v1.1.0').click();
  await shot(page, 'models-push-parent');
  await byId(page, 'push-go').click();
  await byId(page, 'push-dialog').waitFor({ state: 'detached' });

  // Another model has other versions; a new one has none.
  await byId(page, 'model-push').click();
  await byId(page, 'push-name').fill('harbour-embed-small');
  await expect.poll(() => byId(page, 'push-parent').textContent()).toContain('v2.1.0');
  await byId(page, 'push-parent').click();
  await page.locator('[data-testid="push-parent-"]').click();
  await byId(page, 'push-go').click();
  await byId(page, 'push-dialog').waitFor({ state: 'detached' });
  await byId(page, 'model-push').click();
  await byId(page, 'push-name').fill('brand-new');
  expect(await byId(page, 'push-parent').isDisabled()).toBe(true);
  const parents = (await calls(page, 'modelPush')).map((args) => [args[1], args[5]]);
  expect(parents).toEqual([
    ['harbour-7b-instruct', 'v1.1.0'],
    ['harbour-embed-small', null],
  ]);
  quiet(page);
});

test('what a refused push says stays in its dialog', async () => {
  const page = await ready();
  await manager(page, (hoist) => {
    hoist.failing.modelPush = hoist.problems.refused;
  });
  await byId(page, 'model-push').click();
  await byId(page, 'push-go').click();
  await expect.poll(() => byId(page, 'push-error').textContent()).toContain('Allow PutObject');
});

test('pull asks where to, remove tells how much', async () => {
  const page = await ready();
  await byId(page, 'model-pull').click();
  await byId(page, 'pull-go').click();
  await byId(page, 'pull-dialog').waitFor({ state: 'detached' });
  expect(await calls(page, 'modelPull')).toEqual([['models-r2', 'harbour-7b-instruct', 'v1.2.0', null]]);
  await page.locator('[data-version="v1.1.0"]').focus();
  await page.keyboard.press('Delete');
  const dialog = byId(page, 'remove-version-dialog');
  await dialog.waitFor();
  expect(await dialog.textContent()).toContain('15 files, 15.23 GB, are deleted from models-r2');
  expect(await dialog.textContent()).toContain('go with it: production');
  await shot(page, 'models-remove');
  await sound(page);
  await byId(page, 'remove-go').click();
  await expect.poll(() => byId(page, 'version').count()).toBe(3);
  // The version first, its alias after: no other call takes an alias away before.
  expect(await calls(page, 'modelRemove')).toEqual([['models-r2', 'harbour-7b-instruct', 'v1.1.0', true]]);
  expect(await calls(page, 'modelAlias')).toEqual([]);
});

test('no model yet, none that matches, one profile that cannot be read', async () => {
  const page = await models();
  await byId(page, 'filter').fill('zebra');
  await byId(page, 'models-no-match').waitFor();
  await shot(page, 'models-no-match');
  await sound(page);
  await page.keyboard.press('Escape');
  await expect.poll(() => byId(page, 'model').count()).toBe(6);
  await manager(page, (hoist) => {
    hoist.failing.modelList = hoist.problems.refused;
  });
  await page.keyboard.press('Control+Shift+m');
  quiet(page);

  const none = await models({ scenario: 'empty', transfers: 'none' });
  await byId(none, 'models-none').waitFor();
  await looks(none, 'models-none');
});

test('models that cannot be read: the reason, and another try', async () => {
  const page = await openPane({ transfers: 'none' });
  await manager(page, (hoist) => {
    hoist.failing.modelList = hoist.problems.refused;
  });
  await page.keyboard.press('Control+Shift+m');
  await byId(page, 'models-failed').first().waitFor();
  await shot(page, 'models-failed');
  await sound(page);
  await manager(page, (hoist) => {
    hoist.failing.modelList = undefined;
  });
  await byId(page, 'models-retry').click();
  await byId(page, 'comparison-files').waitFor();
});

test('the tensors of a model file: layers open and close, by keyboard too, and all of them on demand', async () => {
  const page = await openManager({ query: { transfers: 'design' } });
  await row(page, 'model-00001-of-00004.safetensors').click();
  await byId(page, 'peek').waitFor();
  expect(await byId(page, 'peek-tensors').textContent()).toBe('79');
  expect(await byId(page, 'peek-precision').textContent()).toBe('BF16');
  expect(await byId(page, 'tensor').count()).toBe(8);
  expect(await byId(page, 'peek-read').textContent()).toContain('first 10.2 KB');
  await shot(page, 'tensors');
  await sound(page);
  await byId(page, 'tensor').first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => byId(page, 'tensor').nth(1).getAttribute('aria-expanded')).toBe('false');
  expect(await byId(page, 'tensor').nth(2).textContent()).toContain('layers.1');
  await page.keyboard.press('ArrowRight');
  await byId(page, 'tensors-all').click();
  await expect.poll(() => byId(page, 'tensor').count()).toBe(86);
  await sound(page);
});
