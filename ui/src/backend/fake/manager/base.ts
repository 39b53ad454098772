// What the fake of the manager window knows, and how it tells of changes.
import type { FileDrag } from '../../manager';
import type * as T from '../../types';
import { PROBLEMS, SETTINGS } from '../data';
import { MANAGER_PROFILES } from './profiles';

export type ManagerScenario = 'files' | 'empty' | 'million' | 'broken';

export type ManagerOptions = {
  scenario: ManagerScenario;
  settings?: Partial<T.Settings>;
  /** Which transfers there are: `design`, `pull`, `states`, `many`, `none`. */
  transfers?: string;
  /** Milliseconds an answer takes. */
  pace?: number;
};

export const delay = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

export class FakeManagerBase {
  settings: T.Settings;
  profiles: T.ProfileView[] = MANAGER_PROFILES;
  scenario: ManagerScenario;
  /** Makes the named call fail with this problem, until it is taken out again. */
  failing: Record<string, T.ProblemView | undefined> = {};
  /** Every call, newest last: what a test asks for. */
  calls: { name: string; args: unknown[] }[] = [];
  problems = PROBLEMS;
  clipboard = '';
  /** Names of the files a test drops. */
  dropped = ['dropped.bin'];
  pace: number;
  /** Answers take no time at all, not even a timer's. */
  instant = false;

  protected seq = 1;
  protected listener: ((delta: T.Delta) => void) | null = null;
  protected onDragState: ((drag: FileDrag) => void) | null = null;

  constructor(options: ManagerOptions) {
    this.scenario = options.scenario;
    this.pace = options.pace ?? 40;
    this.settings = { ...SETTINGS, defaultProfile: 'models-r2', ...options.settings };
    if (options.scenario === 'empty') {
      this.profiles = this.profiles.slice(0, 1);
      this.settings.defaultProfile = 'local';
    }
    if (options.scenario === 'broken') this.failing.subscribe = PROBLEMS.history;
  }

  // ---- for tests --------------------------------------------------------------------------------

  emit(...events: T.AppEvent[]): void {
    this.seq += 1;
    this.listener?.({ seq: this.seq, events: structuredClone(events) });
  }

  drag(state: FileDrag): void {
    this.onDragState?.(state);
  }

  // ---- inside -----------------------------------------------------------------------------------

  /** Notes the call and takes its time; throws what it is to fail with. */
  protected async call(name: string, ...args: unknown[]): Promise<void> {
    this.calls.push({ name, args: structuredClone(args) });
    if (!this.instant) await delay(this.pace);
    const failure = this.failing[name];
    if (failure) throw failure;
  }
}
