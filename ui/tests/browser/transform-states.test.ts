// Every state of the transform page, beside the design's picture of it.
import type { Page } from 'playwright-core';
import { everyLook, type State } from './looks';
import { byId, fake, useBrowser } from './window';

useBrowser();

export async function opened(page: Page): Promise<void> {
  await page.keyboard.press('Control+t');
  await byId(page, 'transform').waitFor();
}

async function shown(page: Page): Promise<void> {
  await opened(page);
  await byId(page, 'outcome').filter({ hasText: '%' }).waitFor();
}

const STATES: State[] = [
  { name: 'transform', scenario: 'oss', act: shown },
  {
    name: 'transform-busy',
    scenario: 'oss',
    act: async (page) => {
      await shown(page);
      await fake(page, (hoist) => {
        hoist.previewTakes = 600_000;
      });
      await byId(page, 'spec-w').fill('800');
      await byId(page, 'preview-busy').waitFor();
    },
  },
  {
    name: 'transform-first',
    scenario: 'oss',
    act: async (page) => {
      await fake(page, (hoist) => {
        hoist.previewTakes = 600_000;
      });
      await opened(page);
      await byId(page, 'preview-busy').waitFor();
    },
  },
  { name: 'transform-sample', scenario: 'empty', act: opened },
  {
    name: 'transform-failed',
    scenario: 'oss',
    act: async (page) => {
      await shown(page);
      await fake(page, (hoist) => {
        hoist.failing.transformPreview = hoist.problems.timeout;
      });
      await byId(page, 'preset-Thumbnail').click();
      await byId(page, 'preview-problem').waitFor();
    },
  },
  {
    name: 'transform-refused',
    scenario: 'oss',
    act: async (page) => {
      await shown(page);
      await fake(page, (hoist) => {
        hoist.previewProblem = hoist.problems.hostLimit;
      });
      await byId(page, 'spec-w').fill('16384');
      await byId(page, 'make-here').waitFor();
    },
  },
  {
    name: 'transform-no-host',
    scenario: 'gallery',
    act: async (page) => {
      await shown(page);
      await byId(page, 'place').locator('[data-value="host"]').click();
      await byId(page, 'no-host').waitFor();
    },
  },
  {
    name: 'transform-here',
    scenario: 'oss',
    act: async (page) => {
      await shown(page);
      await byId(page, 'place').locator('[data-value="here"]').click();
      await byId(page, 'link').filter({ hasNotText: 'x-oss' }).waitFor();
    },
  },
  {
    name: 'transform-animation',
    scenario: 'oss',
    act: async (page) => {
      await byId(page, 'tile').nth(1).click();
      await opened(page);
      await byId(page, 'preview-notes').waitFor();
    },
  },
  {
    name: 'transform-crop',
    scenario: 'oss',
    act: async (page) => {
      await shown(page);
      await byId(page, 'preset-Thumbnail').click();
      await byId(page, 'size-after').filter({ hasText: '400 × 400' }).waitFor();
    },
  },
  {
    name: 'transform-effects',
    scenario: 'oss',
    act: async (page) => {
      await shown(page);
      await byId(page, 'more-effects').click();
      await byId(page, 'round').fill('120');
      await byId(page, 'blur').fill('12');
      await byId(page, 'bright').fill('-15');
      await byId(page, 'crop-w').fill('3000');
      await byId(page, 'crop-h').fill('2000');
      await byId(page, 'crop-at-center').click();
      await byId(page, 'size-after').filter({ hasText: '1600 × 1067' }).waitFor();
      await byId(page, 'round').scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'transform-watermark',
    scenario: 'oss',
    act: async (page) => {
      await shown(page);
      await byId(page, 'open-watermark').click();
      await byId(page, 'mark-words').fill('© 港口 harbour');
      await byId(page, 'mark-at-center').click();
      await byId(page, 'mark-size').fill('90');
      await byId(page, 'mark-rotate').fill('345');
      await byId(page, 'link').filter({ hasText: 'rotate_345' }).waitFor();
    },
  },
  {
    name: 'transform-watermark-image',
    scenario: 'oss',
    act: async (page) => {
      await shown(page);
      await byId(page, 'open-watermark').click();
      await byId(page, 'watermark-kind').locator('[data-value="mark"]').click();
      await byId(page, 'mark-key').fill('marks/logo.png');
      await byId(page, 'link').filter({ hasText: 'image_' }).waitFor();
    },
  },
  {
    name: 'transform-custom',
    scenario: 'oss',
    act: async (page) => {
      await shown(page);
      await byId(page, 'spec-text').fill('image/rotate,90/resize,w_800/blur,r_3,s_2');
      await byId(page, 'spec-text').press('Enter');
      await byId(page, 'preset-custom').waitFor();
      await byId(page, 'link').filter({ hasText: 'rotate,90' }).waitFor();
    },
  },
  {
    name: 'transform-wrong-text',
    scenario: 'oss',
    act: async (page) => {
      await shown(page);
      await byId(page, 'spec-text').fill('not a link');
      await byId(page, 'spec-text').press('Enter');
      await byId(page, 'spec-error').waitFor();
    },
  },
  {
    name: 'transform-preset',
    scenario: 'oss',
    act: async (page) => {
      await shown(page);
      await byId(page, 'spec-w').fill('900');
      await byId(page, 'save-preset').click();
      await byId(page, 'preset-name').fill('Column');
    },
  },
  {
    name: 'transform-percent',
    scenario: 'oss',
    act: async (page) => {
      await shown(page);
      await byId(page, 'size-kind').click();
      await byId(page, 'size-percent').click();
      await byId(page, 'size-after').filter({ hasText: '2016 × 1512' }).waitFor();
    },
  },
];

everyLook(STATES);
