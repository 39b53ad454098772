import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { en } from '../../src/i18n/en';
import { keyLabel, type Message, pickLocale, render } from '../../src/i18n/i18n.svelte';
import { zhCN } from '../../src/i18n/zh-CN';

const SRC = join(import.meta.dirname, '..', '..', 'src');
const english = en as Record<string, Message>;
const chinese = zhCN as Record<string, Message>;

function places(message: Message): string[] {
  const text = typeof message === 'string' ? message : message.other;
  return [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1] as string).sort();
}

function sources(folder: string): string {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(svelte|ts)$/.test(entry.name))
    .filter(
      (entry) =>
        !entry.parentPath.includes('i18n') && !entry.parentPath.includes('fake') && entry.name !== 'fake.ts',
    )
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
}

test('both languages have the same keys, in the same order', () => {
  expect(Object.keys(zhCN)).toEqual(Object.keys(en));
});

test.each(Object.keys(en))('%s fills the same places in both languages', (key) => {
  const [one, two] = [places(english[key] as Message), places(chinese[key] as Message)];
  // Chinese may write a plural's figure where English does not.
  expect(two.filter((p) => p !== 'n')).toEqual(one.filter((p) => p !== 'n'));
});

test('every key is used somewhere', () => {
  const text = sources(SRC);
  // Keys made of a prefix and a value known at run time.
  const made = [...text.matchAll(/t\(`([a-zA-Z.]+)\.\$\{/g)].map((m) => `${m[1]}.`);
  const unused = Object.keys(en).filter(
    (key) => !text.includes(`'${key}'`) && !made.some((p) => key.startsWith(p)),
  );
  expect(unused).toEqual([]);
});

test('no Chinese is written outside the translations', () => {
  const found = sources(SRC).match(/[\p{Script=Han}]+/gu) ?? [];
  // A language is named in itself.
  expect(found.filter((text) => text !== '简体中文')).toEqual([]);
});

test('copy rules: no exclamation marks, no "please", no three dots', () => {
  for (const [key, message] of [...Object.entries(english), ...Object.entries(chinese)]) {
    const texts = typeof message === 'string' ? [message] : Object.values(message);
    for (const text of texts) expect(text, key).not.toMatch(/!|！|\bplease\b|successfully|\.\.\./i);
  }
});

describe('render', () => {
  test('chooses the plural and writes figures with separators', () => {
    const message = english['toast.deleted'] as Message;
    expect(render('en', message, { n: 1 })).toBe('Deleted 1 image');
    expect(render('en', message, { n: 1204 })).toBe('Deleted 1,204 images');
    expect(render('zh-CN', chinese['toast.deleted'] as Message, { n: 2 })).toBe('已删除 2 张图片');
  });

  test('sets Latin off from Chinese, but not Chinese from Chinese', () => {
    const message = chinese['delete.where'] as Message;
    expect(render('zh-CN', message, { n: 2, profile: 'blog' })).toBe('blog 中 2 张');
    expect(render('zh-CN', message, { n: 2, profile: '内置存储' })).toBe('内置存储中 2 张');
  });

  test('leaves a place it knows nothing for', () => {
    expect(render('en', 'a {b} c', {})).toBe('a {b} c');
  });
});

test('the locale follows the setting, then the system', () => {
  expect(pickLocale('auto', ['fr-FR', 'zh-Hans-CN', 'en'])).toBe('zh-CN');
  expect(pickLocale('auto', ['en-GB', 'zh'])).toBe('en');
  expect(pickLocale('auto', ['fr'])).toBe('en');
  expect(pickLocale('zh-CN', ['en'])).toBe('zh-CN');
});

test('keys keep their names where there is no Mac', () => {
  expect(keyLabel('Ctrl+O')).toBe('Ctrl+O');
});
