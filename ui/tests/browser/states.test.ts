// Every state of the window, in both themes and languages, wide and narrow: axe finds nothing, the
// console stays silent, nothing overflows, and a picture is kept.
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { Scenario } from '../../src/backend/fake';
import type { Settings } from '../../src/backend/types';
import { byId, fake, type Options, open, shot, sound, useBrowser } from './window';

useBrowser();

type State = { name: string; scenario: Scenario; act?: (page: Page) => Promise<unknown>; options?: Options };

const settings = async (page: Page, nav: string) => {
  await page.keyboard.press('Control+,');
  await byId(page, `nav-${nav}`).click();
};

const STATES: State[] = [
  { name: 'empty', scenario: 'empty' },
  {
    name: 'drag-empty',
    scenario: 'empty',
    act: (page) => fake(page, (hoist) => hoist.drag('over')),
  },
  {
    name: 'busy',
    scenario: 'busy',
    act: async (page) => {
      const tiles = byId(page, 'tile');
      await tiles.nth(2).click();
      await tiles.nth(3).click({ modifiers: ['Control'] });
      await fake(page, (hoist) =>
        hoist.emit({
          type: 'batch',
          batch: {
            id: 1,
            done: 3,
            failed: 0,
            cancelled: 0,
            copied: 3,
            format: 'markdown',
            background: false,
          },
        }),
      );
      await byId(page, 'toast').waitFor();
    },
  },
  { name: 'states', scenario: 'states' },
  { name: 'gallery', scenario: 'gallery' },
  { name: 'gallery-list', scenario: 'gallery', act: (page) => page.getByRole('radio').last().click() },
  {
    name: 'drag',
    scenario: 'gallery',
    act: (page) => fake(page, (hoist) => hoist.drag('over')),
  },
  {
    name: 'failed-call',
    scenario: 'gallery',
    act: async (page) => {
      await fake(page, (hoist) => {
        hoist.failing.uploadClipboard = hoist.problems.noClipboard;
      });
      await byId(page, 'paste').click();
      await byId(page, 'toast').waitFor();
    },
  },
  { name: 'profile-menu', scenario: 'gallery', act: (page) => page.keyboard.press('Control+p') },
  { name: 'transform-menu', scenario: 'gallery', act: (page) => page.keyboard.press('Control+t') },
  { name: 'row-menu', scenario: 'busy', act: (page) => byId(page, 'more').nth(3).click() },
  { name: 'url-dialog', scenario: 'gallery', act: (page) => page.keyboard.press('Control+l') },
  {
    name: 'delete-dialog',
    scenario: 'gallery',
    act: async (page) => {
      await byId(page, 'tile').nth(2).click();
      await byId(page, 'tile')
        .nth(4)
        .click({ modifiers: ['Shift'] });
      await page.keyboard.press('Delete');
      await byId(page, 'delete-dialog').waitFor();
    },
  },
  { name: 'keys-dialog', scenario: 'gallery', act: (page) => page.keyboard.press('Control+/') },
  {
    name: 'no-match',
    scenario: 'gallery',
    act: async (page) => {
      await page.keyboard.press('Control+f');
      await page.keyboard.type('zebra crossing');
      await byId(page, 'no-match').waitFor();
    },
  },
  { name: 'many', scenario: 'many' },
  { name: 'huge', scenario: 'huge' },
  { name: 'broken', scenario: 'broken' },
  {
    name: 'settings-profile',
    scenario: 'gallery',
    act: async (page) => {
      await settings(page, 'blog');
      await byId(page, 'run-doctor').click();
      await page.locator('[data-testid="doctor-line"][data-state="failed"]').waitFor();
    },
  },
  {
    name: 'settings-new',
    scenario: 'gallery',
    act: async (page) => {
      await page.keyboard.press('Control+,');
      await byId(page, 'new-profile').click();
      await byId(page, 'save-profile').click();
    },
  },
  { name: 'settings-local', scenario: 'empty', act: (page) => settings(page, 'local') },
  {
    name: 'settings-naming',
    scenario: 'gallery',
    act: async (page) => {
      await settings(page, 'naming');
      await page.getByText('harbour-at-dawn').first().waitFor();
    },
  },
  { name: 'settings-formats', scenario: 'gallery', act: (page) => settings(page, 'formats') },
  {
    name: 'settings-images',
    scenario: 'gallery',
    act: async (page) => {
      await settings(page, 'images');
      await page.getByRole('button', { name: 'Edit Web 1600' }).click();
      await byId(page, 'presets-preview').waitFor();
    },
  },
  {
    name: 'settings-images-error',
    scenario: 'gallery',
    act: async (page) => {
      await settings(page, 'images');
      await byId(page, 'presets-add').click();
      await byId(page, 'presets-text').fill('nonsense');
      await byId(page, 'presets-error').waitFor();
    },
  },
  { name: 'settings-shortcuts', scenario: 'gallery', act: (page) => settings(page, 'shortcuts') },
  { name: 'settings-general', scenario: 'gallery', act: (page) => settings(page, 'general') },
  {
    name: 'settings-search',
    scenario: 'gallery',
    act: async (page) => {
      await page.keyboard.press('Control+,');
      await page.keyboard.press('Control+f');
      await page.keyboard.type('o');
      await byId(page, 'settings-hit').first().waitFor();
    },
  },
];

describe.each(STATES.map((state) => [state.name, state] as const))('%s', (name, state) => {
  test('is sound in both themes, both languages and a narrow window', async () => {
    const page = await open({ scenario: state.scenario, ...state.options });
    await state.act?.(page);
    await page.mouse.move(898, 2);
    await shot(page, `${name}-light`);
    await sound(page);
    await noOverflow(page);
    await look(page, { theme: 'dark' });
    await shot(page, `${name}-dark`);
    await sound(page, ['color-contrast']);
    await look(page, { theme: 'light', language: 'zh-CN' });
    await shot(page, `${name}-zh`);
    await sound(page);
    await noOverflow(page);
    await look(page, { theme: 'dark', language: 'en' });
    await page.setViewportSize({ width: 640, height: 480 });
    await page.mouse.move(638, 2);
    await shot(page, `${name}-narrow`);
    await sound(page);
    await noOverflow(page);
  });
});

/** The look is changed as a person would: the settings say so and the window follows. */
async function look(page: Page, change: Partial<Settings>): Promise<void> {
  if (page.url().includes('broken')) {
    // No settings have been read: only the system can say.
    if (change.theme && change.theme !== 'auto') await page.emulateMedia({ colorScheme: change.theme });
    return;
  }
  await fake(
    page,
    (hoist, arg) => hoist.emit({ type: 'settings', settings: { ...hoist.settings, ...arg } }),
    change,
  );
}

/** Nothing may reach beyond the window, and nothing but long lists may need a scroll bar to be read. */
async function noOverflow(page: Page): Promise<void> {
  const beyond = await page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll<HTMLElement>('*')]
      .filter((node) => node.scrollWidth > node.clientWidth + 1)
      .filter(
        (node) => node === document.documentElement || /auto|scroll/.test(getComputedStyle(node).overflowX),
      )
      .map((node) => `${node.tagName}.${node.className}`),
  );
  expect(beyond).toEqual([]);
}
