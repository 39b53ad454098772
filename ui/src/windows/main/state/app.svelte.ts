import { getContext, setContext } from 'svelte';
import { asProblem, type Backend } from '../../../backend/backend';
import { follow } from '../../../backend/follow';
import type * as T from '../../../backend/types';
import { i18n, t } from '../../../i18n/i18n.svelte';
import { takeOver } from '../../../parts/handover';
import { WindowState } from '../../state.svelte';
import type { Subject } from '../transform/state.svelte';
import { describeTransform } from '../transforms';
import { Doctors } from './doctors.svelte';
import { Gallery } from './gallery.svelte';
import { Uploads } from './uploads.svelte';

export type SettingsPage =
  | { kind: 'profile'; name: string }
  | { kind: 'newProfile' }
  | { kind: 'naming' }
  | { kind: 'formats' }
  | { kind: 'images' }
  | { kind: 'backups' }
  | { kind: 'shortcuts' }
  | { kind: 'general' };

/** An image that is about to be deleted. */
export type Doomed = { id: number; name: string; profile: string };

export type DialogState = null | { kind: 'url' } | { kind: 'keys' } | { kind: 'delete'; doomed: Doomed[] };

const BUILTIN = ['markdown', 'url', 'html', 'bbcode'] as const;

/** The window's whole state. The root component makes one and hands it down by context. */
export class App extends WindowState<Backend> {
  readonly uploads = new Uploads();
  readonly gallery: Gallery;
  readonly doctors: Doctors;

  store = $state.raw<T.StoreStatus>({ running: false, publicBase: '', port: 0, moved: false });
  info = $state.raw<T.AppInfo | null>(null);
  /** The backup rules; null until the page that shows them has asked. */
  backups = $state.raw<T.BackupView[] | null>(null);

  page = $state<'uploads' | 'settings' | 'transform'>('uploads');
  /** What the transform page shows. */
  subject = $state.raw<Subject>({ source: { kind: 'sample' }, ids: [], profile: null });
  settingsPage = $state.raw<SettingsPage>({ kind: 'general' });
  dialog = $state.raw<DialogState>(null);
  dragging = $state(false);
  menu = $state<'none' | 'profile' | 'transform' | 'format'>('none');

  #lastBatch: number | null = null;

  constructor(backend: Backend) {
    super(backend);
    this.gallery = new Gallery(backend);
    this.doctors = new Doctors(backend);
    backend.onDrag((state) => {
      this.dragging = state === 'over';
      // What is dropped on the settings is shown where it can be seen.
      if (state === 'drop') this.goTo('uploads');
    });
  }

  async start(): Promise<void> {
    try {
      await this.#follow();
      const [providers, info] = await Promise.all([this.backend.providerList(), this.backend.appInfo()]);
      this.providers = providers;
      this.info = info;
      await this.gallery.load();
      this.problem = null;
      this.ready = true;
      takeOver(({ profile }) => {
        this.goTo('settings', { kind: 'profile', name: profile });
        void this.doctors.run(profile);
      });
    } catch (error) {
      this.problem = asProblem(error);
    }
  }

