import { expect, test } from 'vitest';
import { follow } from '../../src/backend/follow';
import type { Delta, Snapshot } from '../../src/backend/types';

/** A backend whose deltas a test sends; each snapshot is of the number the test has set. */
function backend() {
  const source = {
    seq: 0,
    asked: 0,
    send: (_: Delta) => {},
    async subscribe(onDelta: (delta: Delta) => void): Promise<Snapshot> {
      source.asked += 1;
      source.send = onDelta;
      return { seq: source.seq } as Snapshot;
    },
  };
  return source;
}

const delta = (seq: number): Delta => ({ seq, events: [{ type: 'history', revision: seq }] });

function follower() {
  const log: string[] = [];
  const again: Promise<void>[] = [];
  return {
    log,
    again,
    fill: ({ seq }: Snapshot) => void log.push(`snapshot ${seq}`),
    take: (events: Delta['events']) => {
      for (const event of events) if (event.type === 'history') log.push(`${event.revision}`);
    },
    missed: (begun: Promise<void>) => void again.push(begun),
  };
}

test('what comes while the snapshot is shown follows it, and what it holds already is dropped', async () => {
  const [source, window] = [backend(), follower()];
  source.seq = 4;
  const show = window.fill;
  await follow(source, {
    ...window,
    fill: async (snapshot) => {
      for (const seq of [4, 5, 6]) source.send(delta(seq));
      await Promise.resolve();
      show(snapshot);
    },
  });
  source.send(delta(7));
  expect(window.log).toEqual(['snapshot 4', '5', '6', '7']);
  expect(source.asked).toBe(1);
});

test('a snapshot that does not come is asked for by the next delta', async () => {
  const [source, window] = [backend(), follower()];
  await follow(source, window);
  const { send, subscribe } = source;
  source.subscribe = () => Promise.reject(new Error('busy'));
  send(delta(2));
  await expect(window.again[0]).rejects.toThrow('busy');
  source.subscribe = subscribe;
  source.seq = 3;
  send(delta(3));
  await window.again[1];
  source.send(delta(4));
  expect(window.log).toEqual(['snapshot 0', 'snapshot 3', '4']);
});

test('a missing delta leads to one fresh snapshot, however many come after it', async () => {
  const [source, window] = [backend(), follower()];
  await follow(source, window);
  const before = source.send;
  before(delta(1));
  source.seq = 4;
  for (const seq of [3, 4]) before(delta(seq));
  expect(window.again).toHaveLength(1);
  await window.again[0];
  source.send(delta(5));
  before(delta(2));
  expect(window.log).toEqual(['snapshot 0', '1', 'snapshot 4', '5']);
});
