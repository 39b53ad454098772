// What a person does with uploads.
import { expect, test } from 'vitest';
import { byId, fake, open, quiet, useBrowser } from './window';

useBrowser();

test('choosing files ends with links copied, and Undo takes them back', async () => {
  const page = await open({ scenario: 'empty' });
  await byId(page, 'choose-files').click();
  await byId(page, 'toast').waitFor();
  expect(await byId(page, 'toast-text').textContent()).toBe('Copied 3 Markdown links');
  expect(await byId(page, 'upload-row').count()).toBe(3);
  // Input order, whatever ended first.
  expect(await byId(page, 'upload-name').allTextContents()).toEqual([
    'harbour-at-dawn.jpg',
    'night-market.jpg',
    '港口的清晨.png',
  ]);
  await byId(page, 'tile').nth(2).waitFor();
  await page.keyboard.press('Control+z');
  await expect.poll(() => byId(page, 'toast-text').textContent()).toBe('Deleted 3 images');
  await byId(page, 'empty').waitFor();
  await byId(page, 'toast-undo').click();
  await expect.poll(() => byId(page, 'tile').count()).toBe(3);
  quiet(page);
});

test('one failure stays in its row, the others finish, and Retry mends it', async () => {
  const page = await open({ scenario: 'gallery' });
  await fake(page, (hoist) => {
    hoist.failNext = { at: 1, problem: hoist.problems.refused };
  });
  await byId(page, 'choose-files').click();
  const failed = page.locator('[data-testid="upload-row"][data-state="failed"]');
  await failed.waitFor();
  expect(await failed.locator('[data-testid="upload-sub"]').textContent()).toContain('Allow PutObject');
  await expect.poll(() => byId(page, 'alerted').textContent()).toContain('night-market.jpg failed');
  await expect.poll(() => byId(page, 'toast-text').textContent()).toBe('Copied 2 Markdown links');
  await failed.locator('[data-testid="retry"]').click();
  await expect.poll(() => page.locator('[data-state="done"]').count()).toBe(3);
  expect(await failed.count()).toBe(0);
});

test('error details can be copied, codes and request id included', async () => {
  const page = await open({ scenario: 'busy' });
  await page.locator('[data-state="failed"] [data-testid="more"]').click();
  await byId(page, 'row-copy-error').click();
  await byId(page, 'toast').waitFor();
  const text = await fake(page, (hoist) => hoist.clipboard);
  for (const fact of ['request-flow.png', 'PutObject', '403', 'AccessDenied', '7C1F0A93E4B2D815']) {
    expect(text).toContain(fact);
  }
});

test('Cancel stops one, Cancel all the rest, Clear finished empties the list', async () => {
  const page = await open({ scenario: 'gallery', pace: 2000 });
  await byId(page, 'choose-files').click();
  await byId(page, 'cancel').first().click();
  await expect.poll(() => page.locator('[data-state="cancelled"]').count()).toBe(1);
  await byId(page, 'cancel-all').click();
  await expect.poll(() => page.locator('[data-state="cancelled"]').count()).toBe(3);
  await byId(page, 'clear-finished').click();
  await expect.poll(() => byId(page, 'uploads').count()).toBe(0);
});

test('Ctrl+V uploads the clipboard once, but pastes text in a field', async () => {
  const page = await open({ scenario: 'gallery' });
  await byId(page, 'gallery').focus();
  await page.keyboard.press('Control+v');
  await byId(page, 'upload-row').waitFor();
  const pasted = () => fake(page, (hoist) => hoist.calls.filter((c) => c.name === 'uploadClipboard').length);
  expect(await pasted()).toBe(1);
  await byId(page, 'search').focus();
  await page.keyboard.press('Control+v');
  expect(await pasted()).toBe(1);
});

test('From URL: a bad address is named, good ones are uploaded, the focus comes back', async () => {
  const page = await open({ scenario: 'gallery' });
  await byId(page, 'from-url').click();
  await byId(page, 'url-input').fill('ftp://x/y.png');
  await byId(page, 'url-upload').click();
  await page.getByText('“ftp://x/y.png” is not an http or https address.').waitFor();
  await byId(page, 'url-input').fill('https://a.example/1.png\nhttps://a.example/2.png');
  expect(await byId(page, 'url-upload').textContent()).toContain('Upload 2 images');
  await page.keyboard.press('Enter');
  await byId(page, 'url-dialog').waitFor({ state: 'detached' });
  const call = await fake(page, (hoist) => hoist.calls.find((c) => c.name === 'uploadUrls')?.args[0]);
  expect(call).toEqual(['https://a.example/1.png', 'https://a.example/2.png']);
  expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset.testid)).toBe('from-url');
});

