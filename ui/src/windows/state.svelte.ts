import { asProblem } from '../backend/backend';
import type * as T from '../backend/types';
import { i18n, pickLocale, problemLine, t } from '../i18n/i18n.svelte';
import { Toasts } from '../parts/toasts.svelte';

/** What every window keeps, and how it speaks. */
export class WindowState<B extends { copyText(text: string): Promise<void> }> {
  readonly backend: B;
  readonly toasts = new Toasts();

  ready = $state(false);
  /** The window could not be filled at all. */
  problem = $state.raw<T.ProblemView | null>(null);
  settings: T.Settings = $state.raw() as T.Settings;
  profiles = $state.raw<T.ProfileView[]>([]);
  providers = $state.raw<T.ProviderView[]>([]);
  /** Spoken to screen readers only. */
  said = $state('');
  alerted = $state('');

  constructor(backend: B) {
    this.backend = backend;
  }

  protected useSettings(settings: T.Settings): void {
    this.settings = settings;
    i18n.locale = pickLocale(settings.language, navigator.languages ?? [navigator.language]);
    document.documentElement.lang = i18n.locale;
    if (settings.theme === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = settings.theme;
  }

  profileLabel(name: string): string {
    return name === 'local' ? t('profile.local') : name;
  }

  formatLabel(format: string): string {
    return format === 'markdown' || format === 'url' || format === 'html' || format === 'bbcode'
      ? t(`format.${format}`)
      : format;
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
    const copied = await this.run(this.backend.copyText(text).then(() => true));
    if (copied) this.toasts.show('ok', () => t('toast.textCopied'));
  }
}
