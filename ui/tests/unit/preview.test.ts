import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Backend } from '../../src/backend/backend';
import { PROBLEMS } from '../../src/backend/fake/data';
import { cloudflareProcess, ossProcess, readBack, sizeAfter } from '../../src/backend/fake/process';
import type { PreviewRequest, PreviewView } from '../../src/backend/types';
import { bars, PAUSE, Preview, saved } from '../../src/windows/main/transform/state.svelte';

type Asked = {
  request: PreviewRequest;
  answer: (change?: Partial<PreviewView>) => void;
  fail: (problem: unknown) => void;
};

/** A backend that answers when it is told to. */
function backend() {
  const asked: Asked[] = [];
  const picture = (path: string) => ({ path, width: 4, height: 3, format: 'JPEG', bytes: 100 });
  const transformPreview = (request: PreviewRequest) =>
    new Promise<PreviewView>((done, failed) => {
      const answer = (change: Partial<PreviewView> = {}) =>
        done({
          place: 'host',
          host: 'Aliyun OSS',
          name: 'a.jpg',
          before: picture('before'),
          after: picture(`after ${request.spec}`),
          link: null,
          notes: [],
          problem: null,
          ...change,
        });
      asked.push({ request: { ...request }, answer, fail: failed });
    });
  return { asked, backend: { transformPreview } as unknown as Backend };
}

const subject = { source: { kind: 'history', id: 1 } as const, ids: [1], profile: 'blog' };

function start(ready: (path: string) => Promise<void> = async () => {}) {
  const { asked, backend: b } = backend();
  return { asked, preview: new Preview(b, subject, ready) };
}

const flush = () => vi.advanceTimersByTimeAsync(0);

describe('the preview', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('asks once for a burst of changes, after a pause', async () => {
    const { asked, preview } = start();
    for (const w of ['8', '80', '800']) {
      preview.set(`w=${w}`);
      await vi.advanceTimersByTimeAsync(PAUSE - 1);
    }
    expect(asked).toHaveLength(0);
    expect(preview.busy).toBe(true);
    await vi.advanceTimersByTimeAsync(1);
    expect(asked.map((a) => a.request)).toEqual([
      { source: { kind: 'history', id: 1 }, spec: 'w=800', place: 'auto', profile: 'blog' },
    ]);
  });

  test('does not ask for what only is written differently', async () => {
    const { asked, preview } = start();
    preview.set('w=800,q=80', 0);
    await flush();
    asked[0]?.answer();
    await flush();
    preview.set('q=80,w=800,fit=lfit');
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toHaveLength(1);
    expect(preview.spec).toBe('q=80,w=800,fit=lfit');
    expect(preview.current).toBe(true);
  });

  test('keeps the old picture until the new one can be shown', async () => {
    let show = () => {};
    const { asked, preview } = start(
      (path) =>
        new Promise((done) => {
          if (path === 'after w=2') show = done;
          else done();
        }),
    );
    preview.set('w=1', 0);
    await flush();
    asked[0]?.answer();
    await flush();
    expect(preview.after?.path).toBe('after w=1');
    preview.set('w=2', 0);
    await flush();
    asked[1]?.answer();
    await flush();
    expect(preview.after?.path).toBe('after w=1');
    expect(preview.busy).toBe(true);
    show();
    await flush();
    expect(preview.after?.path).toBe('after w=2');
    expect(preview.busy).toBe(false);
  });

  test('drops an answer to an older question, in whatever order they come', async () => {
    const { asked, preview } = start();
    preview.set('w=1', 0);
    await flush();
    preview.set('w=2', 0);
    await flush();
    asked[1]?.answer();
    await flush();
    asked[0]?.answer();
    await flush();
    expect(preview.after?.path).toBe('after w=2');
    preview.set('w=3', 0);
    await flush();
    preview.set('w=4', 0);
    await flush();
    asked[2]?.fail(PROBLEMS.timeout);
    await flush();
    expect(preview.problem).toBeNull();
    expect(preview.busy).toBe(true);
    asked[3]?.answer();
    await flush();
    expect([preview.after?.path, preview.busy]).toEqual(['after w=4', false]);
  });

  test('an answer that comes while one is still typing is not shown', async () => {
    const { asked, preview } = start();
    preview.set('w=1', 0);
    await flush();
    preview.set('w=12');
    asked[0]?.answer();
    await flush();
    expect(preview.after).toBeNull();
    expect(preview.busy).toBe(true);
  });

  test('a failure keeps the picture, and the next answer takes it away', async () => {
    const { asked, preview } = start();
    preview.set('w=1', 0);
    await flush();
    asked[0]?.answer();
    await flush();
    preview.set('w=2', 0);
    await flush();
    asked[1]?.fail(PROBLEMS.timeout);
    await flush();
    expect(preview.failure?.code).toBe('timeout');
    expect([preview.after?.path, preview.busy, preview.current]).toEqual(['after w=1', false, false]);
    void preview.refresh();
    await flush();
    asked[2]?.answer({ after: null, problem: PROBLEMS.hostLimit });
    await flush();
    expect(preview.failure?.code).toBe('transformInvalid');
    expect(preview.after?.path).toBe('after w=1');
    void preview.refresh();
    await flush();
    asked[3]?.answer();
    await flush();
    expect([preview.failure, preview.after?.path]).toEqual([null, 'after w=2']);
  });

  test('what passes through has no picture after, and that is no failure', async () => {
    const { asked, preview } = start();
    void preview.refresh();
    await flush();
    asked[0]?.answer({ after: null, notes: ['passedThrough'] });
    await flush();
    expect([preview.after, preview.failure, preview.current]).toEqual([null, null, true]);
  });

  test('nothing is shown after the page is left', async () => {
    const { asked, preview } = start();
    preview.set('w=1', 0);
    await flush();
    preview.set('w=2');
    preview.stop();
    asked[0]?.answer();
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toHaveLength(1);
    expect([preview.view, preview.busy]).toEqual([null, false]);
  });

  test('another place asks at once', async () => {
    const { asked, preview } = start();
    preview.setPlace('here');
    preview.setPlace('here');
    await flush();
    expect(asked.map((a) => a.request.place)).toEqual(['here']);
  });
});

