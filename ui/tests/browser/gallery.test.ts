// What a person does with the gallery.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { byId, fake, open, quiet, useBrowser } from './window';

useBrowser();

const selected = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('[data-testid="tile"][aria-selected="true"]')].map((n) =>
      Number(n.dataset.index),
    ),
  );
const focusAt = (page: Page) =>
  byId(page, 'gallery').evaluate((node) => node.getAttribute('aria-activedescendant'));

test('mouse: one, Ctrl, Shift, the tick', async () => {
  const page = await open();
  const tile = byId(page, 'tile');
  await tile.nth(2).click();
  await tile.nth(5).click({ modifiers: ['Control'] });
  expect(await selected(page)).toEqual([2, 5]);
  await tile.nth(8).click({ modifiers: ['Shift'] });
  await expect.poll(() => selected(page)).toEqual([5, 6, 7, 8]);
  await tile.nth(0).hover();
  await tile.nth(0).locator('.tick').click();
  expect(await selected(page)).toEqual([0, 5, 6, 7, 8]);
  expect(await byId(page, 'copy-selected').textContent()).toContain('Copy 5 links');
  expect(await byId(page, 'selected').textContent()).toMatch(/^5 selected, /);
  await byId(page, 'copy-selected').click();
  await expect.poll(() => byId(page, 'toast-text').textContent()).toBe('Copied 5 Markdown links');
  expect((await fake(page, (hoist) => hoist.clipboard)).split('\n')).toHaveLength(5);
  await byId(page, 'clear-selection').click();
  expect(await selected(page)).toEqual([]);
});

test('keyboard: arrows, Shift, Space, Ctrl+A, Ctrl+C, Enter, Escape', async () => {
  const page = await open();
  await byId(page, 'gallery').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  expect(await focusAt(page)).toBe('g-7');
  expect(await selected(page)).toEqual([7]);
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  await expect.poll(() => selected(page)).toEqual([7, 8, 9]);
  await page.keyboard.press('Control+ArrowLeft');
  await page.keyboard.press('Control+ArrowLeft');
  await page.keyboard.press('Space');
  expect(await selected(page)).toEqual([8, 9]);
  await page.keyboard.press('Control+c');
  await expect.poll(() => byId(page, 'toast-text').textContent()).toBe('Copied 2 Markdown links');
  await page.keyboard.press('Enter');
  const opened = await fake(page, (hoist) => hoist.calls.filter((c) => c.name === 'openHistory').length);
  expect(opened).toBe(1);
  await page.keyboard.press('Control+a');
  await expect.poll(() => byId(page, 'selected').textContent()).toMatch(/^1,204 selected/);
  await page.keyboard.press('Escape');
  await expect.poll(() => selected(page)).toEqual([]);
  await page.keyboard.press('End');
  await expect.poll(() => focusAt(page)).toBe('g-1203');
  quiet(page);
});

test('Delete says how many and where, deletes remotely, and can be undone', async () => {
  const page = await open();
  const first = await byId(page, 'tile').nth(2).getAttribute('data-id');
  await byId(page, 'tile').nth(2).click();
  await byId(page, 'tile')
    .nth(4)
    .click({ modifiers: ['Shift'] });
  await expect.poll(() => selected(page)).toEqual([2, 3, 4]);
  await page.keyboard.press('Delete');
  expect(await page.getByRole('dialog').getByRole('heading').textContent()).toBe('Delete 3 images?');
  expect((await byId(page, 'delete-places').textContent())?.trim()).toBe('2 in blog, 1 in Built-in store');
  await byId(page, 'delete-go').click();
  await expect.poll(() => byId(page, 'toast-text').textContent()).toBe('Deleted 3 images');
  await expect.poll(() => byId(page, 'tile').nth(2).getAttribute('data-id')).not.toBe(first);
  const call = await fake(page, (hoist) => hoist.calls.find((c) => c.name === 'deleteHistory')?.args);
  expect(call).toEqual([expect.any(Array), true]);
  expect(call?.[0]).toHaveLength(3);
  await byId(page, 'toast-undo').click();
  await expect.poll(() => byId(page, 'tile').nth(2).getAttribute('data-id')).toBe(first);
});

