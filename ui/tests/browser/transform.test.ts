// What a person does on the transform page.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { byId, fake, type Options, open, quiet, settled, shot, sound, useBrowser } from './window';

useBrowser();

async function transform(options: Options = {}): Promise<Page> {
  const page = await open({ scenario: 'oss', ...options });
  await page.keyboard.press('Control+t');
  await byId(page, 'transform').waitFor();
  await expect.poll(() => byId(page, 'outcome').textContent()).toBe('94% smaller');
  return page;
}

const link = async (page: Page) => (await byId(page, 'link').locator('span, b').allTextContents()).join('\n');
const asked = (page: Page) =>
  fake(page, (hoist) =>
    hoist.calls.filter((c) => c.name === 'transformPreview').map((c) => (c.args[0] as { spec: string }).spec),
  );
const focused = (page: Page) => page.evaluate(() => (document.activeElement as HTMLElement).dataset.testid);

test('shows the newest upload with what new uploads get: sizes, bytes and the exact link', async () => {
  const page = await transform();
  expect(await byId(page, 'transform-name').textContent()).toBe('harbour-at-dawn.jpg');
  expect(await byId(page, 'preset-Web 1600').getAttribute('aria-checked')).toBe('true');
  expect(await byId(page, 'size-before').textContent()).toMatch(/^4032 × 3024\sJPEG$/);
  expect(await byId(page, 'bytes-before').textContent()).toBe('3.84 MB');
  expect(await byId(page, 'size-after').textContent()).toMatch(/^1600 × 1200\sWebP$/);
  expect((await link(page)).split('\n')).toEqual([
    'https://img.example.com/2025/11/harbour-at-dawn-3f9a1c2e.jpg',
    '?x-oss-process=image/auto-orient,1/resize,m_lfit,w_1600/format,webp/quality,q_80',
  ]);
  expect(await byId(page, 'transform-said').textContent()).toMatch(
    /^1600 × 1200 WebP, \d+ KB\. 94% smaller$/,
  );
  quiet(page);
});

test('by keyboard alone: preset, width, split, copy, back', async () => {
  const page = await open({ scenario: 'oss' });
  await page.keyboard.press('Control+t');
  await byId(page, 'transform').waitFor();
  await expect.poll(() => focused(page)).toBe('preset-Web 1600');
  await page.keyboard.press('ArrowDown');
  expect(await focused(page)).toBe('preset-Thumbnail');
  await expect.poll(() => byId(page, 'size-after').textContent()).toContain('400 × 400');
  await page.keyboard.press('ArrowLeft');
  expect(await byId(page, 'preset-Blog cover').getAttribute('aria-checked')).toBe('true');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  expect(await focused(page)).toBe('spec-w');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('600');
  expect(await byId(page, 'spec-h').inputValue()).toBe('315');
  await page.keyboard.press('Tab');
  expect(await focused(page)).toBe('lock');
  await page.keyboard.press('Space');
  expect(await byId(page, 'lock').getAttribute('aria-pressed')).toBe('false');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  expect(await focused(page)).toBe('fit-fill');
  await page.keyboard.press('ArrowRight');
  expect(await byId(page, 'fit-pad').getAttribute('aria-checked')).toBe('true');
  await expect.poll(() => link(page)).toContain('m_pad,w_600,h_315');
  await byId(page, 'split').focus();
  await page.keyboard.press('ArrowRight');
  expect(await byId(page, 'split').getAttribute('aria-valuenow')).toBe('52');
  await page.keyboard.press('Shift+ArrowLeft');
  expect(await byId(page, 'split').getAttribute('aria-valuenow')).toBe('42');
  await page.keyboard.press('Home');
  expect(await byId(page, 'split').getAttribute('aria-valuenow')).toBe('0');
  await page.keyboard.press('End');
  expect(await byId(page, 'split').getAttribute('aria-valuenow')).toBe('100');
  await page.keyboard.press('Control+c');
  await expect
    .poll(() => fake(page, (hoist) => hoist.clipboard))
    .toBe(
      '![](https://img.example.com/2025/11/harbour-at-dawn-3f9a1c2e.jpg?x-oss-process=image/resize,m_pad,w_600,h_315)',
    );
  expect(await byId(page, 'toast-text').textContent()).toBe('Copied 1 Markdown link');
  await page.keyboard.press('Escape');
  await byId(page, 'gallery').waitFor();
  quiet(page);
});

