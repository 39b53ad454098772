// How a window calls the generated commands: a refusal is thrown, not answered.
import { Channel } from '@tauri-apps/api/core';
import { commands } from '../bindings';
import type * as T from './types';

type Outcome<V> = { status: 'ok'; data: V } | { status: 'error'; error: T.ProblemView };

/** Turns a generated result into a value or a thrown `ProblemView`. */
export async function value<V>(call: Promise<Outcome<V>>): Promise<V> {
  const outcome = await call;
  if (outcome.status === 'error') throw outcome.error;
  return outcome.data;
}

/** The same for commands that answer nothing. */
export async function done(call: Promise<Outcome<null>>): Promise<void> {
  await value(call);
}

export function channel<V>(cb: (value: V) => void): Channel<V> {
  const c = new Channel<V>();
  c.onmessage = cb;
  return c;
}

/** A snapshot now, then deltas to `onDelta`. */
export function subscribe(onDelta: (delta: T.Delta) => void): Promise<T.Snapshot> {
  return value(commands.subscribe(channel((delta) => onDelta(delta as T.Delta)))) as Promise<T.Snapshot>;
}
