import { beforeEach, expect, test } from 'vitest';
import { asProblem } from '../../src/backend/backend';
import { i18n } from '../../src/i18n/i18n.svelte';
import { WindowState } from '../../src/windows/state.svelte';

beforeEach(() => {
  i18n.locale = 'en';
});

/** What the toast says after a text was to be copied. */
async function saidOf(copyText: () => Promise<void>): Promise<string | undefined> {
  const window = new WindowState({ copyText });
  await window.copyText('a link');
  const said = window.toasts.current?.text();
  window.toasts.dismiss();
  return said;
}

test('a copy is told of when it was made, and a refused one is told as refused', async () => {
  expect(await saidOf(() => Promise.resolve())).toBe('Copied');
  expect(await saidOf(() => Promise.reject(asProblem('no clipboard')))).toBe('no clipboard');
});
