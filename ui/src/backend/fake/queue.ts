// What the fake knows and how its uploads run; fake.ts answers the window with it.
import type { DragState } from '../backend';
import type * as T from '../types';
import { LOCAL, NOW, OSS, PROBLEMS, PROFILES, profileView, SAMPLES, SETTINGS } from './data';
import { FakeHistory, makeHistory, ossHistory } from './history';
import { busyUploads, everyState, manyUploads, upload } from './uploads';

export type Scenario = 'empty' | 'busy' | 'states' | 'gallery' | 'oss' | 'many' | 'huge' | 'broken';

export type FakeOptions = {
  scenario: Scenario;
  settings?: Partial<T.Settings>;
  /** Milliseconds between two steps of a simulated upload. */
  pace?: number;
};

export const delay = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

export class FakeQueue {
  settings: T.Settings;
  profiles: T.ProfileView[];
  uploads = new Map<number, T.UploadView>();
  history: FakeHistory;
  store: T.StoreStatus = {
    running: true,
    publicBase: 'http://127.0.0.1:36690/images',
    port: 36690,
    moved: false,
  };
  /** Makes the named call fail with this problem, until it is taken out again. */
  failing: Record<string, T.ProblemView | undefined> = {};
  /** What the n-th upload of the next batch fails with. */
  failNext: { at: number; problem: T.ProblemView } | null = null;
  /** Every call, newest last: what a test asks for. */
  calls: { name: string; args: unknown[] }[] = [];
  clipboard = '';
  pace: number;
  /** Milliseconds a preview takes. */
  previewTakes: number;
  /** How many previews have been answered, whether anybody still asked or not. */
  previewsAnswered = 0;
  /** What stands in the way of previews, without the call failing. */
  previewProblem: T.ProblemView | null = null;
  problems = PROBLEMS;

  protected seq = 1;
  protected listener: ((delta: T.Delta) => void) | null = null;
  protected onDragState: ((state: DragState) => void) | null = null;
  protected nextUpload = 2000;
  protected nextBatch = 10;
  protected batches = new Map<number, number[]>();

  constructor(options: FakeOptions) {
    const { scenario } = options;
    const local = scenario === 'empty';
    this.pace = options.pace ?? 60;
    this.previewTakes = this.pace;
    this.settings = {
      ...SETTINGS,
      ...(local ? { defaultProfile: 'local', transform: '' } : {}),
      ...(scenario === 'oss' ? { defaultProfile: OSS.name, presets: [] } : {}),
      ...options.settings,
    };
    const profiles = scenario === 'oss' ? [LOCAL, OSS, ...PROFILES.slice(1)] : PROFILES;
    this.profiles = (local ? [LOCAL] : profiles).map((p) => profileView(p));
    const sizes: Record<Scenario, [number, number]> = {
      empty: [0, 0],
      busy: [1204, 190],
      states: [60, 30],
      gallery: [1204, 190],
      oss: [1204, 190],
      many: [300, 60],
      huge: [100_000, 1800],
      broken: [0, 0],
    };
    this.history = new FakeHistory(makeHistory(...sizes[scenario]));
    if (scenario === 'oss') this.history.rows = ossHistory(this.history.rows);
    const uploads = { busy: busyUploads, states: everyState, many: () => manyUploads(1000) }[
      scenario as 'busy'
    ];
    for (const view of uploads?.() ?? []) this.uploads.set(view.id, view);
    if (scenario === 'broken') this.failing.subscribe = PROBLEMS.history;
    this.mark();
  }

  // ---- for tests --------------------------------------------------------------------------------

  emit(...events: T.AppEvent[]): void {
    this.seq += 1;
    this.listener?.({ seq: this.seq, events: structuredClone(events) });
  }

  /** Sends a delta whose number leaves a hole, as if one had been lost. */
  emitWithGap(...events: T.AppEvent[]): void {
    this.seq += 1;
    this.emit(...events);
  }

  drag(state: DragState): void {
    this.onDragState?.(state);
  }

  progress(id: number, sent: number): void {
    const view = this.uploads.get(id);
    if (!view) return;
    view.sent = sent;
    this.emit({ type: 'progress', id, sent });
  }