test('a clipboard without an image says what to do', async () => {
  const page = await open({ scenario: 'gallery' });
  await fake(page, (hoist) => {
    hoist.failing.uploadClipboard = hoist.problems.noClipboard;
  });
  await page.keyboard.press('Control+v');
  await byId(page, 'toast').waitFor();
  expect(await byId(page, 'toast').getAttribute('data-kind')).toBe('bad');
  expect(await byId(page, 'toast-text').textContent()).toContain('Copy an image');
});

test('the toast goes after six seconds, but not while it is hovered or focused', async () => {
  const page = await open({ scenario: 'gallery' });
  await page.clock.install();
  const batch = () =>
    fake(page, (hoist) =>
      hoist.emit({
        type: 'batch',
        batch: { id: 1, done: 1, failed: 0, cancelled: 0, copied: 1, format: 'html', background: false },
      }),
    );
  await batch();
  expect(await byId(page, 'toast-text').textContent()).toBe('Copied 1 HTML link');
  await page.clock.runFor(5900);
  expect(await byId(page, 'toast').count()).toBe(1);
  await page.clock.runFor(200);
  expect(await byId(page, 'toast').count()).toBe(0);
  await batch();
  await byId(page, 'toast').hover();
  await page.clock.runFor(20_000);
  expect(await byId(page, 'toast').count()).toBe(1);
  await page.mouse.move(5, 5);
  await page.clock.runFor(7000);
  expect(await byId(page, 'toast').count()).toBe(0);
  await batch();
  await byId(page, 'toast-undo').focus();
  await page.clock.runFor(20_000);
  expect(await byId(page, 'toast').count()).toBe(1);
});

test('Undo of a deletion is no longer offered once it cannot work', async () => {
  const page = await open({ scenario: 'gallery' });
  await page.clock.install();
  await byId(page, 'tile').first().click();
  await page.keyboard.press('Delete');
  await byId(page, 'delete-go').click();
  await byId(page, 'toast-undo').hover();
  await page.clock.runFor(8100);
  expect(await byId(page, 'toast-undo').count()).toBe(0);
  expect(await byId(page, 'toast').count()).toBe(1);
});

test('rows are one tab stop: arrows walk rows and buttons', async () => {
  const page = await open({ scenario: 'busy' });
  const focus = () =>
    page.evaluate(() => {
      const at = document.activeElement as HTMLElement;
      return `${at.closest<HTMLElement>('[data-upload]')?.dataset.upload} ${at.dataset.testid}`;
    });
  expect(await page.locator('.rows [tabindex="0"]').count()).toBe(1);
  await page.locator('.rows [tabindex="0"]').focus();
  expect(await focus()).toBe('1 cancel');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect.poll(focus).toBe('3 retry');
  await page.keyboard.press('ArrowRight');
  expect(await focus()).toBe('3 more');
  await page.keyboard.press('End');
  await expect.poll(focus).toBe('6 more');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Control+c');
  await byId(page, 'toast').waitFor();
  expect(await fake(page, (hoist) => hoist.clipboard)).toContain('screenshot-e5510b3c.png');
});

test('a menu gives the focus back to its row', async () => {
  const page = await open({ scenario: 'busy' });
  const more = byId(page, 'more').nth(3);
  await more.click();
  await page.keyboard.press('Escape');
  await expect.poll(() => more.evaluate((node) => node === document.activeElement)).toBe(true);
});

test('1,000 uploads: few nodes, the row at work in view, progress repaints one bar', async () => {
  const page = await open({ scenario: 'many' });
  expect(await byId(page, 'uploads').getAttribute('data-total')).toBe('1000');
  expect(await byId(page, 'upload-row').count()).toBeLessThan(30);
  await page.locator('[data-testid="upload-row"][data-upload="201"]').waitFor();
  const bar = page.locator('[data-upload="201"] .bar b');
  await fake(page, (hoist) => hoist.progress(201, 80_000));
  await expect.poll(() => bar.evaluate((node) => (node as HTMLElement).style.width)).toBe('50%');
  // A thousand changes at once must not block the window.
  const took = await page.evaluate(async () => {
    const { hoist } = window as unknown as { hoist: import('../../src/backend/fake').FakeBackend };
    const events = [...hoist.uploads.values()].map((upload) => ({
      type: 'upload' as const,
      upload: { ...upload, state: 'done' as const, copied: true },
    }));
    const from = performance.now();
    hoist.emit(...events);
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    return performance.now() - from;
  });
  expect(took).toBeLessThan(1500);
  expect(await byId(page, 'uploads-summary').textContent()).toBe('1,000 done');
});

