import { describe, expect, test } from 'vitest';
import type { ObjectPage, ObjectRow } from '../../src/backend/manager';
import { fileSize, stamp } from '../../src/i18n/format';
import { changed, cleaned, faultOf, toDraft } from '../../src/windows/manager/details/headers';
import { above, collapse, crumbsOf, nameOf, typedPrefix } from '../../src/windows/manager/files/crumbs';
import { Names } from '../../src/windows/manager/files/names';
import { naturalKey } from '../../src/windows/manager/files/natural';
import { type Clip, nameFault, paste } from '../../src/windows/manager/files/paste';
import { Rows, type Sort } from '../../src/windows/manager/files/rows';
import { inView, Tall } from '../../src/windows/manager/files/tall';
import { Picks } from '../../src/windows/manager/state/picks.svelte';

const object = (key: string, size = 1, modified: number | null = 0): ObjectRow => ({
  key,
  size,
  modified,
  class: 'STANDARD',
  etag: null,
});
const page = (objects: ObjectRow[], folders: string[] = []): ObjectPage => ({ folders, objects, next: null });
const shown = (rows: Rows, sort: Sort, filter = '') =>
  [...rows.arrange(sort, filter)].map((id) => rows.names.at(id));
const BY_NAME: Sort = { by: 'name', descending: false };

describe('names', () => {
  test('are the same packed and unpacked', () => {
    const names = new Names();
    const all = Array.from({ length: 5000 }, (_, i) => `name-${(i * 7919) % 5000}`);
    for (const name of all) names.push(name);
    expect(names.length).toBe(5000);
    expect(all.every((name, i) => names.at(i) === name)).toBe(true);
    const seen: string[] = [];
    names.each((name) => seen.push(name));
    expect(seen).toEqual(all);
    expect(names.indexOf(all[4321] ?? '')).toBe(4321);
    expect(names.indexOf('name')).toBe(-1);
    expect(names.at(5000)).toBe('');
  });

  test('are found whatever their case, in packs and in the tail', () => {
    const names = new Names();
    for (let i = 0; i < 1500; i += 1) names.push(i === 3 || i === 1400 ? 'README.md' : `x${i}`);
    const found: number[] = [];
    names.holding('readme', (i) => found.push(i));
    expect(found).toEqual([3, 1400]);
  });
});

describe('natural order', () => {
  test('counts numbers by value and leaves case aside', () => {
    const names = ['b10', 'LICENSE', 'B9', 'a', 'checkpoint-1000', 'checkpoint-500', '_x', 'b'];
    const sorted = [...names].sort((a, b) => (naturalKey(a) < naturalKey(b) ? -1 : 1));
    expect(sorted).toEqual(['_x', 'a', 'b', 'B9', 'b10', 'checkpoint-500', 'checkpoint-1000', 'LICENSE']);
    expect(naturalKey('model.1') < naturalKey('modelA')).toBe(true);
  });
});

describe('rows', () => {
  const rows = new Rows();
  rows.add(
    page(
      [object('p/README.md', 30, 5), object('p/b10', 10, 9), object('p/b9', 20, 7), object('p/', 0)],
      ['p/zoo/', 'p/eval/'],
    ),
    'p/',
  );

  test('come folders first, in natural order, whichever way', () => {
    expect(shown(rows, BY_NAME)).toEqual(['eval', 'zoo', 'b9', 'b10', 'README.md']);
    expect(shown(rows, { by: 'name', descending: true })).toEqual(['zoo', 'eval', 'README.md', 'b10', 'b9']);
    expect(shown(rows, { by: 'size', descending: true })).toEqual(['eval', 'zoo', 'README.md', 'b9', 'b10']);
    expect(shown(rows, { by: 'modified', descending: false })).toEqual([
      'eval',
      'zoo',
      'README.md',
      'b9',
      'b10',
    ]);
  });

  test('do not list the folder in itself', () => {
    expect(rows.count).toBe(5);
    expect(rows.bytes).toBe(60);
  });

  test('are filtered by a part of the name', () => {
    expect(shown(rows, BY_NAME, 'B')).toEqual(['b9', 'b10']);
    expect(shown(rows, BY_NAME, 'nothing')).toEqual([]);
  });

  test('that are uploaded come and go', () => {
    const id = rows.addUploading('c.bin', 40, false);
    expect(shown(rows, BY_NAME)).toContain('c.bin');
    expect(rows.row(id)).toMatchObject({ name: 'c.bin', uploading: true, modified: null, class: null });
    rows.remove(id);
    rows.remove(id);
    expect(shown(rows, BY_NAME)).not.toContain('c.bin');
    expect([rows.count, rows.bytes]).toEqual([5, 60]);
  });

  test('a million keep their columns', () => {
    const many = new Rows();
    for (let p = 0; p < 100; p += 1)
      many.add(
        page(Array.from({ length: 1000 }, (_, i) => object(`k-${String(p * 1000 + i).padStart(7, '0')}`, i))),
        '',
      );
    const order = many.arrange(BY_NAME, '');
    expect(order.length).toBe(100_000);
    expect(many.row(order[99_999] ?? 0)).toMatchObject({ name: 'k-0099999', size: 999 });
    expect(many.arrange(BY_NAME, '0012345').length).toBe(1);
  });
});