test('the lock keeps the shape of a box, also when its field was emptied first', async () => {
  const page = await transform();
  await byId(page, 'preset-Blog cover').click();
  await byId(page, 'spec-w').fill('');
  await byId(page, 'spec-w').pressSequentially('1000');
  expect(await byId(page, 'spec-h').inputValue()).toBe('525');
  await byId(page, 'lock').click();
  await byId(page, 'spec-h').fill('300');
  expect(await byId(page, 'spec-w').inputValue()).toBe('1000');
  await byId(page, 'lock').click();
  await byId(page, 'spec-h').fill('600');
  expect(await byId(page, 'spec-w').inputValue()).toBe('2000');
});

test('F6 walks the panes of the page', async () => {
  const page = await transform();
  const panes: (string | undefined)[] = [];
  for (let i = 0; i < 4; i += 1) {
    await page.keyboard.press('F6');
    panes.push(await focused(page));
  }
  expect(panes).toContain('split');
  expect(panes).toContain('back');
  expect(panes).toContain('save-preset');
});

test('the split follows the pointer and stays inside', async () => {
  const page = await transform();
  const box = await byId(page, 'compare').boundingBox();
  if (!box) throw new Error('no canvas');
  await page.mouse.move(box.x + box.width / 2, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 4, box.y + 60);
  expect(await byId(page, 'split').getAttribute('aria-valuenow')).toBe('25');
  await page.mouse.move(box.x - 200, box.y + 60);
  expect(await byId(page, 'split').getAttribute('aria-valuenow')).toBe('0');
  await page.mouse.up();
  await page.mouse.move(box.x + box.width / 2, box.y + 40);
  expect(await byId(page, 'split').getAttribute('aria-valuenow')).toBe('0');
});

test('typing asks once, when it rests; the old picture and its place stay meanwhile', async () => {
  const page = await transform();
  await fake(page, (hoist) => {
    hoist.previewTakes = 400;
  });
  const before = await byId(page, 'picture-after').getAttribute('src');
  const place = await byId(page, 'compare').boundingBox();
  await byId(page, 'spec-w').fill('');
  await byId(page, 'spec-w').pressSequentially('1234', { delay: 20 });
  await byId(page, 'preview-busy').waitFor();
  expect(await byId(page, 'picture-after').getAttribute('src')).toBe(before);
  expect(await byId(page, 'compare').boundingBox()).toEqual(place);
  await expect.poll(() => byId(page, 'size-after').textContent()).toContain('1234 × 926');
  await expect.poll(() => byId(page, 'preview-busy').count()).toBe(0);
  expect(await byId(page, 'compare').boundingBox()).toEqual(place);
  expect((await asked(page)).slice(1)).toEqual(['w=1234,format=webp,q=80,orient=1']);
});

test('a late answer to an older question is not shown', async () => {
  const page = await transform();
  await fake(page, (hoist) => {
    hoist.previewTakes = 900;
  });
  await byId(page, 'preset-Blog cover').click();
  await expect.poll(async () => (await asked(page)).length).toBe(2);
  await fake(page, (hoist) => {
    hoist.previewTakes = 10;
  });
  await byId(page, 'preset-Thumbnail').click();
  await expect.poll(() => byId(page, 'size-after').textContent()).toContain('400 × 400');
  // The first, the quick and in the end the slow one.
  await expect.poll(() => fake(page, (hoist) => hoist.previewsAnswered)).toBe(3);
  await settled(page);
  expect(await byId(page, 'size-after').textContent()).toContain('400 × 400');
  expect(await link(page)).toContain('w_400,h_400');
});

test('a failure says why in its place, keeps the picture, and can be tried again', async () => {
  const page = await transform();
  await fake(page, (hoist) => {
    hoist.failing.transformPreview = hoist.problems.timeout;
  });
  await byId(page, 'preset-Thumbnail').click();
  const problem = byId(page, 'preview-problem');
  await problem.waitFor();
  expect(await problem.getAttribute('role')).toBe('alert');
  expect(await problem.textContent()).toContain('did not answer within 30 seconds');
  expect(await byId(page, 'picture-after').count()).toBe(1);
  expect(await byId(page, 'copy-transformed').isDisabled()).toBe(true);
  await fake(page, (hoist) => {
    hoist.failing = {};
  });
  await byId(page, 'preview-retry').click();
  await expect.poll(() => byId(page, 'size-after').textContent()).toContain('400 × 400');
  expect(await problem.count()).toBe(0);
});

