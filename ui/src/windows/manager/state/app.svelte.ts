import { getContext, setContext } from 'svelte';
import { asProblem } from '../../../backend/backend';
import { follow } from '../../../backend/follow';
import type { FileDrag, ManagerBackend } from '../../../backend/manager';
import type * as T from '../../../backend/types';
import { handOver } from '../../../parts/handover';
import { WindowState } from '../../state.svelte';
import type { Dialog } from '../dialogs/dialog';
import { Models } from '../models/state.svelte';
import { Transfers, type Voice } from '../transfers/state.svelte';
import { Files } from './files.svelte';
import { Panels } from './panels.svelte';
import { recall, remember } from './stored';
import { Tree } from './tree.svelte';

export type View = 'files' | 'models';

/** The manager window's state. The root component makes one and hands it down by context. */
export class App extends WindowState<ManagerBackend> {
  readonly panels = new Panels();
  readonly transfers: Transfers;
  readonly files: Files;
  readonly tree: Tree;
  readonly models: Models;

  view = $state<View>('files');
  dialog = $state.raw<Dialog | null>(null);
  /** The folder that files carried over the window would go into. */
  dropPrefix = $state<string | null>(null);
  /** Keys of the view that is shown; true when the key was for it. Not asked while a dialog is open. */
  viewKeys: ((event: KeyboardEvent) => boolean) | null = null;

  #drags = new Set<(drag: FileDrag) => void>();
  #listeners = new Set<(event: T.AppEvent) => void>();

  constructor(backend: ManagerBackend) {
    super(backend);
    const voice: Voice = {
      fail: (problem) => this.fail(problem),
      say: (text) => {
        this.said = text;
      },
      alert: (text) => {
        this.alerted = text;
      },
      copyText: (text) => void this.copyText(text),
    };
    this.transfers = new Transfers(backend, voice);
    this.models = new Models(backend, voice);
    this.files = new Files(backend);
    this.tree = new Tree(backend);
    backend.onDrag((drag) => {
      for (const listener of this.#drags) listener(drag);
    });
  }

  async start(): Promise<void> {
    try {
      await this.#follow();
      this.providers = await this.backend.providerList();
      this.problem = null;
      void this.transfers.restoreLimit();
      if (this.files.place === '') {
        const { place, prefix } = recall('spot', { place: this.settings.defaultProfile, prefix: '' });
        this.goTo(this.profileOf(place) ? place : this.settings.defaultProfile, prefix);
      }
      this.ready = true;
    } catch (error) {
      this.problem = asProblem(error);
    }
  }

  #follow(): Promise<void> {
    return follow(this.backend, {
      fill: async (snapshot) => {
        this.useSettings(snapshot.settings);
        this.profiles = snapshot.profiles;
        this.transfers.replace(await this.backend.transferList());
        this.files.watch(this.transfers.items);
      },
      take: (events) => this.#take(events),
      missed: (again) => void this.run(again),
    });
  }

  #take(events: T.AppEvent[]): void {
    this.transfers.apply(events);
    for (const event of events) {
      if (event.type === 'profiles') this.profiles = event.profiles;
      else if (event.type === 'settings') this.useSettings(event.settings);
      else if (event.type === 'failure') this.fail(event.problem);
      this.files.happened(event);
      for (const listener of this.#listeners) listener(event);
    }
    this.files.watch(this.transfers.items);
  }

  /** Calls back for every event until the answer is called. */
  listen(listener: (event: T.AppEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls back while files are carried over the window, until the answer is called. */
  listenDrag(listener: (drag: FileDrag) => void): () => void {
    this.#drags.add(listener);
    return () => this.#drags.delete(listener);
  }

  /** The profile of a place. */
  profileOf(place: string): T.ProfileView | undefined {
    const name = place.split('/')[0];
    return this.profiles.find((p) => p.profile.name === name);
  }

  /** The bucket's name of a place. */
  bucketOf(place: string): string {
    const slash = place.indexOf('/');
    return slash < 0 ? (this.profileOf(place)?.profile.bucket ?? place) : place.slice(slash + 1);
  }

  /** `PROFILE` or `PROFILE/BUCKET` in view. */
  get place(): string {
    return this.files.place;
  }

  /** Shows a folder in the view of files. */
  goTo(place: string, prefix: string, wanted: string | null = null): void {
    this.view = 'files';
    this.files.go(place, prefix, wanted);
    this.files.watch(this.transfers.items);
    const profile = place.split('/')[0] ?? '';
    if (!this.tree.isOpen(profile)) this.tree.toggle(profile, true);
    remember('spot', { place, prefix });
  }

  /** Has the main window examine the profile in view. */
  openDoctor(): void {
    handOver({ page: 'doctor', profile: this.place.split('/')[0] ?? '' });
    void this.run(this.backend.openMain());
  }
}

const KEY = Symbol('manager');

export function provideApp(app: App): App {
  return setContext(KEY, app);
}

export function useApp(): App {
  return getContext<App>(KEY);
}
