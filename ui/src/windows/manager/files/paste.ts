import type { CopyRequest, Existing } from '../../../backend/manager';
import { nameOf } from './crumbs';

/** Objects and folders that were copied or cut. */
export type Clip = {
  place: string;
  /** The folder they were taken from. */
  base: string;
  /** Full keys; folders end in `/`. */
  keys: string[];
  cut: boolean;
};

export type Paste =
  | { kind: 'nothing' }
  /** A folder cannot go into itself. */
  | { kind: 'intoItself'; name: string }
  /** Names that are there already: somebody has to say what becomes of them. */
  | { kind: 'ask'; names: string[]; request: CopyRequest }
  | { kind: 'go'; request: CopyRequest };

/** What pasting a clip into a folder means. `taken` tells whether the folder has the name. */
export function paste(clip: Clip, place: string, prefix: string, taken: (name: string) => boolean): Paste {
  if (clip.keys.length === 0) return { kind: 'nothing' };
  const here = clip.place === place && clip.base === prefix;
  if (here && clip.cut) return { kind: 'nothing' };
  const within = clip.place === place && clip.keys.find((k) => k.endsWith('/') && prefix.startsWith(k));
  if (within) return { kind: 'intoItself', name: nameOf(within) };
  const request = (existing: Existing): CopyRequest => ({
    from: clip.place,
    keys: clip.keys,
    base: clip.base,
    to: place,
    prefix,
    exactKey: null,
    existing,
    removeSource: clip.cut,
  });
  // A copy beside its original is a second one.
  if (here) return { kind: 'go', request: request('both') };
  const names = clip.keys.map(nameOf).filter(taken);
  if (names.length > 0) return { kind: 'ask', names, request: request('skip') };
  return { kind: 'go', request: request('skip') };
}

export type NameFault = 'empty' | 'slash' | 'dots' | 'taken';

/** Why a file or folder cannot have this name. */
export function nameFault(name: string, taken: (name: string) => boolean): NameFault | null {
  if (name.trim() === '') return 'empty';
  if (name.includes('/')) return 'slash';
  if (name === '.' || name === '..') return 'dots';
  return taken(name) ? 'taken' : null;
}
