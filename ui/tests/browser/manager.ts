// The manager window over its fake.
import type { Page } from 'playwright-core';
import type { FakeManager } from '../../src/backend/fake/manager';
import type { Settings } from '../../src/backend/types';
import { byId, fake, noOverflow, type Options, open, shot, sound } from './window';

/** The folder of the design's pictures. */
export const FOLDER = 'harbour-7b-instruct/v1.2.0/';

export async function openManager(options: Options & { at?: string } = {}): Promise<Page> {
  const { at = FOLDER, ...rest } = options;
  const page = await open({
    path: 'manager.html',
    scenario: 'files',
    width: 1200,
    height: 780,
    pace: 5,
    ...rest,
  });
  if (at !== '' && rest.scenario !== 'broken' && rest.scenario !== 'empty') {
    await go(page, at);
    await row(page, 'README.md').waitFor();
  }
  return page;
}

/** Runs `work` on the fake inside the page. */
export function manager<A, R>(page: Page, work: (hoist: FakeManager, arg: A) => R, arg?: A): Promise<R> {
  return fake(page, work as never, arg);
}

/** Goes to a folder of the bucket in view as a person would. */
export async function go(page: Page, prefix: string): Promise<void> {
  await page.keyboard.press('Control+Shift+G');
  await byId(page, 'path-field').fill(prefix);
  await page.keyboard.press('Enter');
}

export function row(page: Page, name: string) {
  return page.locator(`[data-testid="row"][data-name="${name}"]`);
}

export async function names(page: Page): Promise<string[]> {
  return page.locator('[data-testid="row"]').evaluateAll((rows) =>
    rows
      .map((node) => ({
        at: Number((node as HTMLElement).dataset.index),
        name: (node as HTMLElement).dataset.name ?? '',
      }))
      .sort((a, b) => a.at - b.at)
      .map(({ name }) => name),
  );
}

export function lastCall(page: Page, name: string): Promise<unknown[] | undefined> {
  return manager(page, (hoist, wanted) => hoist.calls.filter((c) => c.name === wanted).at(-1)?.args, name);
}

async function look(page: Page, change: Partial<Settings>): Promise<void> {
  await manager(
    page,
    (hoist, arg) => {
      hoist.settings = { ...hoist.settings, ...arg };
      hoist.emit({ type: 'settings', settings: hoist.settings as never });
    },
    change,
  );
}

/** A state in both themes, both languages, and in the smallest window: sound, and a picture is kept. */
export async function looks(page: Page, name: string, narrow = true): Promise<void> {
  await page.mouse.move(600, 2);
  await shot(page, `${name}-light`);
  await sound(page);
  await noOverflow(page);
  await look(page, { theme: 'dark' });
  await shot(page, `${name}-dark`);
  await sound(page, ['color-contrast']);
  await look(page, { language: 'zh-CN' });
  await shot(page, `${name}-zh`);
  await noOverflow(page);
  await look(page, { theme: 'light', language: 'en' });
  if (!narrow) return;
  await page.setViewportSize({ width: 800, height: 600 });
  await page.mouse.move(798, 2);
  await shot(page, `${name}-narrow`);
  await sound(page);
  await noOverflow(page);
}