test('only from the list keeps the objects; Cancel and Escape do nothing and give the focus back', async () => {
  const page = await open();
  await byId(page, 'tile').first().click();
  await page.keyboard.press('Delete');
  await page.keyboard.press('Escape');
  await byId(page, 'delete-dialog').waitFor({ state: 'detached' });
  expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset.testid)).toBe('gallery');
  await page.keyboard.press('Delete');
  await byId(page, 'delete-list').check();
  expect(await byId(page, 'delete-go').textContent()).toContain('Remove 1 image');
  await byId(page, 'delete-go').click();
  await expect.poll(() => byId(page, 'toast-text').textContent()).toBe('Removed 1 image from the list');
  expect(await fake(page, (hoist) => hoist.calls.find((c) => c.name === 'deleteHistory')?.args[1])).toBe(
    false,
  );
});

test('more than 100 remote deletions ask for the number', async () => {
  const page = await open();
  await byId(page, 'gallery').focus();
  await page.keyboard.press('Control+a');
  await expect.poll(() => byId(page, 'selected').textContent()).toMatch(/^1,204/);
  await page.keyboard.press('Delete');
  expect(await byId(page, 'delete-go').isDisabled()).toBe(true);
  await byId(page, 'delete-count').fill('1203');
  expect(await byId(page, 'delete-go').isDisabled()).toBe(true);
  await byId(page, 'delete-count').fill('1204');
  expect(await byId(page, 'delete-go').isDisabled()).toBe(false);
  await byId(page, 'delete-list').check();
  expect(await byId(page, 'delete-count').count()).toBe(0);
});

test('search narrows, clears with Escape, and says so when nothing matches', async () => {
  const page = await open();
  await page.keyboard.press('Control+f');
  await page.keyboard.type('港口');
  await expect.poll(() => byId(page, 'match-count').textContent()).toMatch(/^\d+ matches$/);
  const names = await page.locator('[data-testid="tile"] .cap .clip').allTextContents();
  expect(names.every((name) => name.startsWith('港口'))).toBe(true);
  // What is stored in all is still told.
  expect(await byId(page, 'stored').textContent()).toBe('1,204 images stored');
  await byId(page, 'search').fill('zebra');
  await byId(page, 'no-match').waitFor();
  await byId(page, 'no-match-clear').click();
  await byId(page, 'tile').first().waitFor();
  expect(await byId(page, 'search').inputValue()).toBe('');
  await page.keyboard.press('Control+f');
  await page.keyboard.type('sea');
  await page.keyboard.press('Escape');
  expect(await byId(page, 'search').inputValue()).toBe('');
  await page.keyboard.press('Escape');
  expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset.testid)).toBe('gallery');
});

test('a slow answer to an old search does not replace a newer one', async () => {
  const page = await open();
  await page.evaluate(() => {
    const { hoist } = window as unknown as { hoist: import('../../src/backend/fake').FakeBackend };
    const real = hoist.historyOutline.bind(hoist);
    hoist.historyOutline = async (query) => {
      if (query.text === 'sea') await new Promise((done) => setTimeout(done, 400));
      return real(query);
    };
  });
  await byId(page, 'search').fill('sea');
  await page.waitForFunction(
    () => (window as unknown as { hoist: { calls: { name: string }[] } }).hoist.calls.length > 0,
  );
  await byId(page, 'search').fill('dunes');
  await expect
    .poll(() => page.locator('[data-testid="tile"] .cap .clip').first().textContent())
    .toBe('dunes-03');
  await page.waitForTimeout(600);
  expect(await page.locator('[data-testid="tile"] .cap .clip').first().textContent()).toBe('dunes-03');
});

