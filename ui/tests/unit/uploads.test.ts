import { expect, test, vi } from 'vitest';
import { upload } from '../../src/backend/fake/uploads';
import { countStates, displayOrder, Uploads } from '../../src/windows/main/state/uploads.svelte';

const view = (id: number, batch: number) => upload({ id, batch, name: `${id}.png` });

test('the newest batch is first, inside it the order of the files', () => {
  const list = [view(1, 1), view(2, 1), view(3, 2), view(4, 2)].sort(displayOrder);
  expect(list.map((v) => v.id)).toEqual([3, 4, 1, 2]);
});

test('states are counted', () => {
  const counts = countStates([
    view(1, 1),
    { ...view(2, 1), state: 'reading' },
    { ...view(3, 1), state: 'done', copied: true },
    { ...view(4, 1), state: 'alreadyStored' },
    { ...view(5, 1), state: 'failed' },
    { ...view(6, 1), state: 'cancelled' },
  ]);
  expect(counts).toEqual({ total: 6, waiting: 1, active: 1, failed: 1, done: 2, cancelled: 1, copied: 1 });
});

test('events change rows, and say which failed and which are new', () => {
  const uploads = new Uploads();
  uploads.replace([view(1, 1)]);
  const first = uploads.apply([
    { type: 'upload', upload: view(2, 2) },
    { type: 'upload', upload: { ...view(1, 1), state: 'failed' } },
  ]);
  expect(first.started.map((v) => v.id)).toEqual([2]);
  expect(first.failed.map((v) => v.id)).toEqual([1]);
  expect(uploads.items.map((i) => i.id)).toEqual([2, 1]);
  // The same failure told again is no second failure.
  expect(uploads.apply([{ type: 'upload', upload: { ...view(1, 1), state: 'failed' } }]).failed).toEqual([]);
  uploads.apply([{ type: 'uploadsRemoved', ids: [1] }]);
  expect(uploads.items.map((i) => i.id)).toEqual([2]);
});

test('progress of a row that is gone is no matter', () => {
  const uploads = new Uploads();
  expect(() => uploads.apply([{ type: 'progress', id: 99, sent: 5 }])).not.toThrow();
});

test('the speed is what was sent, measured once a second, and 0 at the end', () => {
  vi.useFakeTimers();
  try {
    const uploads = new Uploads();
    uploads.replace([{ ...view(1, 1), state: 'uploading' }]);
    uploads.apply([{ type: 'progress', id: 1, sent: 500_000 }]);
    vi.advanceTimersByTime(1000);
    expect(uploads.speed).toBeCloseTo(500_000, -3);
    // A retry starts again at 0: that is no traffic.
    uploads.apply([{ type: 'progress', id: 1, sent: 0 }]);
    uploads.apply([{ type: 'upload', upload: { ...view(1, 1), state: 'done' } }]);
    vi.advanceTimersByTime(1000);
    expect(uploads.speed).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});
