// The panes of the manager window that stand beside its files.
import type { Page } from 'playwright-core';
import { manager, openManager } from './manager';
import type { Options } from './window';

export type Pane = Options & {
  /** Which transfers there are. */
  transfers?: string;
};

export function openPane({ transfers, ...options }: Pane = {}): Promise<Page> {
  return openManager({ at: '', pace: 10, ...options, query: { ...(transfers ? { transfers } : {}) } });
}

/** What every call of this name was given. */
export function calls(page: Page, name: string): Promise<unknown[][]> {
  return manager(
    page,
    (hoist, wanted) => hoist.calls.filter((call) => call.name === wanted).map((call) => call.args),
    name,
  );
}
