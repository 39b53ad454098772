// What the transform page asks for and what it has been shown. The picture in view stays until the
// next one is ready; an answer to an older question is dropped.
import { asProblem, type Backend } from '../../../backend/backend';
import type * as T from '../../../backend/types';
import { same } from './spec';

/** What the page was opened for. */
export type Subject = {
  source: T.PreviewSource;
  /** Rows whose links are copied; the first is the one in view. */
  ids: number[];
  /** Whose host, presets and links: the row's own. */
  profile: string | null;
};

/** Milliseconds of quiet before a preview is asked for. */
export const PAUSE = 250;

export class Preview {
  readonly subject: Subject;
  spec = $state('');
  place = $state<T.TransformPlace>('auto');
  /** The newest answer, or none yet. */
  view = $state.raw<T.PreviewView | null>(null);
  /** The newest processed picture, kept while the next is made. */
  after = $state.raw<T.PictureView | null>(null);
  /** The call itself failed. */
  problem = $state.raw<T.ProblemView | null>(null);
  busy = $state(false);

  #backend: Backend;
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ready: (path: string) => Promise<void>;

  /** `ready` resolves when a picture can be shown without a blank moment. */
  constructor(backend: Backend, subject: Subject, ready: (path: string) => Promise<void>) {
    this.#backend = backend;
    this.subject = subject;
    this.#ready = ready;
  }

  /** What stands in the way of the processed picture, if anything does. */
  get failure(): T.ProblemView | null {
    return this.problem ?? (this.view?.after ? null : (this.view?.problem ?? null));
  }

  /** What is in view was made from what is asked for now. */
  get current(): boolean {
    return !this.busy && this.failure === null;
  }

  /** Another spec; the preview follows after a pause, or at once. */
  set(spec: string, pause = PAUSE): void {
    const before = this.spec;
    this.spec = spec;
    if (!same(before, spec) || this.failure !== null) this.#soon(pause);
  }

  setPlace(place: T.TransformPlace): void {
    if (place === this.place) return;
    this.place = place;
    this.#soon(0);
  }

  /** Asks again, at once. */
  async refresh(): Promise<void> {
    clearTimeout(this.#timer);
    const turn = ++this.#turn;
    this.busy = true;
    try {
      const view = await this.#backend.transformPreview({
        source: this.subject.source,
        spec: this.spec,
        place: this.place,
        profile: this.subject.profile,
      });
      if (turn !== this.#turn) return;
      await Promise.all([view.before, view.after].flatMap((p) => (p ? [this.#ready(p.path)] : [])));
      if (turn !== this.#turn) return;
      this.view = view;
      if (view.after || !view.problem) this.after = view.after;
      this.problem = null;
    } catch (error) {
      if (turn !== this.#turn) return;
      this.problem = asProblem(error);
    }
    this.busy = false;
  }

  /** Nothing that is still on its way is shown any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#turn += 1;
    this.busy = false;
  }

  #soon(pause: number): void {
    // What is on its way answers a question nobody asks any more.
    this.#turn += 1;
    this.busy = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.refresh(), pause);
  }
}

/** How much smaller, in whole percent; negative when it grew, null when nothing can be said. */
export function saved(before: number, after: number): number | null {
  if (before <= 0) return null;
  const share = (1 - after / before) * 100;
  // Never 100: something is left.
  if (share > 99 && after > 0) return 99;
  return Math.round(share);
}

/** Widths of the two bars in percent: the larger file fills its line. */
export function bars(before: number, after: number | null): { before: number; after: number } {
  const most = Math.max(before, after ?? 0, 1);
  const share = (n: number) => (n === 0 ? 0 : Math.max(1, (n / most) * 100));
  return { before: share(before), after: share(after ?? 0) };
}
