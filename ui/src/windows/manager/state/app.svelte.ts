import { getContext, setContext } from 'svelte';
import { asProblem } from '../../../backend/backend';
import type { ManagerBackend, ManagerDelta, ManagerEvent } from '../../../backend/manager';
import type * as T from '../../../backend/types';
import { i18n, pickLocale, problemLine, t } from '../../../i18n/i18n.svelte';
import { Toasts } from '../../../parts/toasts.svelte';
import { Transfers } from '../transfers/state.svelte';
import { Panels } from './panels.svelte';

export type View = 'files' | 'models';

/** The manager window's state. The root component makes one and hands it down by context. */
export class App {
  readonly backend: ManagerBackend;
  readonly toasts = new Toasts();
  readonly panels = new Panels();
  readonly transfers: Transfers;

  ready = $state(false);
  /** The window could not be filled at all. */
  problem = $state.raw<T.ProblemView | null>(null);
  settings: T.Settings = $state.raw() as T.Settings;
  profiles = $state.raw<T.ProfileView[]>([]);
  providers = $state.raw<T.ProviderView[]>([]);
  view = $state<View>('files');
  /** `PROFILE` or `PROFILE/BUCKET` in view. */
  place = $state('');
  keysShown = $state(false);
  /** Keys of the view that is shown; true when the key was for it. Not asked while a dialog is open. */
  viewKeys: ((event: KeyboardEvent) => boolean) | null = null;
  /** Spoken to screen readers only. */
  said = $state('');
  alerted = $state('');

  #seq = 0;
  #listeners = new Set<(event: ManagerEvent) => void>();

  constructor(backend: ManagerBackend) {
    this.backend = backend;
    this.transfers = new Transfers(backend);
  }

  async start(): Promise<void> {
    try {
      await this.#subscribe();
      this.providers = await this.backend.providerList();
      this.problem = null;
      this.ready = true;
    } catch (error) {
      this.problem = asProblem(error);
    }
  }

  async #subscribe(): Promise<void> {
    const early: ManagerDelta[] = [];
    let open = false;
    const snapshot = await this.backend.subscribe((delta) => {
      if (open) this.#take(delta);
      else early.push(delta);
    });
    this.#seq = snapshot.seq;
    this.#useSettings(snapshot.settings);
    this.profiles = snapshot.profiles;
    if (!this.place) this.place = snapshot.settings.defaultProfile;
    this.transfers.replace(await this.backend.transferList());
    open = true;
    for (const delta of early) this.#take(delta);
  }

  #take(delta: ManagerDelta): void {
    if (delta.seq <= this.#seq) return;
    if (delta.seq !== this.#seq + 1) {
      // A delta is missing: start from a fresh snapshot.
      void this.run(this.#subscribe());
      return;
    }
    this.#seq = delta.seq;
    this.transfers.apply(delta.events);
    for (const event of delta.events) {
      if (event.type === 'profiles') this.profiles = event.profiles;
      else if (event.type === 'settings') this.#useSettings(event.settings as T.Settings);
      else if (event.type === 'failure') this.fail(event.problem);
      for (const listener of this.#listeners) listener(event);
    }
  }

  /** Calls back for every event until the answer is called. */
  listen(listener: (event: ManagerEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #useSettings(settings: T.Settings): void {
    this.settings = settings;
    i18n.locale = pickLocale(settings.language, navigator.languages ?? [navigator.language]);
    document.documentElement.lang = i18n.locale;
    if (settings.theme === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = settings.theme;
  }

  /** The profile of a place. */
  profileOf(place: string): T.ProfileView | undefined {
    const name = place.split('/')[0];
    return this.profiles.find((p) => p.profile.name === name);
  }

  profileLabel(name: string): string {
    return name === 'local' ? t('profile.local') : name;
  }

  /** The bucket's name of a place. */
  bucketOf(place: string): string {
    const slash = place.indexOf('/');
    return slash < 0 ? (this.profileOf(place)?.profile.bucket ?? place) : place.slice(slash + 1);
  }

  /** Runs a call; what it throws becomes a toast. */
  async run<V>(call: Promise<V>): Promise<V | undefined> {
    try {
      return await call;
    } catch (error) {
      this.fail(asProblem(error));
      return undefined;
    }
  }

  fail(problem: T.ProblemView): void {
    if (problem.code === 'cancelled') return;
    this.toasts.show('bad', () => problemLine(problem));
  }

  async copyText(text: string): Promise<void> {
    await this.run(this.backend.copyText(text));
    this.toasts.show('ok', () => t('toast.textCopied'));
  }
}

const KEY = Symbol('manager');

export function provideApp(app: App): App {
  return setContext(KEY, app);
}

export function useApp(): App {
  return getContext<App>(KEY);
}