test('100,000 images: few nodes, quick to open, any place at once, pages only for what is looked at', async () => {
  const page = await open({ scenario: 'huge' });
  expect(await byId(page, 'gallery-pane').getAttribute('data-total')).toBe('100000');
  expect(Number(await byId(page, 'gallery').getAttribute('aria-rowcount'))).toBeGreaterThan(10_000);
  const nodes = () => page.evaluate(() => document.querySelectorAll('*').length);
  expect(await nodes()).toBeLessThan(1500);
  const asked = () => fake(page, (hoist) => hoist.calls.filter((c) => c.name === 'historyRows').length);
  const before = await asked();
  // Thrown from end to end, as with the scroll bar.
  const frames = await page.evaluate(async () => {
    const scroller = document.querySelector('[data-testid="gallery"]') as HTMLElement;
    const took: number[] = [];
    for (let i = 1; i <= 60; i += 1) {
      const from = performance.now();
      scroller.scrollTop = (scroller.scrollHeight * i) / 60;
      await new Promise((done) => requestAnimationFrame(done));
      took.push(performance.now() - from);
    }
    return took.sort((a, b) => a - b);
  });
  expect(frames[30]).toBeLessThan(250);
  await expect.poll(() => page.locator('[data-testid="tile"][data-index="99999"][data-id]').count()).toBe(1);
  expect((await asked()) - before).toBeLessThan(130);
  expect(await nodes()).toBeLessThan(1500);
  await byId(page, 'gallery').focus();
  await page.keyboard.press('Home');
  await page.locator('[data-testid="tile"][data-index="0"][data-id]').waitFor();
  await page.keyboard.press('Control+a');
  await expect
    .poll(() => byId(page, 'selected').textContent(), { timeout: 5000 })
    .toMatch(/^100,000 selected/);
});

test('the same image stays at the top when the window or the view changes', async () => {
  const page = await open({ scenario: 'huge' });
  const top = () =>
    page.evaluate(() => {
      const box = (document.querySelector('[data-testid="gallery"]') as HTMLElement).getBoundingClientRect();
      const tiles = [...document.querySelectorAll<HTMLElement>('[data-testid="tile"]')];
      const seen = tiles.filter((n) => n.getBoundingClientRect().bottom > box.top + 40);
      return Number(seen[0]?.dataset.index);
    });
  await byId(page, 'gallery').evaluate((node) => {
    node.scrollTop = 400_000;
  });
  await page.waitForTimeout(100);
  const before = await top();
  await page.setViewportSize({ width: 700, height: 640 });
  await expect.poll(async () => Math.abs((await top()) - before)).toBeLessThan(14);
  await page.getByRole('radio', { name: 'List' }).click();
  await expect.poll(async () => Math.abs((await top()) - before)).toBeLessThan(40);
});

test('uploads that come in do not move what one is looking at', async () => {
  const page = await open({ scenario: 'gallery', pace: 400 });
  await byId(page, 'gallery').evaluate((node) => {
    node.scrollTop = 1500;
  });
  await page.waitForTimeout(100);
  const tile = page.locator('[data-testid="tile"][data-index="70"]');
  const before = (await tile.boundingBox())?.y ?? 0;
  await byId(page, 'choose-files').click();
  await byId(page, 'upload-row').nth(2).waitFor();
  await expect
    .poll(async () => Math.abs(((await tile.boundingBox())?.y ?? 0) - before))
    .toBeLessThanOrEqual(1);
});

test('the right mouse button selects and offers; another profile takes a copy', async () => {
  const page = await open();
  await byId(page, 'tile').nth(1).click({ button: 'right' });
  expect(await selected(page)).toEqual([1]);
  await page.getByRole('menuitem', { name: 'Upload again to' }).hover();
  await page.getByRole('menuitem', { name: 'lab-minio' }).click();
  const call = await fake(page, (hoist) => hoist.calls.find((c) => c.name === 'reuploadHistory')?.args);
  expect((call as unknown[])[1]).toBe('lab-minio');
  await byId(page, 'upload-row').waitFor();
});

test('the menu key opens the menu of the image the keyboard is on', async () => {
  const page = await open();
  await byId(page, 'gallery').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ContextMenu');
  await page.getByRole('menuitem', { name: 'Copy 1 link' }).waitFor();
  await page.keyboard.press('Escape');
  await expect
    .poll(() => page.evaluate(() => (document.activeElement as HTMLElement).dataset.testid))
    .toBe('gallery');
});

test('a history that cannot be read says why, keeps the old rows, and comes back', async () => {
  const page = await open();
  await fake(page, (hoist) => {
    hoist.failing.historyOutline = hoist.problems.history;
    hoist.emit({ type: 'history', revision: 99 });
  });
  await byId(page, 'gallery-problem').waitFor();
  expect(await byId(page, 'gallery-problem').textContent()).toContain('Free some disk space');
  expect(await byId(page, 'tile').count()).toBeGreaterThan(5);
  await fake(page, (hoist) => {
    hoist.failing = {};
  });
  await byId(page, 'gallery-problem').getByRole('button').click();
  await byId(page, 'gallery-problem').waitFor({ state: 'detached' });
});
