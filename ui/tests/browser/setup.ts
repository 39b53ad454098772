import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import { serve } from './server';

declare module 'vitest' {
  export interface ProvidedContext {
    url: string;
    endpoint: string;
    shots: string;
  }
}

/** One server and one browser for the whole run; every test gets its own context. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const here = resolve(import.meta.dirname, '..', '..');
  const shots = join(here, 'tests', 'shots');
  mkdirSync(shots, { recursive: true });
  const site = await serve(join(here, 'dist-fake'));
  const home = mkdtempSync(join(tmpdir(), 'hoist-chromium-'));
  const browser = await chromium.launchServer({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--force-color-profile=srgb',
      '--font-render-hinting=none',
    ],
    env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home },
  });
  project.provide('url', site.url);
  project.provide('endpoint', browser.wsEndpoint());
  project.provide('shots', shots);
  return async () => {
    await browser.close();
    await site.close();
    rmSync(home, { recursive: true, force: true });
  };
}
