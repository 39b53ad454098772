// Keys, panes, languages, sizes, contrast.
import { expect, test } from 'vitest';
import { byId, fake, open, quiet, shot, sound, useBrowser } from './window';

useBrowser();

test('F6 walks the panes, both ways', async () => {
  const page = await open({ scenario: 'busy' });
  const where = () =>
    page.evaluate(() => {
      const at = document.activeElement as HTMLElement;
      const pane = at.closest<HTMLElement>('[data-pane]');
      return pane?.className.split(' ')[0] ?? '';
    });
  const seen: string[] = [];
  for (let i = 0; i < 5; i += 1) {
    await page.keyboard.press('F6');
    seen.push(await where());
  }
  expect(seen).toEqual(['header', 'strip', 'rows', 'bar-over', 'scroller']);
  await page.keyboard.press('Shift+F6');
  expect(await where()).toBe('bar-over');
});

test('Ctrl+1 to Ctrl+4 choose the link format, arrows in the group too', async () => {
  const page = await open();
  await page.keyboard.press('Control+3');
  await expect
    .poll(() => page.locator('[data-testid="formats"] [aria-checked="true"]').textContent())
    .toContain('HTML');
  await page.locator('[data-testid="formats"] [aria-checked="true"]').focus();
  await page.keyboard.press('ArrowRight');
  expect(await page.locator('[data-testid="formats"] [aria-checked="true"]').textContent()).toContain(
    'BBCode',
  );
  expect(await fake(page, (hoist) => hoist.settings.linkFormat)).toBe('bbcode');
});

test('Ctrl+P switches the profile, the menu of the strip the transform', async () => {
  const page = await open();
  await page.keyboard.press('Control+p');
  await page.keyboard.type('lab');
  await page.keyboard.press('Enter');
  await expect.poll(() => byId(page, 'profile-menu').textContent()).toContain('lab-minio');
  await byId(page, 'transform-menu').click();
  await byId(page, 'transform-none').click();
  await page.locator('[role="menu"]').waitFor({ state: 'detached' });
  await expect.poll(() => byId(page, 'open-transform').textContent()).toContain('None');
  expect(await fake(page, (hoist) => hoist.settings.transform)).toBe('');
  await byId(page, 'transform-menu').click();
  await byId(page, 'transform-place-here').click();
  await expect.poll(() => fake(page, (hoist) => hoist.settings.transformPlace)).toBe('here');
});

test('a transform of the profile is what the strip shows, until another is chosen there', async () => {
  const page = await open({ scenario: 'oss' });
  expect(await byId(page, 'open-transform').textContent()).toContain('Web 1600');
  await byId(page, 'transform-menu').click();
  await byId(page, 'transform-none').click();
  await page.locator('[role="menu"]').waitFor({ state: 'detached' });
  await expect.poll(() => byId(page, 'open-transform').textContent()).toContain('None');
  const own = await fake(page, (hoist) => hoist.profiles.find((p) => p.profile.name === 'blog-oss')?.profile);
  expect(own).toMatchObject({ transform: null, presets: [{ name: 'Web 1600' }, {}, {}] });
});

test('six formats become a menu', async () => {
  const page = await open();
  await fake(page, (hoist) =>
    hoist.emit({
      type: 'settings',
      settings: {
        ...hoist.settings,
        customFormats: [
          { name: 'AsciiDoc', template: 'image::{url}[]' },
          { name: 'Org', template: '[[{url}]]' },
        ],
      },
    }),
  );
  await byId(page, 'formats').waitFor({ state: 'detached' });
  await byId(page, 'format-menu').click();
  await byId(page, 'format-Org').click();
  await expect.poll(() => byId(page, 'format-menu').textContent()).toContain('Org');
});

test('Ctrl+/ shows the keys and gives the focus back', async () => {
  const page = await open();
  await byId(page, 'paste').focus();
  await page.keyboard.press('Control+/');
  await byId(page, 'keys-dialog').waitFor();
  await page.keyboard.press('Escape');
  await byId(page, 'keys-dialog').waitFor({ state: 'detached' });
  expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset.testid)).toBe('paste');
});

test('a tooltip tells name and key, on focus too, and Escape takes it away', async () => {
  const page = await open();
  await byId(page, 'open-settings').hover();
  await byId(page, 'tooltip').waitFor();
  expect(await byId(page, 'tooltip').textContent()).toBe('SettingsCtrl+,');
  await page.keyboard.press('Escape');
  expect(await byId(page, 'tooltip').count()).toBe(0);
  await page.mouse.move(300, 300);
  await byId(page, 'search').focus();
  await page.keyboard.press('Tab');
  await byId(page, 'tooltip').waitFor();
});

