// Every state of the window, in both themes and languages, wide and narrow: axe finds nothing, the
// console stays silent, nothing overflows, and a picture is kept.
import type { Page } from 'playwright-core';
import { everyLook, type State } from './looks';
import { byId, fake, useBrowser } from './window';

useBrowser();

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
  { name: 'transform-menu', scenario: 'gallery', act: (page) => byId(page, 'transform-menu').click() },
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
  {
    name: 'settings-profile-oss',
    scenario: 'oss',
    options: { height: 900 },
    act: async (page) => {
      await settings(page, 'blog-oss');
      await byId(page, 'run-doctor').click();
      await byId(page, 'doctor-verdict')
        .filter({ hasText: /remark/ })
        .waitFor();
    },
  },
  {
    name: 'settings-profile-oss-old',
    scenario: 'oss',
    options: { height: 900 },
    act: async (page) => {
      await settings(page, 'blog-oss');
      await byId(page, 'field-signature').click();
      await byId(page, 'field-signature-v1').click();
      await byId(page, 'field-endpointKind').click();
      await byId(page, 'field-endpointKind-accelerate').click();
      await byId(page, 'replace-secret').click();
      await byId(page, 'v1-warning').waitFor();
    },
  },
  {
    name: 'settings-profile-oss-region',
    scenario: 'oss',
    act: async (page) => {
      await settings(page, 'blog-oss');
      await byId(page, 'field-region').fill('sin');
      await byId(page, 'field-region-ap-southeast-1').waitFor();
    },
  },
  {
    name: 'settings-profile-preset',
    scenario: 'oss',
    act: async (page) => {
      await settings(page, 'blog-oss');
      await page.getByRole('button', { name: 'Edit Blog cover' }).click();
      await byId(page, 'profile-presets-preview').waitFor();
      await byId(page, 'profile-presets-editor').scrollIntoViewIfNeeded();
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

everyLook(STATES);
