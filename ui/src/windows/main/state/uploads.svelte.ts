import type { AppEvent, UploadState, UploadView } from '../../../backend/types';

/** One row. `sent` is apart so that progress repaints a bar and nothing else. */
export class UploadItem {
  readonly id: number;
  view: UploadView = $state.raw() as UploadView;
  sent = $state(0);

  constructor(view: UploadView) {
    this.id = view.id;
    this.view = view;
    this.sent = view.sent;
  }
}

export type UploadCounts = {
  total: number;
  waiting: number;
  active: number;
  failed: number;
  done: number;
  cancelled: number;
  /** Finished rows whose link was put on the clipboard. */
  copied: number;
};

const NONE: UploadCounts = { total: 0, waiting: 0, active: 0, failed: 0, done: 0, cancelled: 0, copied: 0 };

export function isFinished(state: UploadState): boolean {
  return state === 'done' || state === 'alreadyStored' || state === 'failed' || state === 'cancelled';
}

export function isStored(state: UploadState): boolean {
  return state === 'done' || state === 'alreadyStored';
}

/** Newest batch first; inside a batch the order in which the files were given. */
export function displayOrder(a: UploadView, b: UploadView): number {
  return b.batch - a.batch || a.id - b.id;
}

export function countStates(views: Iterable<UploadView>): UploadCounts {
  const counts = { ...NONE };
  for (const view of views) {
    counts.total += 1;
    if (view.state === 'waiting') counts.waiting += 1;
    else if (view.state === 'failed') counts.failed += 1;
    else if (view.state === 'cancelled') counts.cancelled += 1;
    else if (isStored(view.state)) {
      counts.done += 1;
      if (view.copied) counts.copied += 1;
    } else counts.active += 1;
  }
  return counts;
}

export class Uploads {
  items = $state.raw<UploadItem[]>([]);
  counts = $state.raw<UploadCounts>(NONE);
  /** Bytes per second over the last seconds; repainted once a second. */
  speed = $state(0);

  #byId = new Map<number, UploadItem>();
  #bytes = 0;
  #samples: { at: number; bytes: number }[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;

  get(id: number): UploadItem | undefined {
    return this.#byId.get(id);
  }

  replace(views: UploadView[]): void {
    const old = this.#byId;
    this.#byId = new Map();
    for (const view of views) {
      const item = old.get(view.id) ?? new UploadItem(view);
      item.view = view;
      item.sent = view.sent;
      this.#byId.set(view.id, item);
    }
    this.#settle(true);
  }

  /** Applies what concerns uploads; says which rows ended and which began. */
  apply(events: AppEvent[]): { failed: UploadView[]; started: UploadView[] } {
    const failed: UploadView[] = [];
    const started: UploadView[] = [];
    let order = false;
    let states = false;
    for (const event of events) {
      if (event.type === 'progress') this.#progress(event.id, event.sent);
      else if (event.type === 'upload') {
        states = true;
        const { upload } = event;
        const item = this.#byId.get(upload.id);
        if (!item) {
          order = true;
          started.push(upload);
          this.#byId.set(upload.id, new UploadItem(upload));
          if (upload.state === 'failed') failed.push(upload);
          continue;
        }
        if (upload.state === 'failed' && item.view.state !== 'failed') failed.push(upload);
        if (item.view.batch !== upload.batch) order = true;
        item.view = upload;
        this.#progress(upload.id, upload.sent);
      } else if (event.type === 'uploadsRemoved') {
        for (const id of event.ids) order = this.#byId.delete(id) || order;
      }
    }
    if (order || states) this.#settle(order);
    return { failed, started };
  }

  #progress(id: number, sent: number): void {
    const item = this.#byId.get(id);
    if (!item) return;
    // A retry starts again at 0: only growth counts as traffic.
    if (sent > item.sent) this.#bytes += sent - item.sent;
    item.sent = sent;
  }

  #settle(order: boolean): void {
    if (order) this.items = [...this.#byId.values()].sort((a, b) => displayOrder(a.view, b.view));
    this.counts = countStates(this.items.map((item) => item.view));
    if (this.counts.active > 0 && !this.#timer) {
      this.#samples = [{ at: performance.now(), bytes: this.#bytes }];
      this.#timer = setInterval(() => this.#measure(), 1000);
    }
  }

  #measure(): void {
    const at = performance.now();
    this.#samples.push({ at, bytes: this.#bytes });
    if (this.#samples.length > 4) this.#samples.shift();
    const first = this.#samples[0];
    if (first && at > first.at) this.speed = ((this.#bytes - first.bytes) / (at - first.at)) * 1000;
    if (this.counts.active === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      this.speed = 0;
    }
  }
}
