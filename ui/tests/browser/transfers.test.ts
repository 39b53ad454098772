// The transfers pane of the manager window.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { looks, manager } from './manager';
import { calls, openPane } from './panes';
import { byId, quiet, shot, sound, useBrowser } from './window';

useBrowser();

const row = (page: Page, name: string) => byId(page, 'transfer-row').filter({ hasText: name });

/** A minute of speed, without waiting for it. */
async function minute(page: Page): Promise<void> {
  await manager(page, (hoist) => {
    const from = performance.now();
    let second = 0;
    const clock = setInterval(() => {
      second += 1;
      const up =
        second < 4 ? second * 11e6 : second > 26 && second < 30 ? 12e6 : 44e6 + ((second * 7) % 9) * 1e6;
      const down = second < 22 ? 25e6 + ((second * 5) % 7) * 1e6 : 0;
      hoist.speed(up, down);
      if (second > 60 || performance.now() - from > 120_000) clearInterval(clock);
    }, 1000);
  });
}

test('the design: rows, parts, figures, graph', async () => {
  const page = await openPane({ transfers: 'design' });
  expect(await byId(page, 'transfers-summary').textContent()).toBe('2 running, 1 paused, 1 failed');
  expect(await byId(page, 'transfer-name').allTextContents()).toEqual([
    'model-00004-of-00004.safetensors',
    'eval-logs-2025-11.tar.zst',
    'imagenet-mini-val.tar',
    'checkpoint-12000',
  ]);
  expect(await byId(page, 'transfer-detail').first().textContent()).toBe('2.17 of 3.56 GB, part 259 of 424');
  expect(await byId(page, 'transfer-speed').allTextContents()).toEqual(['48.2 MB/s', 'Verifying', 'Paused']);
  expect(await byId(page, 'transfer-left').allTextContents()).toEqual(['29 s left', '2 s left', '–']);
  // The failed row gives its figures to the reason.
  const failed = row(page, 'checkpoint-12000');
  expect(await failed.getByRole('progressbar').count()).toBe(0);
  expect(await failed.textContent()).toContain('Free 4.2 GB, then retry');
  await looks(page, 'transfers');
});

test('the graph runs for a minute and its figures say the same', async () => {
  const page = await openPane({ transfers: 'design' });
  await page.clock.install();
  await minute(page);
  await page.clock.runFor(62_000);
  await expect.poll(() => byId(page, 'speed-up').textContent()).toMatch(/^4\d\.\d MB\/s|50.0 MB\/s|5\d/);
  expect(await byId(page, 'speed-down').textContent()).toBe('0');
  expect(await byId(page, 'speed-scale').textContent()).toMatch(/^(50\.0|100) MB\/s$/);
  const points = await page.locator('.graph .up').getAttribute('d');
  expect(points?.split('L')).toHaveLength(61);
  await page.clock.runFor(1000);
  await shot(page, 'transfers-graph');
  quiet(page);
});

test('the keyboard pauses, resumes, retries and asks before it cancels', async () => {
  const page = await openPane({ transfers: 'design' });
  await row(page, 'model-00004').focus();
  await page.keyboard.press('Space');
  await expect.poll(() => calls(page, 'transferPause')).toEqual([[1]]);
  await expect.poll(() => row(page, 'model-00004').getAttribute('data-state')).toBe('paused');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Space');
  expect(await calls(page, 'transferPause')).toEqual([[1]]);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Space');
  await expect.poll(() => calls(page, 'transferResume')).toEqual([[3]]);
  await page.keyboard.press('End');
  await page.keyboard.press('r');
  await expect.poll(() => calls(page, 'transferResume')).toEqual([[3], [4]]);
  await page.keyboard.press('Home');
  await page.keyboard.press('Delete');
  await byId(page, 'transfer-cancel-dialog').waitFor();
  expect(await byId(page, 'transfer-cancel-dialog').textContent()).toContain(
    'GB already sent are thrown away',
  );
  await sound(page);
  await page.keyboard.press('Escape');
  await byId(page, 'transfer-cancel-dialog').waitFor({ state: 'detached' });
  expect(await calls(page, 'transferCancel')).toEqual([]);
  await page.keyboard.press('Delete');
  await byId(page, 'transfer-cancel-go').click();
  await expect.poll(() => calls(page, 'transferCancel')).toHaveLength(1);
  quiet(page);
});