test('a lost delta is noticed and everything read again', async () => {
  const page = await open({ scenario: 'busy' });
  await fake(page, (hoist) => {
    for (const id of [1, 2, 3]) hoist.uploads.delete(id);
    hoist.emitWithGap();
  });
  await expect.poll(() => byId(page, 'upload-row').count()).toBe(3);
});

test('nothing jumps while an upload runs', async () => {
  const page = await open({ scenario: 'gallery', pace: 60, reducedMotion: false });
  await byId(page, 'choose-files').click();
  await byId(page, 'upload-row').nth(2).waitFor();
  await page.evaluate(() => {
    const scope = window as unknown as { moved: number };
    scope.moved = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        scope.moved += (entry as PerformanceEntry & { value: number }).value;
    }).observe({ type: 'layout-shift' });
  });
  const places = () =>
    page.evaluate(() =>
      [...document.querySelectorAll('[data-testid="upload-row"] :is(.name, .state, .acts)')].map((node) => {
        const box = node.getBoundingClientRect();
        // A state with a bar has two lines about the middle of its row: its place is its column.
        return [box.left, box.right, node.matches('.state') ? null : box.top];
      }),
    );
  const before = await places();
  await byId(page, 'toast').waitFor();
  expect(await places()).toEqual(before);
  // New tiles come in at the head of the gallery; the rows above must not have moved at all.
  expect(await page.evaluate(() => (window as unknown as { moved: number }).moved)).toBeLessThan(0.1);
});

test('a short window folds what is finished', async () => {
  const page = await open({ scenario: 'busy', width: 640, height: 480 });
  expect(await byId(page, 'upload-row').count()).toBe(3);
  expect(await byId(page, 'fold').textContent()).toContain('3 done, links copied');
  await byId(page, 'fold-toggle').click();
  await expect.poll(() => byId(page, 'upload-row').count()).toBe(6);
});

test('a new batch folds what the last one finished, but not what failed', async () => {
  const page = await open({ scenario: 'busy' });
  await byId(page, 'paste').click();
  await page
    .locator('[data-testid="upload-row"][data-state="done"]')
    .getByText('clipboard.png', { exact: true })
    .waitFor();
  expect(await byId(page, 'fold').textContent()).toContain('3 done, links copied');
  expect(await byId(page, 'upload-name').allTextContents()).toEqual([
    'clipboard.png',
    'harbour-at-dawn.jpg',
    'night-market.jpg',
    'request-flow.png',
  ]);
  await byId(page, 'fold-toggle').click();
  await expect.poll(() => byId(page, 'upload-row').count()).toBe(7);
});

test('scrolling keeps the nodes of rows that stay in view', async () => {
  const page = await open({ scenario: 'huge' });
  const kept = await page.evaluate(async () => {
    const scroller = document.querySelector('[data-testid="gallery"]') as HTMLElement;
    const before = new Map(
      [...document.querySelectorAll<HTMLElement>('[data-id]')].map((n) => [n.dataset.id, n]),
    );
    scroller.scrollTop += 130;
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const after = [...document.querySelectorAll<HTMLElement>('[data-id]')].filter((n) =>
      before.has(n.dataset.id),
    );
    return after.length > 10 && after.every((n) => before.get(n.dataset.id) === n);
  });
  expect(kept).toBe(true);
});

test('the frame and the hook answer to files carried over the window', async () => {
  const page = await open({ scenario: 'empty' });
  const hook = byId(page, 'hook');
  const y = async () => (await hook.boundingBox())?.y ?? 0;
  const before = await y();
  await fake(page, (hoist) => hoist.drag('over'));
  await expect.poll(async () => (await y()) - before).toBe(8);
  expect(
    await byId(page, 'window').evaluate((node) => getComputedStyle(node, '::after').borderTopWidth),
  ).toBe('2px');
  expect(await byId(page, 'status').textContent()).toContain('Drop to upload to Built-in store');
  await fake(page, (hoist) => hoist.drag('none'));
  await expect.poll(async () => (await y()) - before).toBe(0);
});