test('what the host refuses can be made here instead', async () => {
  const page = await transform();
  await fake(page, (hoist) => {
    hoist.previewProblem = hoist.problems.hostLimit;
  });
  await byId(page, 'spec-w').fill('16384');
  await byId(page, 'make-here').waitFor();
  await fake(page, (hoist) => {
    hoist.previewProblem = null;
  });
  await byId(page, 'make-here').click();
  await expect
    .poll(() => byId(page, 'place').locator('[aria-checked="true"]').getAttribute('data-value'))
    .toBe('here');
  await expect.poll(() => link(page)).not.toContain('x-oss-process');
  expect(await byId(page, 'preview-problem').count()).toBe(0);
});

test('a host without image processing falls back, and says why', async () => {
  const page = await open({ scenario: 'gallery' });
  await page.keyboard.press('Control+t');
  const place = () => byId(page, 'place').locator('[aria-checked="true"]').getAttribute('data-value');
  await expect.poll(place).toBe('here');
  expect(await byId(page, 'no-host').count()).toBe(0);
  await byId(page, 'place').locator('[data-value="host"]').click();
  expect(await byId(page, 'no-host').textContent()).toContain('The host of blog does not process images');
  expect(await place()).toBe('here');
  await byId(page, 'open-profile').click();
  expect(await byId(page, 'field-name').inputValue()).toBe('blog');
  quiet(page);
});

test('on Cloudflare the process stands inside the link', async () => {
  const page = await open({ scenario: 'gallery' });
  await fake(page, (hoist) => {
    hoist.profiles = hoist.profiles.map((p) => ({
      ...p,
      profile: p.profile.name === 'blog' ? { ...p.profile, images: 'cloudflare' as const } : p.profile,
    }));
  });
  await page.keyboard.press('Control+t');
  await expect
    .poll(async () => (await link(page)).split('\n'))
    .toEqual([
      'https://img.example.com/',
      'cdn-cgi/image/width=1600,height=1600,fit=scale-down,format=webp,quality=82/',
      '2025/11/still-life-02.webp',
    ]);
});

test('a preset is saved for all, for one profile, and replaced under its own name', async () => {
  const page = await transform();
  await byId(page, 'spec-w').fill('900');
  await byId(page, 'save-preset').click();
  await byId(page, 'preset-save').click();
  expect(await byId(page, 'preset-error').textContent()).toBe('Fill in this field.');
  await byId(page, 'preset-name').fill('Column');
  await byId(page, 'preset-save').click();
  await expect.poll(() => byId(page, 'preset-Column').getAttribute('aria-checked')).toBe('true');
  expect(await fake(page, (hoist) => hoist.settings.presets)).toEqual([
    { name: 'Column', spec: 'w=900,format=webp,q=80,orient=1' },
  ]);
  await byId(page, 'spec-w').fill('950');
  await byId(page, 'save-preset').click();
  await byId(page, 'preset-name').fill('thumbnail');
  await byId(page, 'preset-place').locator('[data-value="profile"]').click();
  expect(await byId(page, 'preset-save').textContent()).toBe('Replace');
  await page.keyboard.press('Escape');
  await byId(page, 'preset-dialog').waitFor({ state: 'detached' });
  await byId(page, 'save-preset').click();
  await byId(page, 'preset-name').fill('Wide');
  await byId(page, 'preset-place').locator('[data-value="profile"]').click();
  await page.keyboard.press('Tab');
  await byId(page, 'preset-name').press('Enter');
  await expect.poll(() => byId(page, 'preset-Wide').getAttribute('aria-checked')).toBe('true');
  const names = await fake(page, (hoist) =>
    hoist.profiles.find((p) => p.profile.name === 'blog-oss')?.profile.presets.map((p) => p.name),
  );
  expect(names).toEqual(['Web 1600', 'Blog cover', 'Thumbnail', 'Wide']);
  quiet(page);
});

test('a preset that cannot be kept says so in its dialog', async () => {
  const page = await transform();
  await fake(page, (hoist) => {
    hoist.failing.settingsSave = hoist.problems.transform;
  });
  await byId(page, 'save-preset').click();
  await byId(page, 'preset-name').fill('Other');
  await byId(page, 'preset-save').click();
  expect(await byId(page, 'preset-error').textContent()).toContain('is not a transform');
});

test('Use for new uploads keeps the transform and its place, over what the profile had', async () => {
  const page = await transform();
  await byId(page, 'spec-w').fill('700');
  await byId(page, 'place').locator('[data-value="here"]').click();
  await byId(page, 'use-transform').click();
  await expect.poll(() => byId(page, 'toast-text').textContent()).toContain('New uploads');
  const kept = await fake(page, (hoist) => ({
    transform: hoist.settings.transform,
    place: hoist.settings.transformPlace,
    own: hoist.profiles.find((p) => p.profile.name === 'blog-oss')?.profile.transform,
  }));
  expect(kept).toEqual({ transform: 'w=700,format=webp,q=80,orient=1', place: 'here', own: null });
  await byId(page, 'back').click();
  expect(await byId(page, 'open-transform').textContent()).toContain('700 wide, WebP 80');
});

