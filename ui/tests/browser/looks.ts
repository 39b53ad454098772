// A state in both themes, both languages and the smallest window: axe finds nothing, the console stays
// silent, nothing overflows, and a picture is kept.
import type { Page } from 'playwright-core';
import { describe, test } from 'vitest';
import type { Scenario } from '../../src/backend/fake';
import type { Settings } from '../../src/backend/types';
import { fake, noOverflow, type Options, open, shot, sound } from './window';

export type State = {
  name: string;
  scenario: Scenario;
  act?: (page: Page) => Promise<unknown>;
  options?: Options;
};

/** One test for each state. */
export function everyLook(states: State[]): void {
  describe.each(states.map((state) => [state.name, state] as const))('%s', (name, state) => {
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
}

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
