import { beforeEach, describe, expect, test, vi } from 'vitest';
import { designTransfers, everyTransfer, transfer } from '../../src/backend/fake/manager/transfer-samples';
import type { PartsView, TransfersBackend, TransferView } from '../../src/backend/transfers';
import { i18n } from '../../src/i18n/i18n.svelte';
import {
  areaPath,
  HEIGHT,
  linePath,
  pushSample,
  SECONDS,
  scaleFor,
  WIDTH,
} from '../../src/windows/manager/transfers/graph';
import { inQueueOrder } from '../../src/windows/manager/transfers/order';
import { partStretches, stretchPath } from '../../src/windows/manager/transfers/parts';
import { canPause, losesWork, Transfers } from '../../src/windows/manager/transfers/state.svelte';
import {
  bytesOf,
  countLine,
  countOf,
  detailLine,
  duration,
  figures,
  kindLine,
  share,
} from '../../src/windows/manager/transfers/words';

beforeEach(() => {
  i18n.locale = 'en';
});

describe('the part bar', () => {
  const bar = (parts: Partial<PartsView>, width = 220) =>
    partStretches({ total: 10, done: [], flying: [], ...parts }, width);

  test('confirmed parts run together, those in flight stand apart', () => {
    expect(bar({ done: [[0, 5]], flying: [5, 7] })).toEqual({
      done: [{ x: 0, width: 110 }],
      flying: [
        { x: 111, width: 21 },
        { x: 155, width: 21 },
      ],
    });
  });

  test('a gap is left open', () => {
    const { done } = bar({
      done: [
        [0, 3],
        [4, 10],
      ],
    });
    expect(done).toEqual([
      { x: 0, width: 66 },
      { x: 88, width: 132 },
    ]);
  });

  test('of 10,000 parts no cell is narrower than 3 pixels, and one missing part opens its cell', () => {
    const done: [number, number][] = [
      [0, 5000],
      [5001, 10_000],
    ];
    const found = bar({ total: 10_000, done, flying: [] });
    expect(found.done).toHaveLength(2);
    const [left, right] = found.done as [{ x: number; width: number }, { x: number; width: number }];
    expect(right.x - (left.x + left.width)).toBeGreaterThanOrEqual(3);
    const flying = bar({ total: 10_000, done: [[0, 5000]], flying: [5000, 5001, 5002, 9999] }).flying;
    expect(flying).toHaveLength(2);
    for (const cell of flying) expect(cell.width).toBeGreaterThanOrEqual(3);
  });

  test('everything confirmed is one stretch of the whole width, whatever the number of parts', () => {
    for (const total of [1, 2, 3, 54, 55, 56, 424, 9973]) {
      for (const width of [80, 120, 220, 333]) {
        expect(bar({ total, done: [[0, total]] }, width).done, `${total} in ${width}`).toEqual([
          { x: 0, width },
        ]);
      }
    }
  });

  test('nothing reaches beyond the bar', () => {
    for (let total = 1; total < 200; total += 7) {
      const { done, flying } = bar({ total, done: [[0, Math.ceil(total / 3)]], flying: [total - 1] }, 97);
      for (const { x, width } of [...done, ...flying]) {
        expect(x).toBeGreaterThanOrEqual(0);
        expect(x + width).toBeLessThanOrEqual(97);
      }
    }
    expect(bar({ total: 0 })).toEqual({ done: [], flying: [] });
  });

  test('is one path', () => {
    expect(stretchPath([{ x: 1, width: 2 }], 6)).toBe('M1 0h2v6h-2Z');
  });
});

describe('the speed graph', () => {
  test('the scale steps 1, 2, 5, 10', () => {
    const steps = [0, 90_000, 150_000, 240_000, 600_000, 1_000_000, 1_000_001, 48_200_000, 96_000_000];
    expect(steps.map(scaleFor)).toEqual([
      100_000, 100_000, 200_000, 500_000, 1_000_000, 1_000_000, 2_000_000, 50_000_000, 100_000_000,
    ]);
  });

  test('keeps a minute', () => {
    let samples: number[] = [];
    for (let i = 0; i < 100; i += 1) samples = pushSample(samples, i);
    expect(samples).toHaveLength(SECONDS + 1);
    expect([samples[0], samples.at(-1)]).toEqual([39, 99]);
  });

  test('the newest sample stands at the right edge, the full scale at the top', () => {
    expect(linePath([0, 5, 10], 10)).toBe(
      `M${((58 / 60) * WIDTH).toFixed(1)} ${HEIGHT}.0 L${((59 / 60) * WIDTH).toFixed(1)} 60.5 L${WIDTH}.0 1.0`,
    );
    expect(areaPath([], 10)).toBe('');
    expect(areaPath([10], 10)).toBe(`M${WIDTH}.0 1.0 L${WIDTH} ${HEIGHT} L${WIDTH}.0 ${HEIGHT} Z`);
  });
});

