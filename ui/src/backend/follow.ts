// How a window keeps up with what happens: a snapshot, then one delta after the other.
import type { AppEvent, Delta, Snapshot } from './types';

type Source = { subscribe(onDelta: (delta: Delta) => void): Promise<Snapshot> };

type Follower = {
  /** Shows a snapshot; what happens meanwhile waits. */
  fill(snapshot: Snapshot): void | Promise<void>;
  take(events: AppEvent[]): void;
  /** A delta was missing; `again` ends when a fresh snapshot is shown. */
  missed(again: Promise<void>): void;
};

/** Follows from now on. Ends when the first snapshot is shown. */
export async function follow(source: Source, follower: Follower): Promise<void> {
  // What comes before the snapshot is shown; null from then on.
  let early: Delta[] | null = [];
  let seq = 0;
  let over = false;
  const take = (delta: Delta) => {
    if (over || delta.seq <= seq) return;
    if (delta.seq === seq + 1) {
      seq = delta.seq;
      follower.take(delta.events);
    } else {
      over = true;
      const again = follow(source, follower);
      // Without a snapshot the next delta asks once more.
      again.catch(() => {
        over = false;
      });
      follower.missed(again);
    }
  };
  const snapshot = await source.subscribe((delta) => {
    if (early) early.push(delta);
    else take(delta);
  });
  seq = snapshot.seq;
  await follower.fill(snapshot);
  const waiting = early;
  early = null;
  for (const delta of waiting) take(delta);
}
