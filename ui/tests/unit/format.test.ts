import { expect, test } from 'vitest';
import { bytes, monthName, percent, speed, stem } from '../../src/i18n/format';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1 KB'],
  [96_000, '96 KB'],
  [999_499, '999 KB'],
  [999_500, '1.00 MB'],
  [3_840_000, '3.84 MB'],
  [41_200_000, '41.2 MB'],
  [128_000_000, '128 MB'],
  [2_500_000_000, '2.50 GB'],
])('%i bytes are %s', (n, text) => {
  expect(bytes(n)).toBe(text);
});

test.each([
  [0, ''],
  [900, ''],
  [64_000, '64 KB/s'],
  [1_840_000, '1.8 MB/s'],
  [120_000_000, '120 MB/s'],
])('%i bytes a second are "%s"', (n, text) => {
  expect(speed(n)).toBe(text);
});

test('a percentage never reaches 100 before the end', () => {
  expect(percent(0, 100)).toBe(0);
  expect(percent(100, 100)).toBe(99);
  expect(percent(250, 100)).toBe(99);
  expect(percent(1, null)).toBeNull();
  expect(percent(1, 0)).toBeNull();
});

test('months', () => {
  expect(monthName('en', 2025, 11)).toBe('November 2025');
  expect(monthName('zh-CN', 2025, 11)).toBe('2025 年 11 月');
});

test('a name without its extension', () => {
  expect(stem('a.b.png')).toBe('a.b');
  expect(stem('.hidden')).toBe('.hidden');
  expect(stem('plain')).toBe('plain');
});