describe('words', () => {
  const NOW = new Date(2025, 10, 20, 14, 31).getTime();
  const lines = () => designTransfers().map((view) => detailLine(view, NOW));

  test('the rows of the design, in both languages', () => {
    expect(lines()).toEqual([
      '2.17 of 3.56 GB, part 259 of 424',
      '1.21 GB, checking SHA-256',
      '2.56 of 6.74 GB, kept since 19 Nov',
      'The disk is full. Free 4.2 GB, then retry: the 71% already here is kept.',
    ]);
    i18n.locale = 'zh-CN';
    expect(lines()).toEqual([
      '2.17 / 3.56 GB，第 259 / 424 个分片',
      '1.21 GB，正在校验 SHA-256',
      '2.56 / 6.74 GB，保留自 11 月 19 日',
      '磁盘已满。请腾出 4.2 GB 后重试，已下载的 71% 会保留。',
    ]);
  });

  test('the unit once where both have the same', () => {
    expect(bytesOf(2_170_000_000, 3_560_000_000)).toBe('2.17 of 3.56 GB');
    expect(bytesOf(812_000_000, 3_560_000_000)).toBe('812 MB of 3.56 GB');
    expect(bytesOf(0, 900)).toBe('0 of 900 B');
  });

  test('time left', () => {
    expect([0, 29, 59.6, 74, 3599, 3600, 7500, 400_000].map(duration)).toEqual([
      '0 s',
      '29 s',
      '1 min 0 s',
      '1 min 14 s',
      '59 min 59 s',
      '1 h 0 min',
      '2 h 5 min',
      '4 days',
    ]);
  });

  test('a folder counts its files, with those that failed and were skipped', () => {
    const [folder, many] = [5, 6].map((id) => everyTransfer().find((view) => view.id === id) as TransferView);
    expect(detailLine(folder as TransferView, NOW)).toBe('237 of 240 files, 80.0 of 81.0 MB, 3 failed');
    expect(detailLine(many as TransferView, NOW)).toBe('1,204 of 2,000 files, 24.0 of 41.0 MB, 12 skipped');
    const gone = everyTransfer().find((view) => view.kind === 'delete') as TransferView;
    expect(detailLine(gone, NOW)).toBe('1,000 of 4,000 objects');
  });

  test('the figures, and a word where there is none', () => {
    expect(designTransfers().map(figures)).toEqual([
      { speed: '48.2 MB/s', left: '29 s left' },
      { speed: 'Verifying', left: '2 s left' },
      { speed: 'Paused', left: '–' },
      { speed: 'Failed', left: '–' },
    ]);
  });

  test('the summary', () => {
    expect(countLine(countOf(designTransfers()))).toBe('2 running, 1 paused, 1 failed');
    expect(countLine(countOf(everyTransfer()))).toBe('6 running, 3 waiting, 2 paused, 2 failed');
    expect(countLine(countOf([]))).toBe('');
    expect(kindLine(designTransfers())).toBe('2 uploading');
  });

  test('a share is never whole before the end', () => {
    expect(share(transfer({ id: 1, name: '', bytesTotal: 10, bytesDone: 10 }))).toBe(99);
    expect(share(transfer({ id: 1, name: '', state: 'done' }))).toBe(100);
    expect(share(transfer({ id: 1, name: '', filesTotal: 4, filesDone: 1 }))).toBe(25);
    expect(share(transfer({ id: 1, name: '', filesTotal: 0 }))).toBe(0);
  });
});

test('rows keep their place; what waits stands as it will run', () => {
  const views = [
    transfer({ id: 1, name: 'low', priority: 'low', createdAt: 1 }),
    transfer({ id: 2, name: 'normal', createdAt: 2 }),
    transfer({ id: 3, name: 'high', priority: 'high', createdAt: 3 }),
    transfer({ id: 4, name: 'runs', state: 'running', priority: 'low', createdAt: 4 }),
    transfer({ id: 5, name: 'paused', state: 'paused', priority: 'high', createdAt: 0 }),
    // Resumed: it waits again, but does not leave its place.
    transfer({ id: 6, name: 'resumed', priority: 'low', bytesDone: 5, createdAt: 0 }),
  ];
  expect(views.sort(inQueueOrder).map((view) => view.name)).toEqual([
    'paused',
    'resumed',
    'runs',
    'high',
    'normal',
    'low',
  ]);
});