describe('a tall list', () => {
  test('is left alone when it fits', () => {
    const tall = new Tall(1000);
    tall.measure(900, 100);
    expect([tall.height, tall.scrolled(300), tall.top, tall.offset]).toEqual([900, 300, 300, 0]);
  });

  test('reaches both ends, and small steps are exact', () => {
    const tall = new Tall(100_000);
    tall.measure(1_000_000, 500);
    expect(tall.height).toBe(100_000);
    let at = tall.scrolled(99_500);
    expect(Math.abs(tall.top - 999_500)).toBeLessThanOrEqual(1);
    for (let i = 0; i < 30; i += 1) {
      const before = tall.top;
      at = tall.scrolled(at - 100);
      expect(tall.top).toBe(before - 100);
    }
    tall.scrolled(0);
    expect(tall.top).toBe(0);
    // From the top to the bottom in wheel steps, never off by a pixel.
    const small = new Tall(100_000);
    small.measure(300_000, 300);
    at = 0;
    while (small.top < 299_700) {
      const before = small.top;
      at = small.scrolled(Math.min(at + 120, small.height - 300));
      expect(small.top).toBeGreaterThan(before);
      expect(small.top - before).toBeLessThanOrEqual(120);
      expect(at).toBeGreaterThanOrEqual(0);
      expect(at).toBeLessThanOrEqual(99_700);
    }
    expect(small.top).toBe(299_700);
  });

  test('goes to any row, and stays there when it grows', () => {
    const tall = new Tall(100_000);
    tall.measure(1_000_000, 500);
    tall.moveTo(123_456);
    expect(tall.top).toBe(123_456);
    tall.measure(2_000_000, 500);
    expect(tall.top).toBe(123_456);
    tall.moveTo(9e9);
    expect(tall.top).toBe(1_999_500);
    tall.measure(400, 500);
    expect(tall.top).toBe(0);
  });

  test('draws what is in view and a little more', () => {
    expect(inView(0, 280, 28, 1000, 4)).toEqual([0, 14]);
    expect(inView(2800, 280, 28, 1000, 4)).toEqual([96, 114]);
    expect(inView(2800, 280, 28, 50, 4)).toEqual([50, 50]);
  });
});

describe('the selection', () => {
  const rows = new Rows();
  rows.add(
    page(
      Array.from({ length: 3000 }, (_, i) => object(`k${String(i).padStart(4, '0')}`, 2)),
      ['a/', 'b/'],
    ),
    '',
  );
  const order = rows.arrange(BY_NAME, '');

  test('counts rows, folders and bytes', () => {
    const picks = new Picks(rows);
    picks.all(order);
    expect([picks.count, picks.folders, picks.bytes]).toEqual([3002, 2, 6000]);
    picks.toggle(0, order);
    expect([picks.count, picks.folders]).toEqual([3001, 1]);
    picks.clear();
    expect([picks.count, picks.folders, picks.bytes, picks.ids().length]).toEqual([0, 0, 0, 0]);
  });

  test('extends from the anchor, both ways', () => {
    const picks = new Picks(rows);
    picks.only(10, order);
    picks.extend(12, order, false);
    expect(picks.ids().length).toBe(3);
    picks.extend(9, order, false);
    expect(picks.ids().length).toBe(2);
    expect([9, 10].every((at) => picks.has(order[at] ?? 0))).toBe(true);
    picks.move(100);
    picks.extend(101, order, true);
    expect(picks.count).toBe(4);
  });
});

