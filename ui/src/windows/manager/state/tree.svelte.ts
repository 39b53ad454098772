import { SvelteMap } from 'svelte/reactivity';
import { asProblem } from '../../../backend/backend';
import type { BucketRow, ManagerBackend } from '../../../backend/manager';
import type { ProblemView } from '../../../backend/types';
import { recall, remember } from './stored';

export type Pinned = { place: string; prefix: string };

type Buckets =
  | { state: 'loading'; late: boolean }
  | { state: 'there'; rows: BucketRow[] }
  | { state: 'failed'; problem: ProblemView };

/** The profiles' buckets, read when a profile is opened, and the pinned folders. */
export class Tree {
  readonly open = new SvelteMap<string, boolean>();
  readonly buckets = new SvelteMap<string, Buckets>();
  pinned = $state.raw<Pinned[]>(recall('pinned', []));

  readonly #backend: ManagerBackend;

  constructor(backend: ManagerBackend) {
    this.#backend = backend;
  }

  isOpen(profile: string): boolean {
    return this.open.get(profile) ?? false;
  }

  toggle(profile: string, open = !this.isOpen(profile)): void {
    this.open.set(profile, open);
    const known = this.buckets.get(profile)?.state;
    if (open && (known === undefined || known === 'failed')) void this.load(profile);
  }

  async load(profile: string): Promise<void> {
    this.buckets.set(profile, { state: 'loading', late: false });
    const timer = setTimeout(() => {
      if (this.buckets.get(profile)?.state === 'loading')
        this.buckets.set(profile, { state: 'loading', late: true });
    }, 300);
    try {
      this.buckets.set(profile, { state: 'there', rows: await this.#backend.bucketList(profile) });
    } catch (error) {
      this.buckets.set(profile, { state: 'failed', problem: asProblem(error) });
    } finally {
      clearTimeout(timer);
    }
  }

  isPinned(place: string, prefix: string): boolean {
    return this.pinned.some((p) => p.place === place && p.prefix === prefix);
  }

  pin(place: string, prefix: string): void {
    if (!this.isPinned(place, prefix)) this.#keep([...this.pinned, { place, prefix }]);
  }

  unpin(place: string, prefix: string): void {
    this.#keep(this.pinned.filter((p) => p.place !== place || p.prefix !== prefix));
  }

  #keep(pinned: Pinned[]): void {
    this.pinned = pinned;
    remember('pinned', pinned);
  }
}