test('a pasted link is read, in the field and anywhere on the page', async () => {
  const page = await transform();
  await byId(page, 'spec-text').fill(
    'https://img.example.com/a.jpg?x-oss-process=image/resize,m_fill,w_320,h_200/format,png',
  );
  await byId(page, 'spec-text').press('Enter');
  await expect.poll(() => byId(page, 'spec-w').inputValue()).toBe('320');
  expect(await byId(page, 'fit-fill').getAttribute('aria-checked')).toBe('true');
  expect(await byId(page, 'spec-text').inputValue()).toBe('w=320,h=200,fit=fill,format=png');
  await byId(page, 'back').focus();
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.setData('text/plain', 'w=111,q=50');
    document.activeElement?.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
    );
  });
  await expect.poll(() => byId(page, 'spec-w').inputValue()).toBe('111');
  await byId(page, 'spec-text').fill('hello');
  await byId(page, 'spec-text').press('Enter');
  expect(await byId(page, 'spec-error').textContent()).toContain('Write it as');
  expect(await byId(page, 'spec-w').inputValue()).toBe('111');
  // Uploading the clipboard is for the other page.
  expect(await fake(page, (hoist) => hoist.calls.some((c) => c.name === 'uploadClipboard'))).toBe(false);
});

test('steps whose order fields cannot show stay text, and can be edited as text', async () => {
  const page = await transform();
  await byId(page, 'spec-text').fill('image/rotate,90/resize,m_lfit,w_800');
  await byId(page, 'spec-text').press('Enter');
  await expect.poll(() => byId(page, 'preset-custom').getAttribute('aria-checked')).toBe('true');
  expect(await byId(page, 'spec-w').count()).toBe(0);
  await byId(page, 'spec-text').fill('image/rotate,180/resize,m_lfit,w_800');
  await byId(page, 'spec-text').press('Enter');
  await expect.poll(() => link(page)).toContain('?x-oss-process=image/rotate,180/resize,m_lfit,w_800');
  await byId(page, 'preset-original').click();
  expect(await byId(page, 'spec-w').inputValue()).toBe('');
  await expect.poll(() => link(page)).toBe('https://img.example.com/2025/11/harbour-at-dawn-3f9a1c2e.jpg');
});

test('the watermark has a page of its own; Escape leads back, then out', async () => {
  const page = await transform();
  await byId(page, 'open-watermark').click();
  await byId(page, 'mark-words').fill('© 港口');
  await byId(page, 'mark-at-se').focus();
  await page.keyboard.press('ArrowUp');
  expect(await byId(page, 'mark-at-east').getAttribute('aria-checked')).toBe('true');
  await expect.poll(() => link(page)).toContain('watermark,text_wqkg5riv5Y-j,size_40,color_FFFFFF,g_east');
  await byId(page, 'split').focus();
  await page.keyboard.press('Escape');
  await expect.poll(() => focused(page)).toBe('open-watermark');
  expect(await byId(page, 'open-watermark').textContent()).toContain('Text');
  await byId(page, 'open-watermark').click();
  await byId(page, 'watermark-remove').click();
  await expect.poll(() => link(page)).not.toContain('watermark');
  await byId(page, 'watermark-back').click();
  await byId(page, 'back').focus();
  await page.keyboard.press('Escape');
  await byId(page, 'gallery').waitFor();
});

test('fields write what they say and leave what they do not know', async () => {
  const page = await transform();
  await byId(page, 'spec-text').fill('w=800,future=9,q=70%');
  await byId(page, 'spec-text').press('Enter');
  await expect.poll(() => byId(page, 'quality').inputValue()).toBe('70%');
  await byId(page, 'format').locator('[data-value="avif"]').click();
  await byId(page, 'upright').click();
  await byId(page, 'enlarge').click();
  await byId(page, 'more-effects').click();
  await byId(page, 'crop-w').fill('300');
  expect(await byId(page, 'spec-text').inputValue()).not.toContain('crop');
  await byId(page, 'crop-h').fill('200');
  await byId(page, 'crop-at-center').click();
  await byId(page, 'rotate').locator('[data-value="90"]').click();
  await byId(page, 'bright').fill('-20');
  await byId(page, 'blur').fill('4');
  await byId(page, 'round').fill('30');
  await byId(page, 'interlace').click();
  expect(await byId(page, 'spec-text').inputValue()).toBe(
    'orient=1,crop=300x200@center,w=800,future=9,limit=0,rotate=90,blur=4:4,bright=-20,round=30,format=avif,q=70%,interlace=1',
  );
  await byId(page, 'quality-slider').focus();
  await page.keyboard.press('ArrowLeft');
  expect(await byId(page, 'quality').inputValue()).toBe('69');
  await byId(page, 'quality').fill('');
  expect(await byId(page, 'spec-text').inputValue()).not.toContain('q=');
});

