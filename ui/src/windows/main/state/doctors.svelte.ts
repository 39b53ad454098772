import { SvelteMap } from 'svelte/reactivity';
import { asProblem, type Backend } from '../../../backend/backend';
import type { Check, CheckView, ProblemView } from '../../../backend/types';

export const CHECKS: Check[] = [
  'dns',
  'tls',
  'endpoint',
  'clock',
  'credentials',
  'region',
  'list',
  'writeAndDelete',
  'publicUrl',
  'forcedDownload',
  'cors',
  'images',
];

export type Examination = { checks: CheckView[]; running: boolean; problem: ProblemView | null };

function blank(check: Check): CheckView {
  return { check, state: 'waiting', measure: null, problem: null, command: null };
}

/** What the doctor has found in this session, by profile. */
export class Doctors {
  readonly results = new SvelteMap<string, Examination>();
  #backend: Backend;
  #turn = new Map<string, number>();

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** 'unknown' until it has run once. */
  state(name: string): 'unknown' | 'running' | 'ok' | 'failed' {
    const found = this.results.get(name);
    if (!found) return 'unknown';
    if (found.problem || found.checks.some((c) => c.state === 'failed')) return 'failed';
    return found.running ? 'running' : 'ok';
  }

  forget(name: string): void {
    this.results.delete(name);
  }

  async run(name: string): Promise<void> {
    const turn = (this.#turn.get(name) ?? 0) + 1;
    this.#turn.set(name, turn);
    let checks = CHECKS.map(blank);
    const show = (running: boolean, problem: ProblemView | null = null) =>
      this.results.set(name, { checks, running, problem });
    show(true);
    const current = () => this.#turn.get(name) === turn;
    try {
      const all = await this.#backend.doctor(name, (line) => {
        if (!current()) return;
        checks = checks.map((old) => (old.check === line.check ? line : old));
        show(true);
      });
      if (!current()) return;
      checks = CHECKS.map((check) => all.find((line) => line.check === check) ?? blank(check));
      show(false);
    } catch (error) {
      if (current()) show(false, asProblem(error));
    }
  }
}
