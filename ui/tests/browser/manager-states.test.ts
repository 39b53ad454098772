// Every state of the file manager, in both themes and languages, wide and narrow.
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { go, looks, manager, openManager, row } from './manager';
import { byId, noOverflow, type Options, shot, sound, useBrowser } from './window';

useBrowser();

type State = {
  name: string;
  options?: Options & { at?: string };
  act?: (page: Page) => Promise<unknown>;
  narrow?: boolean;
};

const pick = (page: Page, name: string) => row(page, name).click();

const STATES: State[] = [
  {
    name: 'manager',
    // With the transfers of the design's picture, one of them into the folder in view.
    options: { query: { transfers: 'design' } },
    act: async (page) => {
      await page.evaluate(() => {
        localStorage.setItem(
          'manager.pinned',
          JSON.stringify([
            { place: 'models-r2', prefix: 'harbour-7b-instruct/' },
            { place: 'models-r2/datasets', prefix: 'imagenet-mini/' },
          ]),
        );
      });
      await page.reload();
      await row(page, 'README.md').waitFor();
      await page.locator('[data-node="p-blog-oss"] .chev').click();
      await page.locator('[data-node="p-wasabi-archive"] .chev').click();
      await byId(page, 'node-trouble').waitFor();
      await page.locator('[data-node="p-wasabi-archive"] .chev').click();
      await pick(page, 'model-00001-of-00004.safetensors');
      await byId(page, 'sha256').waitFor();
    },
  },
  {
    name: 'manager-empty-folder',
    act: async (page) => {
      await go(page, 'nothing-here/');
      await byId(page, 'empty-folder').waitFor();
    },
  },
  {
    name: 'manager-first',
    options: { scenario: 'empty' },
    act: (page) => byId(page, 'empty-folder').waitFor(),
  },
  {
    name: 'manager-no-match',
    narrow: false,
    act: async (page) => {
      await page.keyboard.press('Control+f');
      await page.keyboard.type('zebra');
      await byId(page, 'no-match').waitFor();
    },
  },
  {
    name: 'manager-failed',
    act: async (page) => {
      await manager(page, (hoist) => {
        hoist.failing.objectList = {
          ...hoist.problems.timeout,
          requestId: '5F2C9A',
          providerCode: 'RequestTimeout',
        };
      });
      await go(page, 'harbour-7b-base/');
      await byId(page, 'list-failed').waitFor();
    },
  },
  {
    name: 'manager-stale',
    act: async (page) => {
      await manager(page, (hoist) => {
        hoist.failing.objectList = hoist.problems.timeout;
      });
      await page.keyboard.press('F5');
      await byId(page, 'list-problem').waitFor();
    },
  },
  {
    name: 'manager-headers',
    act: async (page) => {
      await pick(page, 'README.md');
      await page.getByRole('radio', { name: 'Headers' }).click();
      await byId(page, 'meta-add').click();
      await byId(page, 'header-type').fill('text/plain');
    },
    narrow: false,
  },
  {
    name: 'manager-access',
    narrow: false,
    act: async (page) => {
      await page.locator('[data-node="p-blog-oss"] .chev').click();
      await page.locator('[data-node="b-blog-oss"]').click();
      await go(page, 'blog/2025/11/');
      await pick(page, 'ridge-91ab33f0.webp');
      await byId(page, 'preview').waitFor();
      await page.getByRole('radio', { name: 'Access' }).click();
      await byId(page, 'acl').click();
      await byId(page, 'acl-public-read').click();
      await page.getByText('Anyone who has the link').waitFor();
      await page.locator('[data-testid="toast"]').waitFor();
    },
  },
  {
    name: 'manager-picture',
    narrow: false,
    act: async (page) => {
      await go(page, '');
      await pick(page, 'cover.webp');
      await byId(page, 'preview').waitFor();
      await byId(page, 'qr').click();
      await page.locator('[data-testid="qr-code"] svg').waitFor();
    },
  },
  {
    name: 'manager-rename',
    narrow: false,
    act: async (page) => {
      await pick(page, 'config.json');
      await page.keyboard.press('F2');
      await byId(page, 'rename').fill('vocab.json');
      await byId(page, 'rename-fault').waitFor();
    },
  },
  {
    name: 'manager-delete',
    act: async (page) => {
      await page.locator('[data-node="b-models-r2/checkpoints"]').click();
      await row(page, 'run-07').click();
      await page.keyboard.press('Delete');
      await byId(page, 'delete-count').waitFor();
    },
  },
  {
    name: 'manager-download',
    narrow: false,
    act: async (page) => {
      await pick(page, 'config.json');
      await row(page, 'vocab.json').click({ modifiers: ['Control'] });
      await page.keyboard.press('Control+d');
      await byId(page, 'download-dialog').waitFor();
    },
  },
  {
    name: 'manager-move',
    narrow: false,
    act: async (page) => {
      await row(page, 'config.json').click({ button: 'right' });
      await byId(page, 'menu-move').click();
      await byId(page, 'move-folder').fill('archive');
    },
  },
  {
    name: 'manager-menu',
    narrow: false,
    act: async (page) => {
      await row(page, 'eval').click({ button: 'right' });
      await byId(page, 'menu-pin').waitFor();
    },
  },
  { name: 'manager-keys', act: (page) => page.keyboard.press('Control+/') },
  {
    name: 'manager-drop',
    narrow: false,
    act: async (page) => {
      const box = await row(page, 'eval').boundingBox();
      await manager(page, (hoist, at) => hoist.drag({ state: 'over', ...at }), {
        x: (box?.x ?? 0) + 60,
        y: (box?.y ?? 0) + 10,
      });
      await byId(page, 'drop-into').waitFor();
    },
  },
  { name: 'manager-broken', options: { scenario: 'broken' }, narrow: false },
];