  #follow(): Promise<void> {
    return follow(this.backend, {
      fill: (snapshot) => {
        this.useSettings(snapshot.settings);
        this.profiles = snapshot.profiles;
        this.store = snapshot.store;
        this.uploads.replace(snapshot.uploads);
      },
      take: (events) => this.#take(events),
      missed: (again) => void this.run(again.then(() => this.gallery.changed())),
    });
  }

  #take(events: T.AppEvent[]): void {
    const { failed, started } = this.uploads.apply(events);
    if (started.length > 0) this.said = t('say.started', { n: started.length });
    this.#alert(failed);
    for (const event of events) this.#happened(event);
  }

  #happened(event: T.AppEvent): void {
    if (event.type === 'history') this.gallery.changed();
    else if (event.type === 'profiles') this.profiles = event.profiles;
    else if (event.type === 'settings') this.useSettings(event.settings);
    else if (event.type === 'store') this.store = event.store;
    else if (event.type === 'backups') this.backups = event.backups;
    else if (event.type === 'failure') this.fail(event.problem);
    else if (event.type === 'batch') this.#batchEnded(event.batch);
  }

  #alert(failed: T.UploadView[]): void {
    const first = failed[0];
    if (!first) return;
    if (failed.length > 1 || !first.problem) {
      this.alerted = t('say.failedMany', { n: failed.length });
      return;
    }
    const text = i18n.locale === 'zh-CN' ? first.problem.zh : first.problem.en;
    this.alerted = t('say.failed', { name: first.name, what: text.what, fix: text.fix });
  }

  #batchEnded(batch: T.BatchView): void {
    this.#lastBatch = batch.done > 0 ? batch.id : this.#lastBatch;
    if (batch.done === 0) {
      if (batch.failed > 0) this.said = t('say.ended', { done: batch.done, failed: batch.failed });
      return;
    }
    const text = () =>
      batch.copied > 0
        ? t('toast.copied', { n: batch.copied, format: this.formatLabel(batch.format) })
        : t('toast.stored', { n: batch.done });
    this.toasts.show('ok', text, () => void this.undoBatch(batch.id));
  }

  // ---- words -----------------------------------------------------------------------------------

  get profile(): T.ProfileView | undefined {
    const wanted = this.settings.defaultProfile;
    return this.profiles.find((p) => p.profile.name === wanted) ?? this.profiles[0];
  }

  badge(provider: T.Provider): string {
    if (provider === 'local') return 'LOCAL';
    return this.providers.find((p) => p.provider === provider)?.badge ?? provider.toUpperCase();
  }

  get formats(): string[] {
    return [...BUILTIN, ...this.settings.customFormats.map((f) => f.name)];
  }

  /** What the settings say, in words. */
  get transformLabel(): string {
    return this.#transformWords(this.settings.transform);
  }

  /** What new uploads get: the profile's own transform comes before the settings'. */
  get uploadTransform(): string {
    return this.profile?.profile.transform ?? this.settings.transform;
  }

  get uploadTransformLabel(): string {
    return this.#transformWords(this.uploadTransform);
  }

  get uploadPlace(): T.TransformPlace {
    return this.profile?.profile.transformPlace ?? this.settings.transformPlace;
  }

  #transformWords(transform: string): string {
    if (transform === '') return t('common.none');
    return transform.startsWith('preset:') ? transform.slice('preset:'.length) : describeTransform(transform);
  }

  // ---- actions ---------------------------------------------------------------------------------

  goTo(page: 'uploads' | 'settings' | 'transform', settingsPage?: SettingsPage): void {
    if (settingsPage) this.settingsPage = settingsPage;
    else if (page === 'settings' && this.page !== 'settings') {
      this.settingsPage = { kind: 'profile', name: this.profile?.profile.name ?? 'local' };
    }
    this.page = page;
    this.menu = 'none';
  }

  /** Opens the transform page for the given rows, for what is selected, or for the newest upload. */
  async transform(subject?: Subject): Promise<void> {
    let wanted = subject;
    if (!wanted) {
      const picked = this.gallery.selection.picked();
      const rows = picked.length > 0 ? picked : [await this.run(this.backend.transformSources())];
      wanted = subjectOf(rows.filter((row) => row != null));
    }
    this.subject = wanted;
    this.goTo('transform');
  }

  chooseFiles = () => this.run(this.backend.chooseFiles());
  paste = () => this.run(this.backend.uploadClipboard());

  setFormat(format: string): void {
    // Shown at once; the settings event confirms it.
    this.settings = { ...this.settings, linkFormat: format };
    void this.run(this.backend.setLinkFormat(format));
  }

  setProfile(name: string): void {
    void this.run(this.backend.setDefaultProfile(name));
  }

  async saveSettings(change: Partial<T.Settings>): Promise<T.ProblemView | null> {
    const before = this.settings;
    this.useSettings({ ...before, ...change });
    try {
      this.useSettings(await this.backend.settingsSave(this.settings));
      return null;
    } catch (error) {
      this.useSettings(before);
      return asProblem(error);
    }
  }

  /** What new uploads get from now on. A profile's own transform would go on winning, so it goes. */
  async useTransform(change: { transform?: string; transformPlace?: T.TransformPlace }): Promise<boolean> {
    const problem = await this.saveSettings(change);
    if (problem) {
      this.fail(problem);
      return false;
    }
    const profile = this.profile?.profile;
    if (!profile) return true;
    const next = { ...profile };
    if (change.transform !== undefined && profile.transform !== change.transform) next.transform = null;
    if (change.transformPlace !== undefined && profile.transformPlace !== change.transformPlace)
      next.transformPlace = null;
    if (next.transform === profile.transform && next.transformPlace === profile.transformPlace) return true;
    return (await this.run(this.backend.profileSave(next, null, profile.name))) !== undefined;
  }

  async copyHistory(ids: number[], format: string | null = null): Promise<void> {
    if (ids.length === 0) return;
    this.#copied(await this.run(this.backend.copyHistoryLinks(ids, format)));
  }

  async copyUpload(id: number, format: string | null = null): Promise<void> {
    this.#copied(await this.run(this.backend.copyUploadLinks([id], format)));
  }

  async copyTransformed(
    ids: number[],
    spec: string,
    place: T.TransformPlace,
    profile: string | null,
  ): Promise<void> {
    this.#copied(await this.run(this.backend.copyTransformed(ids, spec, place, profile)));
  }

  #copied(copied: T.CopiedView | undefined): void {
    if (!copied || copied.count === 0) return;
    this.toasts.show('ok', () =>
      t('toast.copied', { n: copied.count, format: this.formatLabel(copied.format) }),
    );
  }

  /** Opens the dialog that says what deleting these will do. */
  askDelete(doomed: Doomed[]): void {
    if (doomed.length > 0) this.dialog = { kind: 'delete', doomed };
  }

  async delete(ids: number[], remote: boolean): Promise<void> {
    const deletion = await this.run(this.backend.deleteHistory(ids, remote));
    if (!deletion) return;
    this.gallery.selection.drop(ids);
    const text = () => t(remote ? 'toast.deleted' : 'toast.removed', { n: deletion.count });
    this.toasts.show('ok', text, () => void this.restore(deletion.id), deletion.undoFor);
  }

  async restore(id: number): Promise<void> {
    const n = await this.run(this.backend.undoDeletion(id));
    if (n !== undefined) this.toasts.show('ok', () => t('toast.restored', { n }));
  }

  async undoBatch(batch: number): Promise<void> {
    if (this.#lastBatch === batch) this.#lastBatch = null;
    const deletion = await this.run(this.backend.undoBatch(batch));
    if (!deletion) return;
    this.toasts.show(
      'ok',
      () => t('toast.deleted', { n: deletion.count }),
      () => void this.restore(deletion.id),
      deletion.undoFor,
    );
  }

  undo(): void {
    if (this.toasts.undo()) return;
    if (this.#lastBatch !== null) void this.undoBatch(this.#lastBatch);
  }

  reupload(ids: number[], profile: string): void {
    void this.run(this.backend.reuploadHistory(ids, profile));
  }
}

/** Rows as what the transform page shows: the first is in view, all of them are copied. */
export function subjectOf(rows: readonly { id: number; profile: string }[]): Subject {
  const first = rows[0];
  if (!first) return { source: { kind: 'sample' }, ids: [], profile: null };
  return {
    source: { kind: 'history', id: first.id },
    ids: rows.map((row) => row.id),
    profile: first.profile,
  };
}

const KEY = Symbol('app');

export function provideApp(app: App): App {
  return setContext(KEY, app);
}

export function useApp(): App {
  return getContext<App>(KEY);
}
