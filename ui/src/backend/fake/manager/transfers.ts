// Transfers of the fake: a queue of three at a time, whose parts fly, land and now and then fall.
import type {
  TransferFailure,
  TransferKind,
  TransferPriority,
  TransfersBackend,
  TransferView,
} from '../../manager';
import { FakeManagerBase, type ManagerOptions } from './base';
import {
  designTransfers,
  everyTransfer,
  manyTransfers,
  onePull,
  REFUSED_FILE,
  transfer,
} from './transfer-samples';

const PART = 8_388_608;
const AT_ONCE = 3;
const IN_FLIGHT = 4;
const RANK: Record<TransferPriority, number> = { high: 0, normal: 1, low: 2 };

const SETS: Record<string, () => TransferView[]> = {
  design: designTransfers,
  pull: onePull,
  states: everyTransfer,
  many: () => manyTransfers(2000),
  none: () => [],
};

export class FakeTransfers extends FakeManagerBase implements TransfersBackend {
  transfers = new Map<number, TransferView>();
  limit: number | null = null;
  #nextJob = 1000;
  #nextTask = -1000;
  #clock: ReturnType<typeof setInterval> | undefined;

  constructor(options: ManagerOptions) {
    super(options);
    this.useTransfers(SETS[options.transfers ?? 'none']?.() ?? []);
  }

  // ---- for tests --------------------------------------------------------------------------------

  useTransfers(views: TransferView[]): void {
    this.transfers = new Map(views.map((view) => [view.id, view]));
  }

  change(id: number, change: Partial<TransferView>): void {
    const view = this.transfers.get(id);
    if (!view) return;
    const next = { ...view, ...change };
    this.transfers.set(id, next);
    this.emit({ type: 'transfer', transfer: next });
  }

  speed(up: number, down: number): void {
    this.emit({ type: 'speed', up, down });
  }

  /** Puts a transfer into the queue; it moves as soon as its turn comes. */
  begin(kind: TransferKind, name: string, more: Partial<TransferView> = {}): number {
    const lasting = kind === 'upload' || kind === 'download';
    const id = lasting ? this.#nextJob++ : this.#nextTask--;
    const view = transfer({ id, kind, name, bytesTotal: 480_000_000, createdAt: Date.now(), ...more });
    this.transfers.set(id, view);
    this.emit({ type: 'transfer', transfer: view });
    this.move();
    return id;
  }

  /** Lets the clock run: four steps a second of what `pace` makes of a second. */
  move(every = Math.max(20, this.pace * 6)): void {
    if (this.#clock !== undefined) return;
    this.#clock = setInterval(() => this.step(), every);
  }

  /** One step of everything that runs. */
  step(): void {
    const running = [...this.transfers.values()].filter((view) => view.state === 'running');
    const waiting = [...this.transfers.values()]
      .filter((view) => view.state === 'queued')
      .sort((a, b) => RANK[a.priority] - RANK[b.priority] || a.createdAt - b.createdAt);
    for (const view of waiting.slice(0, Math.max(0, AT_ONCE - running.length)))
      this.change(view.id, { state: 'running' });
    let [up, down] = [0, 0];
    for (const view of running) {
      const speed = this.#advance(view);
      if (view.kind === 'download' || view.kind === 'pull') down += speed;
      else up += speed;
    }
    for (const view of [...this.transfers.values()].filter((v) => v.state === 'verifying'))
      this.change(view.id, { state: 'done', secondsLeft: null });
    this.speed(up, down);
    if (running.length === 0 && waiting.length === 0) {
      clearInterval(this.#clock);
      this.#clock = undefined;
      this.speed(0, 0);
    }
  }

  #advance(view: TransferView): number {
    const full = 48_200_000 * (0.9 + ((view.id * 7 + view.bytesDone / PART) % 10) / 50);
    const speed = this.limit === null ? full : Math.min(full, this.limit);
    const total = Math.max(1, Math.ceil(view.bytesTotal / PART));
    const moved = Math.max(1, Math.round(total / 40));
    const before = view.parts?.done.at(-1)?.[1] ?? Math.floor((view.bytesDone / PART) | 0);
    const done = Math.min(total, before + moved);
    const bytesDone = Math.min(view.bytesTotal, done * PART);
    if (done >= total) {
      this.change(view.id, {
        state: 'verifying',
        bytesDone: view.bytesTotal,
        filesDone: view.filesTotal,
        parts: null,
        secondsLeft: 1,
      });
      return speed;
    }
    const flying = Array.from({ length: IN_FLIGHT }, (_, i) => done + i).filter((part) => part < total);
    this.change(view.id, {
      bytesDone,
      speed,
      secondsLeft: Math.ceil((view.bytesTotal - bytesDone) / speed),
      filesDone: Math.floor((view.filesTotal * bytesDone) / view.bytesTotal),
      parts: view.filesTotal === 1 && total > 1 ? { total, done: [[0, done]], flying } : null,
    });
    return speed;
  }

  // ---- TransfersBackend -------------------------------------------------------------------------

  async transferList(): Promise<TransferView[]> {
    return structuredClone([...this.transfers.values()]);
  }

  async transferPause(id: number): Promise<void> {
    await this.call('transferPause', id);
    this.change(id, { state: 'paused', speed: null, secondsLeft: null });
  }

  async transferResume(id: number): Promise<void> {
    await this.call('transferResume', id);
    this.change(id, { state: 'queued', problem: null, filesFailed: 0 });
    this.move();
  }

  async transferCancel(id: number): Promise<void> {
    await this.call('transferCancel', id);
    const view = this.transfers.get(id);
    if (view && !['done', 'failed', 'cancelled'].includes(view.state))
      this.change(id, { state: 'cancelled' });
    this.#remove([id]);
  }

  async transferPauseAll(): Promise<void> {
    await this.call('transferPauseAll');
    for (const { id, state } of [...this.transfers.values()])
      if (id > 0 && (state === 'running' || state === 'queued'))
        this.change(id, { state: 'paused', speed: null, secondsLeft: null });
  }

  async transferResumeAll(): Promise<void> {
    await this.call('transferResumeAll');
    for (const { id, state } of [...this.transfers.values()])
      if (state === 'paused' || state === 'interrupted') this.change(id, { state: 'queued' });
    this.move();
  }

  async transferClear(): Promise<void> {
    await this.call('transferClear');
    const ended = [...this.transfers.values()].filter((v) =>
      ['done', 'failed', 'cancelled'].includes(v.state),
    );
    this.#remove(ended.map((view) => view.id));
  }

  #remove(ids: number[]): void {
    for (const id of ids) this.transfers.delete(id);
    this.emit({ type: 'transfersRemoved', ids });
  }

  async transferPriority(id: number, priority: TransferPriority): Promise<void> {
    await this.call('transferPriority', id, priority);
    this.change(id, { priority });
  }

  async transferFailures(id: number): Promise<TransferFailure[]> {
    await this.call('transferFailures', id);
    const n = this.transfers.get(id)?.filesFailed ?? 0;
    return Array.from({ length: n }, (_, i) => ({
      key: `eval/shard-${String(i + 1).padStart(3, '0')}/metrics.json`,
      problem: REFUSED_FILE,
    }));
  }

  async setRateLimit(bytesPerSecond: number | null): Promise<void> {
    await this.call('setRateLimit', bytesPerSecond);
    this.limit = bytesPerSecond;
  }
}
