// The values that cross from Rust, under the name the window knows them by.
import type * as B from '../bindings';

export type * from '../bindings';

/** Rust fills in what is left out when it reads settings; what it sends is always whole. */
export type Settings = Required<B.Settings>;
export type Snapshot = Omit<B.Snapshot, 'settings'> & { settings: Settings };
export type AppEvent = Exclude<B.AppEvent, { type: 'settings' }> | { type: 'settings'; settings: Settings };
export type Delta = Omit<B.Delta, 'events'> & { events: AppEvent[] };
