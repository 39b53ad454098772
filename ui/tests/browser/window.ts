import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest';
import type { FakeBackend, Scenario } from '../../src/backend/fake';
import type { ManagerScenario } from '../../src/backend/fake/manager/base';

export type Options = {
  /** Another window's page. */
  path?: string;
  /** More for the fake. */
  query?: Record<string, string>;
  scenario?: Scenario | ManagerScenario;
  theme?: 'light' | 'dark';
  lang?: 'en' | 'zh-CN';
  width?: number;
  height?: number;
  profile?: string;
  pace?: number;
  reducedMotion?: boolean;
};

let browser: Browser;
let contexts: BrowserContext[] = [];
const trouble = new WeakMap<Page, string[]>();

/** Gives a test file its browser; closes every page after each test. */
export function useBrowser(): void {
  beforeAll(async () => {
    browser = await chromium.connect(inject('endpoint'));
  });
  afterEach(async () => {
    await Promise.all(contexts.map((context) => context.close()));
    contexts = [];
  });
  afterAll(() => browser.close());
}

/** Opens the window over the fake. Errors and CSP violations on the console fail `quiet`. */
export async function open(options: Options = {}): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 900, height: options.height ?? 640 },
    deviceScaleFactor: 1,
    locale: options.lang ?? 'en',
    timezoneId: 'UTC',
    colorScheme: options.theme ?? 'light',
    reducedMotion: options.reducedMotion === false ? 'no-preference' : 'reduce',
  });
  contexts.push(context);
  const page = await context.newPage();
  const said: string[] = [];
  trouble.set(page, said);
  page.on('console', (message) => {
    if (message.type() === 'error' || /Content Security Policy/.test(message.text()))
      said.push(message.text());
  });
  page.on('pageerror', (error) => said.push(String(error)));
  // Tauri freezes the prototype in the real window.
  await page.addInitScript(() => Object.freeze(Object.prototype));
  const query = new URLSearchParams({
    scenario: options.scenario ?? 'gallery',
    theme: options.theme ?? 'light',
    lang: options.lang ?? 'en',
    pace: String(options.pace ?? 10),
    ...(options.profile ? { profile: options.profile } : {}),
    ...options.query,
  });
  await page.goto(`${inject('url')}${options.path ?? ''}?${query}`);
  await page.waitForSelector('[data-testid="window"] > :is(header, main)');
  return page;
}

export function byId(page: Page, id: string) {
  return page.locator(`[data-testid="${id}"]`);
}

/** Runs `work` on the fake inside the page. */
export function fake<A, R>(page: Page, work: (hoist: FakeBackend, arg: A) => R, arg?: A): Promise<R> {
  return page.evaluate(
    ([source, value]) =>
      new Function('hoist', 'arg', `return (${source})(hoist, arg)`)(
        (window as unknown as { hoist: unknown }).hoist,
        value,
      ),
    [work.toString(), arg] as const,
  ) as Promise<R>;
}

export async function settled(page: Page): Promise<void> {
  await page.evaluate(
    () =>
      new Promise<void>((done) => {
        const pictures = [...document.images].filter((image) => !image.complete);
        Promise.all(
          pictures.map(
            (image) =>
              new Promise((ready) => {
                image.onload = image.onerror = ready;
              }),
          ),
        ).then(() => requestAnimationFrame(() => requestAnimationFrame(() => done())));
      }),
  );
}

export async function shot(page: Page, name: string): Promise<void> {
  await settled(page);
  await page.screenshot({ path: join(inject('shots'), `${name}.png`), animations: 'disabled' });
}

/** Zero axe violations, and nothing on the console. */
export async function sound(page: Page, rules?: string[]): Promise<void> {
  await settled(page);
  if (!(await page.evaluate(() => 'axe' in window))) {
    // From the page's own server: its policy allows no other script.
    await page.addScriptTag({ url: new URL('axe.js', inject('url')).href });
  }
  const found = await page.evaluate(async (only) => {
    const scope = window as unknown as { axe: typeof import('axe-core') };
    const result = await scope.axe.run(document, {
      runOnly: only ?? ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      resultTypes: ['violations'],
    });
    return result.violations.map(
      (v) =>
        `${v.id}: ${v.help}\n    ${v.nodes
          .map(
            (n) =>
              `${n.target.join(' ')} — ${n.any[0]?.message ?? n.all[0]?.message ?? n.none[0]?.message ?? ''}`,
          )
          .slice(0, 3)
          .join('\n    ')}`,
    );
  }, rules);
  expect(found, found.join('\n')).toEqual([]);
  quiet(page);
}

/** Nothing reaches beyond the window sideways. */
export async function noOverflow(page: Page): Promise<void> {
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

export function quiet(page: Page): void {
  const said = trouble.get(page) ?? [];
  expect(said, said.join('\n')).toEqual([]);
}