test('from the gallery: one tile, or several whose links are all copied', async () => {
  const page = await open({ scenario: 'oss' });
  await byId(page, 'tile').nth(2).click({ button: 'right' });
  await byId(page, 'row-transform').click();
  await expect.poll(() => byId(page, 'transform-name').textContent()).toBe('still-life-02.webp');
  await byId(page, 'back').click();
  await byId(page, 'tile').nth(0).click();
  await byId(page, 'tile')
    .nth(2)
    .click({ modifiers: ['Control'] });
  await page.keyboard.press('Control+t');
  await expect.poll(() => byId(page, 'transform-name').textContent()).toBe('harbour-at-dawn.jpg and 1 more');
  expect(await byId(page, 'copy-transformed').textContent()).toContain('Copy 2 links');
  await expect.poll(() => byId(page, 'copy-transformed').isEnabled()).toBe(true);
  await byId(page, 'copy-transformed').click();
  await expect.poll(() => byId(page, 'toast-text').textContent()).toBe('Copied 2 Markdown links');
});

test('from an upload row: a stored one by its history, another by its file', async () => {
  const page = await open({ scenario: 'busy' });
  await byId(page, 'more').nth(3).click();
  await byId(page, 'row-transform').click();
  await byId(page, 'transform').waitFor();
  await byId(page, 'back').click();
  await byId(page, 'more').nth(2).click();
  await byId(page, 'row-transform').click();
  await expect.poll(() => byId(page, 'transform-name').textContent()).toBe('request-flow.png');
  expect(await byId(page, 'copy-transformed').isDisabled()).toBe(true);
  expect(await link(page)).toBe('The link is made when the image is uploaded.');
  const sources = await fake(page, (hoist) =>
    hoist.calls
      .filter((c) => c.name === 'transformPreview')
      .map((c) => (c.args[0] as { source: { kind: string } }).source.kind),
  );
  expect(sources).toEqual(['history', 'path']);
});

test('with no upload yet there is a sample', async () => {
  const page = await open({ scenario: 'empty' });
  await byId(page, 'transform-menu').click();
  await byId(page, 'try-transform').click();
  expect(await byId(page, 'transform-name').textContent()).toBe('Sample picture');
  await byId(page, 'preset-Web 800').click();
  await expect.poll(() => byId(page, 'size-after').textContent()).toContain('800 × 600');
  quiet(page);
});

test('an animation stays as it is, until its first frame is asked for', async () => {
  const page = await open({ scenario: 'oss' });
  await byId(page, 'tile').nth(1).click();
  await page.keyboard.press('Control+t');
  expect(await byId(page, 'preview-notes').textContent()).toContain('animations and SVG are not transformed');
  await byId(page, 'more-effects').click();
  await byId(page, 'first-frame').click();
  await expect.poll(() => byId(page, 'size-after').textContent()).toContain('1600 × 1200');
  expect(await byId(page, 'preview-notes').count()).toBe(0);
});

test('in a narrow window and at twice the size everything can be reached, the preview first', async () => {
  for (const [width, height] of [
    [640, 480],
    [450, 320],
  ] as const) {
    const page = await transform({ width, height });
    await shot(page, `transform-${width}`);
    await sound(page);
    const [canvas, fields] = [
      await byId(page, 'compare').boundingBox(),
      await byId(page, 'transform-fields').boundingBox(),
    ];
    expect(canvas && fields && canvas.y < fields.y).toBe(true);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    );
    for (const id of [
      'back',
      'place',
      'save-preset',
      'use-transform',
      'copy-transformed',
      'more-effects',
      'quality',
    ]) {
      await byId(page, id).scrollIntoViewIfNeeded();
      const box = await byId(page, id).boundingBox();
      expect(
        box && box.x >= 0 && box.x + box.width <= width && box.y >= 0 && box.y + box.height <= height,
        id,
      ).toBe(true);
    }
  }
});