test('how much is saved', () => {
  expect(saved(3_840_000, 212_000)).toBe(94);
  expect(saved(100, 150)).toBe(-50);
  expect(saved(100, 100)).toBe(0);
  expect(saved(0, 5)).toBeNull();
  // Something is always left.
  expect(saved(1_000_000, 1)).toBe(99);
});

test('the larger file fills its line', () => {
  expect(bars(100, 50)).toEqual({ before: 100, after: 50 });
  expect(bars(50, 100)).toEqual({ before: 50, after: 100 });
  expect(bars(1_000_000, 1)).toEqual({ before: 100, after: 1 });
  expect(bars(0, null)).toEqual({ before: 0, after: 0 });
});

test('the fake writes what a host is asked for', () => {
  expect(ossProcess('w=1600,format=webp,q=80,orient=1')).toBe(
    'image/auto-orient,1/resize,m_lfit,w_1600/format,webp/quality,q_80',
  );
  expect(ossProcess('crop=400x300+10+20@center,blur=3:2')).toBe(
    'image/crop,x_10,y_20,g_center,w_400,h_300/blur,r_3,s_2',
  );
  expect(ossProcess('')).toBe('');
  expect(cloudflareProcess('w=800,fit=fill,format=webp')).toBe('width=800,fit=cover,format=webp');
  expect(readBack('https://x.example/a.jpg?x-oss-process=image%2Fresize%2Cm_lfit%2Cw_800/format,webp')).toBe(
    'w=800,format=webp',
  );
  expect(readBack('image/rotate,90/resize,m_lfit,w_800')).toBe('image/rotate,90/resize,m_lfit,w_800');
  expect(readBack('hello')).toBeNull();
  expect(sizeAfter('w=1600', { width: 4032, height: 3024 })).toEqual({ width: 1600, height: 1200 });
  expect(sizeAfter('w=400,h=400,fit=fill', { width: 4032, height: 3024 })).toEqual({
    width: 400,
    height: 400,
  });
});