test('a transfer moves, is checked, is told of, and leaves', async () => {
  const page = await openPane({ transfers: 'none' });
  await byId(page, 'transfers-empty').waitFor();
  await manager(page, (hoist) => {
    hoist.begin('upload', 'large.bin', { bytesTotal: 480_000_000 });
  });
  await row(page, 'large.bin').waitFor();
  await expect.poll(() => byId(page, 'said').textContent()).toBe('Uploading large.bin');
  await expect.poll(() => row(page, 'large.bin').locator('[data-flying="4"]').count()).toBe(1);
  await expect.poll(() => byId(page, 'said').textContent()).toBe('Uploaded large.bin');
  await row(page, 'large.bin').waitFor({ state: 'detached' });
  quiet(page);
});

test('2,000 transfers are a few rows of the document', async () => {
  const page = await openPane({ transfers: 'many' });
  expect(await byId(page, 'transfers-summary').textContent()).toBe('2,000 waiting');
  expect(await byId(page, 'transfer-row').count()).toBeLessThan(14);
  await byId(page, 'transfer-row').first().focus();
  await page.keyboard.press('End');
  await row(page, 'checkpoint-1000000.pt').waitFor();
  expect(await byId(page, 'transfer-row').count()).toBeLessThan(16);
  expect(await page.getByRole('grid', { name: 'Transfers' }).getAttribute('aria-rowcount')).toBe('2000');
  await page.keyboard.press('PageUp');
  quiet(page);
});

test('priority in the menu, failed files in a dialog, all kinds and states', async () => {
  const page = await openPane({ transfers: 'states', height: 980 });
  await page.evaluate(() => localStorage.setItem('manager.sizes', JSON.stringify({ transfers: 560 })));
  await page.reload();
  await row(page, 'waits-low.bin').click({ button: 'right' });
  await byId(page, 'transfer-priority-high').click();
  await expect.poll(() => calls(page, 'transferPriority')).toEqual([[9, 'high']]);
  await page.locator('[role="menu"]').waitFor({ state: 'detached' });
  await looks(page, 'transfers-states');
  await byId(page, 'transfer-list-failed').click();
  await byId(page, 'failure').nth(2).waitFor();
  await shot(page, 'transfers-failures');
  await sound(page);
  await byId(page, 'failures-retry').click();
  await expect.poll(() => calls(page, 'transferResume')).toEqual([[5]]);
});

test('pause all, resume all, clear finished', async () => {
  const page = await openPane({ transfers: 'states' });
  await byId(page, 'transfers-pause-all').click();
  await expect.poll(() => calls(page, 'transferPauseAll')).toHaveLength(1);
  await byId(page, 'transfers-clear').click();
  await row(page, 'checkpoint-12000').waitFor({ state: 'detached' });
  expect(await byId(page, 'transfers-clear').isDisabled()).toBe(true);
});

test('folds into one line that tells what is at work', async () => {
  const page = await openPane({ transfers: 'pull' });
  await page.keyboard.press('Control+j');
  await byId(page, 'transfers-folded').waitFor();
  expect(await byId(page, 'transfers-folded').textContent()).toMatch(
    /1 pulling.*tts-coast@v0\.4\.0.*48\.2 MB\/s, 17 s left/,
  );
  await shot(page, 'transfers-folded');
  await sound(page);
  await byId(page, 'transfers-show').click();
  await byId(page, 'transfer-row').waitFor();
});

test('the splitter moves by keys', async () => {
  const page = await openPane({ transfers: 'design' });
  const height = async () => (await byId(page, 'transfers').boundingBox())?.height;
  expect(await height()).toBe(209);
  await byId(page, 'transfers-split').focus();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  expect(await height()).toBe(225);
  await page.keyboard.press('ArrowDown');
  expect(await height()).toBe(217);
});

test('a limit for all transfers, one of the list or its own', async () => {
  const page = await openPane({ transfers: 'design' });
  expect(await byId(page, 'rate-limit').textContent()).toContain('Limit: none');
  await byId(page, 'rate-limit').click();
  await byId(page, 'limit-5').click();
  await expect.poll(() => byId(page, 'rate-limit').textContent()).toContain('Limit: 5 MB/s');
  await page.locator('[role="menu"]').waitFor({ state: 'detached' });
  await byId(page, 'rate-limit').click();
  await byId(page, 'limit-own').click();
  await byId(page, 'limit-input').fill('lots');
  await byId(page, 'limit-go').click();
  await page.locator('#limit-error').waitFor();
  await sound(page);
  await byId(page, 'limit-input').fill('2.5');
  await byId(page, 'limit-go').click();
  await expect.poll(() => calls(page, 'setRateLimit')).toEqual([[5_000_000], [2_500_000]]);
  await expect.poll(() => byId(page, 'rate-limit').textContent()).toContain('Limit: 2.5 MB/s');
  // It holds the next time too.
  await page.reload();
  await expect.poll(() => calls(page, 'setRateLimit')).toEqual([[2_500_000]]);
});