describe('the path', () => {
  test('is cut into crumbs', () => {
    expect(crumbsOf('models', 'a/b/')).toEqual([
      { name: 'models', prefix: '' },
      { name: 'a', prefix: 'a/' },
      { name: 'b', prefix: 'a/b/' },
    ]);
    expect([above('a/b/'), above('a/'), above('')]).toEqual(['a/', '', null]);
    expect([nameOf('a/b/'), nameOf('a/b.txt'), nameOf('x')]).toEqual(['b', 'b.txt', 'x']);
    expect([typedPrefix('/a/b'), typedPrefix(' a/ '), typedPrefix('/')]).toEqual(['a/b/', 'a/', '']);
  });

  test('loses its middle when there is no room', () => {
    expect(collapse([100, 100, 100], 300, 40)).toEqual([1, 1]);
    expect(collapse([100, 100, 100, 100], 380, 40)).toEqual([1, 2]);
    expect(collapse([100, 100, 100, 100], 240, 40)).toEqual([1, 3]);
    expect(collapse([100, 100, 100, 100], 10, 40)).toEqual([1, 3]);
    expect(collapse([200, 200], 10, 40)).toEqual([1, 1]);
  });
});

describe('pasting', () => {
  const clip: Clip = { place: 'a', base: 'x/', keys: ['x/one.txt', 'x/dir/'], cut: false };
  const free = () => false;

  test('beside the original makes a second one', () => {
    const answer = paste(clip, 'a', 'x/', () => true);
    expect(answer).toMatchObject({ kind: 'go', request: { existing: 'both', removeSource: false } });
  });

  test('of what was cut does nothing where it is', () => {
    expect(paste({ ...clip, cut: true }, 'a', 'x/', free)).toEqual({ kind: 'nothing' });
  });

  test('of a folder into itself is refused, in another bucket it is not', () => {
    expect(paste(clip, 'a', 'x/dir/below/', free)).toEqual({ kind: 'intoItself', name: 'dir' });
    expect(paste(clip, 'b', 'x/dir/below/', free).kind).toBe('go');
  });

  test('asks when a name is taken', () => {
    const answer = paste(clip, 'b', '', (name) => name === 'dir');
    expect(answer).toMatchObject({
      kind: 'ask',
      names: ['dir'],
      request: { from: 'a', to: 'b', base: 'x/' },
    });
  });

  test('names: neither empty, nor a path, nor twice', () => {
    expect(['', 'a/b', '..', 'ok'].map((name) => nameFault(name, free))).toEqual([
      'empty',
      'slash',
      'dots',
      null,
    ]);
    expect(nameFault('ok', () => true)).toBe('taken');
  });
});

describe('headers', () => {
  const headers = {
    contentType: 'a/b',
    cacheControl: null,
    contentDisposition: null,
    metadata: [['k', 'v']] as [string, string][],
  };

  test('are changed only by what matters', () => {
    const draft = toDraft(headers);
    expect(changed(draft, headers)).toBe(false);
    draft.contentType = ' a/b ';
    draft.metadata.push({ name: '', value: '' });
    expect(changed(draft, headers)).toBe(false);
    draft.cacheControl = 'no-store';
    expect(changed(draft, headers)).toBe(true);
    expect(cleaned(draft)).toEqual({ ...headers, cacheControl: 'no-store' });
  });

  test('metadata must be fit for a header', () => {
    const fault = (...metadata: { name: string; value: string }[]) =>
      faultOf({ ...toDraft(headers), metadata });
    expect(fault({ name: '', value: 'x' })).toBe('metaNoName');
    expect(fault({ name: 'a b', value: 'x' })).toBe('metaBadName');
    expect(fault({ name: 'a', value: '1' }, { name: 'A', value: '2' })).toBe('metaTwice');
    expect(fault({ name: 'a', value: 'ä' })).toBe('metaBadValue');
    expect(fault({ name: 'a', value: 'b' })).toBe(null);
  });
});

test('sizes and moments are written as in the design', () => {
  expect(
    [663, 4100, 27_800, 663_000, 7_030_000, 471_000_000, 15_240_000_000, 81_400_000_000].map(fileSize),
  ).toEqual(['663 B', '4.1 KB', '27.8 KB', '663 KB', '7.03 MB', '471 MB', '15.24 GB', '81.40 GB']);
  const ms = new Date(2025, 10, 20, 18, 20).getTime();
  expect(stamp('en', ms)).toBe('20 Nov 2025, 18:20');
  expect(stamp('zh-CN', ms)).toBe('2025-11-20 18:20');
});