describe.each(STATES.map((state) => [state.name, state] as const))('%s', (name, state) => {
  test('is sound', async () => {
    const page = await openManager(state.options);
    await state.act?.(page);
    await looks(page, name, state.narrow);
  });
});

test('everything has its name in the smallest window', async () => {
  const page = await openManager({ width: 640, height: 480 });
  await pick(page, 'README.md');
  await page.keyboard.press('Control+i');
  await byId(page, 'etag').waitFor();
  await shot(page, 'manager-smallest');
  await sound(page);
  await noOverflow(page);
});

test('details lie over the table in a narrow window, and the tree becomes a menu', async () => {
  const page = await openManager({ width: 980, height: 640 });
  await pick(page, 'config.json');
  expect(await byId(page, 'details').count()).toBe(0);
  await page.keyboard.press('Control+i');
  await byId(page, 'etag').waitFor();
  await looks(page, 'manager-narrow', false);
  await page.setViewportSize({ width: 800, height: 600 });
  await byId(page, 'close-details').click();
  expect(await byId(page, 'sidebar').count()).toBe(0);
  await byId(page, 'places').click();
  await page.keyboard.type('models');
  await page.keyboard.press('ArrowRight');
  await page.getByRole('menuitemcheckbox', { name: 'checkpoints' }).click();
  await row(page, 'run-07').waitFor();
});

test('text twice as large: rows grow and nothing is cut', async () => {
  const page = await openManager({ width: 1400, height: 900 });
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
  await pick(page, 'config.json');
  await byId(page, 'etag').waitFor();
  await shot(page, 'manager-large-text');
  const cut = await page.evaluate(() =>
    [
      ...document.querySelectorAll<HTMLElement>(
        '.btn, .row, .node, .th, .status, .header, .bc, .kv dd, .det h2',
      ),
    ]
      .filter((node) => node.offsetParent && node.scrollHeight > node.clientHeight + 3)
      .map((node) => `${node.className}: ${node.textContent?.trim().slice(0, 30)}`),
  );
  expect(cut).toEqual([]);
  const boxes = await page.locator('[data-testid="row"]').evaluateAll((rows) =>
    rows
      .map((node) => node.getBoundingClientRect())
      .sort((a, b) => a.top - b.top)
      .map((box) => [Math.round(box.top), Math.round(box.bottom)] as const),
  );
  for (let i = 1; i < boxes.length; i += 1)
    expect(boxes[i]?.[0]).toBeGreaterThanOrEqual(boxes[i - 1]?.[1] ?? 0);
});