test('the language follows the setting at once, with lang on the root', async () => {
  const page = await open();
  await fake(page, (hoist) =>
    hoist.emit({
      type: 'batch',
      batch: { id: 9, done: 2, failed: 0, cancelled: 0, copied: 2, format: 'markdown', background: false },
    }),
  );
  await expect.poll(() => byId(page, 'toast-text').textContent()).toBe('Copied 2 Markdown links');
  await fake(page, (hoist) =>
    hoist.emit({ type: 'settings', settings: { ...hoist.settings, language: 'zh-CN' } }),
  );
  await expect.poll(() => byId(page, 'choose-files').textContent()).toContain('选择文件');
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('zh-CN');
  expect(await byId(page, 'toast-text').textContent()).toBe('已复制 2 条 Markdown 链接');
});

test('auto follows the system: theme and language', async () => {
  const page = await open({ theme: 'dark', lang: 'zh-CN' });
  await fake(page, (hoist) =>
    hoist.emit({ type: 'settings', settings: { ...hoist.settings, theme: 'auto', language: 'auto' } }),
  );
  await expect.poll(() => page.evaluate(() => document.documentElement.dataset.theme)).toBeUndefined();
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(20, 23, 25)');
  expect(await byId(page, 'paste').textContent()).toContain('粘贴');
});

test('text twice as large: rows grow and nothing is cut', async () => {
  const page = await open({ scenario: 'busy', width: 1100, height: 900 });
  await page.evaluate(() => {
    const root = document.documentElement.style;
    for (const [name, size, line] of [
      ['caption', 22, 32],
      ['small', 24, 32],
      ['body', 26, 40],
      ['title', 30, 40],
    ] as const) {
      root.setProperty(`--text-${name}`, `${size}px`);
      root.setProperty(`--lh-${name}`, `${line}px`);
    }
  });
  await page.waitForTimeout(300);
  await shot(page, 'large-text');
  const cut = await page.evaluate(() =>
    [
      ...document.querySelectorAll<HTMLElement>(
        '.btn, .name, .sub, .state, .cap, .status, .sect, .header, .strip, .tile',
      ),
    ]
      .filter((node) => node.offsetParent && node.scrollHeight > node.clientHeight + 3)
      .map((node) => `${node.className}: ${node.textContent?.trim().slice(0, 30)}`),
  );
  expect(cut).toEqual([]);
  // Rows do not lie over each other.
  const tops = await page.evaluate(() =>
    [...document.querySelectorAll('[data-testid="upload-row"]')]
      .map((node) => node.getBoundingClientRect())
      .sort((a, b) => a.top - b.top)
      .map((box) => [Math.round(box.top), Math.round(box.bottom)] as const),
  );
  for (let i = 1; i < tops.length; i += 1) expect(tops[i]?.[0]).toBeGreaterThanOrEqual(tops[i - 1]?.[1] ?? 0);
});

test('zoomed to 200% (450 by 320) everything can be reached', async () => {
  const page = await open({ scenario: 'busy', width: 450, height: 320 });
  await shot(page, 'zoomed');
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  for (const id of [
    'choose-files',
    'paste',
    'from-url',
    'open-settings',
    'profile-menu',
    'open-transform',
    'transform-menu',
  ]) {
    const box = await byId(page, id).boundingBox();
    expect(box && box.x >= 0 && box.x + box.width <= 450, id).toBe(true);
  }
  await sound(page);
});

test('more contrast turns hairlines into lines', async () => {
  const page = await open({ scenario: 'busy' });
  await page.emulateMedia({ contrast: 'more' });
  await shot(page, 'contrast');
  const border = await page.locator('.strip').evaluate((node) => getComputedStyle(node).borderBottomColor);
  expect(border).toBe('rgb(126, 136, 145)');
  await sound(page);
});

test('with reduced motion nothing travels', async () => {
  const page = await open({ scenario: 'empty', reducedMotion: true });
  const time = await byId(page, 'hook').evaluate((node) => getComputedStyle(node).transitionDuration);
  expect(time).toBe('0s');
});

test('Ctrl+M and its button open the file manager', async () => {
  const page = await open();
  const opened = () => fake(page, (hoist) => hoist.calls.filter((c) => c.name === 'openManager').length);
  await page.keyboard.press('Control+m');
  await expect.poll(opened).toBe(1);
  await byId(page, 'open-manager').click();
  await expect.poll(opened).toBe(2);
});

test('a window that cannot be filled says why and can try again', async () => {
  const page = await open({ scenario: 'broken' });
  expect(await byId(page, 'broken').textContent()).toContain('history database');
  await fake(page, (hoist) => {
    hoist.failing = {};
  });
  await byId(page, 'broken').getByRole('button').click();
  await byId(page, 'choose-files').waitFor();
  quiet(page);
});
