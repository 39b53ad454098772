import { asProblem } from '../../../backend/backend';
import type { TransferPriority, TransfersBackend, TransferView } from '../../../backend/transfers';
import type { AppEvent, ProblemView } from '../../../backend/types';
import { problemLine, t } from '../../../i18n/i18n.svelte';
import { recall, remember } from '../state/stored';
import { pushSample, SECONDS } from './graph';
import { inQueueOrder } from './order';
import { countOf, isAtWork, isEnded, isHeld } from './words';

/** How the panes speak to the person: the window gives one voice to all of them. */
export type Voice = {
  /** A failure that has no row. */
  fail(problem: ProblemView): void;
  /** For screen readers: news, and what needs attention. */
  say(text: string): void;
  alert(text: string): void;
  copyText(text: string): void;
};

const LINGER_MS = 600;
const SECOND_MS = 1000;

/** All transfers and the speed of the last minute. */
export class Transfers {
  readonly backend: TransfersBackend;
  readonly voice: Voice;

  /** In the order of the queue. */
  items = $state.raw<TransferView[]>([]);
  /** Bytes per second, now and through the last minute. */
  up = $state(0);
  down = $state(0);
  upSamples = $state.raw<number[]>([]);
  downSamples = $state.raw<number[]>([]);
  /** Bytes per second for all transfers together; null for none. */
  limit = $state<number | null>(null);
  /** What is being asked about in a dialog. */
  cancelling = $state.raw<TransferView | null>(null);
  listing = $state.raw<TransferView | null>(null);

  readonly counts = $derived(countOf(this.items));
  readonly anyEnded = $derived(this.items.some(isEnded));

  #byId = new Map<number, TransferView>();
  #leaving = new Map<number, ReturnType<typeof setTimeout>>();
  #heard = Number.NEGATIVE_INFINITY;
  #clock: ReturnType<typeof setInterval> | undefined;

  constructor(backend: TransfersBackend, voice: Voice) {
    this.backend = backend;
    this.voice = voice;
  }

  replace(views: TransferView[]): void {
    this.#byId = new Map(views.filter(stays).map((view) => [view.id, view]));
    this.#show();
  }

  /** Takes the events that belong to transfers and leaves the others. */
  apply(events: readonly AppEvent[]): void {
    const started: TransferView[] = [];
    let changed = false;
    for (const event of events) {
      if (event.type === 'transfer') {
        changed = true;
        this.#take(event.transfer, started);
      } else if (event.type === 'transfersRemoved') {
        changed = true;
        for (const id of event.ids) this.#byId.delete(id);
      } else if (event.type === 'speed') this.#measure(event.up, event.down);
    }
    const first = started[0];
    if (started.length === 1 && first) {
      this.voice.say(t(`transfers.say.started.${first.kind}`, { name: first.name }));
    } else if (started.length > 1) this.voice.say(t('transfers.say.startedMany', { n: started.length }));
    if (changed) this.#show();
  }

  #take(view: TransferView, started: TransferView[]): void {
    const before = this.#byId.get(view.id);
    if (!before && isEnded(view) && !stays(view) && !this.#leaving.has(view.id)) return;
    this.#byId.set(view.id, view);
    const leaving = this.#leaving.get(view.id);
    if (leaving !== undefined && stays(view)) {
      clearTimeout(leaving);
      this.#leaving.delete(view.id);
    }
    if (before?.state === view.state) return;
    if (view.state === 'running' && (!before || before.state === 'queued')) started.push(view);
    else if (view.state === 'done') this.voice.say(t(`transfers.say.done.${view.kind}`, { name: view.name }));
    else if (view.state === 'failed')
      this.voice.alert(
        t('transfers.say.failed', {
          name: view.name,
          why: view.problem ? problemLine(view.problem) : t('transfers.state.failed'),
        }),
      );
    if (!stays(view)) this.#leave(view.id);
  }