  // ---- inside -----------------------------------------------------------------------------------

  protected call(name: string, ...args: unknown[]): void {
    this.calls.push({ name, args });
    const failure = this.failing[name];
    if (failure) throw failure;
  }

  protected mark(): void {
    this.profiles = this.profiles.map((p) => ({
      ...p,
      isDefault: p.profile.name === this.settings.defaultProfile,
    }));
  }

  protected changed(): void {
    this.emit({ type: 'history', revision: this.history.revision });
  }

  protected copy(urls: string[], format: string | null): T.CopiedView {
    const name = format ?? this.settings.linkFormat;
    const text = urls.map((url) => (name === 'markdown' ? `![](${url})` : url)).join('\n');
    this.clipboard = text;
    return { count: urls.length, format: name, text };
  }

  protected ended(view: T.UploadView): boolean {
    return ['done', 'alreadyStored', 'failed', 'cancelled'].includes(view.state);
  }

  protected change(id: number, change: Partial<T.UploadView>): void {
    const view = this.uploads.get(id);
    if (!view) return;
    const next = { ...view, ...change };
    this.uploads.set(id, next);
    this.emit({ type: 'upload', upload: next });
  }

  protected enqueue(
    names: string[],
    from: 'file' | 'clipboard' | 'url',
    profile = this.settings.defaultProfile,
  ): number {
    const batch = this.nextBatch++;
    const ids: number[] = [];
    for (const name of names) {
      const id = this.nextUpload++;
      ids.push(id);
      const origin =
        from === 'file'
          ? `/home/ada/Pictures/${name}`
          : from === 'url'
            ? `https://example.com/${name}`
            : 'clipboard';
      this.uploads.set(id, upload({ id, batch, name, origin, profile }));
    }
    this.batches.set(batch, ids);
    this.emit(
      ...ids.flatMap((id) => ({ type: 'upload' as const, upload: this.uploads.get(id) as T.UploadView })),
    );
    const fail = this.failNext;
    this.failNext = null;
    void Promise.all(ids.map((id, i) => this.simulate(id, fail?.at === i ? fail.problem : null))).then(() => {
      const views = ids.flatMap((id) => this.uploads.get(id) ?? []);
      const done = views.filter((v) => v.state === 'done').length;
      this.emit({
        type: 'batch',
        batch: {
          id: batch,
          done,
          failed: views.filter((v) => v.state === 'failed').length,
          cancelled: views.filter((v) => v.state === 'cancelled').length,
          copied: done,
          format: this.settings.linkFormat,
          background: false,
        },
      });
    });
    return batch;
  }

  protected async simulate(id: number, failure: T.ProblemView | null): Promise<void> {
    const gone = () => {
      const view = this.uploads.get(id);
      return !view || view.state === 'cancelled';
    };
    const name = this.uploads.get(id)?.name ?? '';
    const sample = SAMPLES[id % SAMPLES.length];
    const thumb = `img/${sample?.[1] ?? 'sea'}.jpg`;
    const key = `2025/11/${name}`;
    for (const state of ['reading', 'transforming', 'uploading'] as const) {
      await delay(this.pace);
      if (gone()) return;
      this.change(
        id,
        state === 'reading' ? { state, sizeBefore: 2_400_000 } : { state, sizeAfter: 180_000, thumb, key },
      );
    }
    if (failure) {
      await delay(this.pace);
      if (!gone()) this.change(id, { state: 'failed', problem: failure });
      return;
    }
    for (let sent = 30_000; sent < 180_000; sent += 30_000) {
      await delay(this.pace);
      if (gone()) return;
      this.progress(id, sent);
    }
    const url = `https://img.example.com/${encodeURI(key)}`;
    const row: T.HistoryRow = {
      id: 1_000_000 + id,
      name,
      profile: this.uploads.get(id)?.profile ?? 'blog',
      key,
      url,
      process: null,
      contentType: 'image/webp',
      size: 180_000,
      width: 1600,
      height: 1200,
      uploadedAt: NOW + id,
      thumb,
      missing: false,
    };
    this.history.add(row);
    this.change(id, { state: 'done', url, sent: 180_000, historyId: row.id, copied: true });
    this.changed();
  }
}