test('what can be paused, and what cancelling throws away', () => {
  const view = (more: Partial<TransferView>) => transfer({ id: 1, name: 'a', ...more });
  expect(canPause(view({ state: 'running' }))).toBe(true);
  expect(canPause(view({ state: 'verifying' }))).toBe(false);
  expect(canPause(view({ id: -1, state: 'running' }))).toBe(false);
  expect(losesWork(view({ state: 'queued' }))).toBe(false);
  expect(losesWork(view({ state: 'paused', bytesDone: 1 }))).toBe(true);
  expect(losesWork(view({ state: 'failed', bytesDone: 1 }))).toBe(true);
  expect(losesWork(view({ id: -1, state: 'failed', bytesDone: 1 }))).toBe(false);
});

describe('the list', () => {
  function list() {
    const said: string[] = [];
    const alerted: string[] = [];
    const transfers = new Transfers({} as TransfersBackend, {
      fail: () => {},
      say: (text) => said.push(text),
      alert: (text) => alerted.push(text),
      copyText: () => {},
    });
    return { transfers, said, alerted };
  }
  const event = (view: TransferView) => ({ type: 'transfer' as const, transfer: view });

  test('speaks at the start, the end and a failure, and not between', () => {
    vi.useFakeTimers();
    const { transfers, said, alerted } = list();
    const view = transfer({ id: 1, name: 'a.bin' });
    transfers.apply([event(view)]);
    transfers.apply([event({ ...view, state: 'running' })]);
    for (let i = 0; i < 50; i += 1) transfers.apply([event({ ...view, state: 'running', bytesDone: i })]);
    transfers.apply([event({ ...view, state: 'verifying' })]);
    transfers.apply([event({ ...view, state: 'done' })]);
    expect(said).toEqual(['Uploading a.bin', 'Uploaded a.bin']);
    const [, , , failed] = designTransfers() as [TransferView, TransferView, TransferView, TransferView];
    transfers.apply([event(failed)]);
    transfers.apply([event(failed)]);
    expect(alerted).toHaveLength(1);
    expect(alerted[0]).toContain('checkpoint-12000 failed: The disk is full.');
    vi.useRealTimers();
  });

  test('many that start together are one sentence', () => {
    const { transfers, said } = list();
    transfers.apply([1, 2, 3].map((id) => event(transfer({ id, name: `${id}`, state: 'running' }))));
    expect(said).toEqual(['3 transfers started']);
  });

  test('what is done leaves after 600 ms, unless a file of it failed', () => {
    vi.useFakeTimers();
    const { transfers } = list();
    transfers.replace([
      transfer({ id: 1, name: 'a', state: 'running' }),
      transfer({ id: 2, name: 'b', state: 'running' }),
    ]);
    transfers.apply([
      event(transfer({ id: 1, name: 'a', state: 'done' })),
      event(transfer({ id: 2, name: 'b', state: 'done', filesTotal: 9, filesFailed: 1 })),
    ]);
    vi.advanceTimersByTime(599);
    expect(transfers.items.map((v) => v.id)).toEqual([1, 2]);
    vi.advanceTimersByTime(2);
    expect(transfers.items.map((v) => v.id)).toEqual([2]);
    vi.useRealTimers();
  });

  test('the graph goes on once a second, and rests when a minute was flat', () => {
    vi.useFakeTimers();
    const { transfers } = list();
    const hear = (up: number) => transfers.apply([{ type: 'speed', up, down: 0 }]);
    hear(5_000_000);
    for (let i = 0; i < 10; i += 1) {
      vi.advanceTimersByTime(500);
      hear(5_000_000);
    }
    expect(transfers.upSamples.length).toBe(6);
    hear(0);
    vi.advanceTimersByTime(30_000);
    expect(transfers.upSamples.length).toBe(36);
    expect(transfers.up).toBe(0);
    vi.advanceTimersByTime(60_000);
    expect(transfers.upSamples).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  test('a speed that is never taken back does not stay for ever', () => {
    vi.useFakeTimers();
    const { transfers } = list();
    transfers.apply([{ type: 'speed', up: 0, down: 7e6 }]);
    vi.advanceTimersByTime(4000);
    expect(transfers.down).toBe(0);
    vi.useRealTimers();
  });
});