  /** What is done stays long enough to be seen done. */
  #leave(id: number): void {
    if (this.#leaving.has(id)) return;
    this.#leaving.set(
      id,
      setTimeout(() => {
        this.#leaving.delete(id);
        this.#byId.delete(id);
        this.#show();
      }, LINGER_MS),
    );
  }

  #show(): void {
    this.items = [...this.#byId.values()].sort(inQueueOrder);
  }

  // ---- speed -----------------------------------------------------------------------------------

  #measure(up: number, down: number): void {
    this.up = up;
    this.down = down;
    this.#heard = performance.now();
    if (this.#clock !== undefined) return;
    this.#sample();
    this.#clock = setInterval(() => this.#sample(), SECOND_MS);
  }

  /** Once a second, whether anything was heard or not: the graph goes on to the left until it is flat. */
  #sample(): void {
    if (performance.now() - this.#heard > 2.5 * SECOND_MS) {
      this.up = 0;
      this.down = 0;
    }
    this.upSamples = pushSample(this.upSamples, this.up);
    this.downSamples = pushSample(this.downSamples, this.down);
    const flat = [...this.upSamples, ...this.downSamples].every((value) => value === 0);
    if (flat && this.upSamples.length > SECONDS) {
      clearInterval(this.#clock);
      this.#clock = undefined;
      this.upSamples = [];
      this.downSamples = [];
    }
  }

  // ---- actions ---------------------------------------------------------------------------------

  async run(call: Promise<unknown>): Promise<void> {
    try {
      await call;
    } catch (error) {
      this.voice.fail(asProblem(error));
    }
  }

  toggle(view: TransferView): void {
    if (isHeld(view)) void this.run(this.backend.transferResume(view.id));
    else if (canPause(view)) void this.run(this.backend.transferPause(view.id));
  }

  retry(view: TransferView): void {
    if (view.state === 'failed' || view.state === 'cancelled' || view.filesFailed > 0)
      void this.run(this.backend.transferResume(view.id));
  }

  /** Asks first where something would be thrown away. */
  cancel(view: TransferView): void {
    if (losesWork(view)) this.cancelling = view;
    else void this.run(this.backend.transferCancel(view.id));
  }

  prioritise(view: TransferView, priority: TransferPriority): void {
    void this.run(this.backend.transferPriority(view.id, priority));
  }

  pauseOrResumeAll(): void {
    void this.run(this.canPauseAny ? this.backend.transferPauseAll() : this.backend.transferResumeAll());
  }

  get canPauseAny(): boolean {
    return this.counts.running + this.counts.queued > 0 || this.counts.held === 0;
  }

  /** Sets the limit of the last time again. */
  async restoreLimit(): Promise<void> {
    const limit = recall<number | null>('limit', null);
    if (typeof limit === 'number' && limit > 0) await this.setLimit(limit);
  }

  async setLimit(limit: number | null): Promise<void> {
    const before = this.limit;
    // Shown at once; taken back when it is refused.
    this.limit = limit;
    try {
      await this.backend.setRateLimit(limit);
      remember('limit', limit);
    } catch (error) {
      this.limit = before;
      this.voice.fail(asProblem(error));
    }
  }

  clear(): void {
    void this.run(this.backend.transferClear());
  }
}

/** Whether a row is kept in the list: what went well leaves by itself, what needs a person does not. */
function stays(view: TransferView): boolean {
  return !(view.state === 'cancelled' || (view.state === 'done' && view.filesFailed === 0));
}

/** Only what is persisted can be paused; the end of an upload cannot. */
export function canPause(view: TransferView): boolean {
  return view.id > 0 && (view.state === 'queued' || view.state === 'running');
}

/** Whether cancelling throws away bytes that were moved, or stops something half-way. */
export function losesWork(view: TransferView): boolean {
  if (view.state === 'done') return false;
  if (view.state === 'failed') return view.id > 0 && view.bytesDone > 0;
  return isAtWork(view) || view.bytesDone > 0 || view.filesDone > 0;
}
