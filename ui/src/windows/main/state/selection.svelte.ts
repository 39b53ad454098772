import { SvelteMap } from 'svelte/reactivity';
import type { HistoryRow } from '../../../backend/types';

/** What must be known of a selected image even when its row is no longer in memory. */
export type Picked = { id: number; name: string; profile: string; size: number };

function pick({ id, name, profile, size }: HistoryRow): Picked {
  return { id, name, profile, size };
}

/** Which images are selected, by id, and where the keyboard is, by index. */
export class Selection {
  readonly ids = new SvelteMap<number, Picked>();
  /** The row the keyboard is on. */
  focus = $state(0);
  /** Where a range with Shift begins. */
  anchor = $state(0);

  #focusId: number | null = null;
  #load: (from: number, to: number) => Promise<HistoryRow[]>;
  #turn = 0;

  constructor(load: (from: number, to: number) => Promise<HistoryRow[]>) {
    this.#load = load;
  }

  get count(): number {
    return this.ids.size;
  }

  get bytes(): number {
    let sum = 0;
    for (const { size } of this.ids.values()) sum += size;
    return sum;
  }

  has(id: number): boolean {
    return this.ids.has(id);
  }

  list(): number[] {
    return [...this.ids.keys()];
  }

  picked(): Picked[] {
    return [...this.ids.values()];
  }

  clear(): void {
    this.#turn += 1;
    this.ids.clear();
  }

  /** Moves the keyboard without selecting. */
  at(index: number, row: HistoryRow | undefined): void {
    this.focus = index;
    this.anchor = index;
    this.#focusId = row?.id ?? null;
  }

  /** Selects this one alone. */
  only(index: number, row: HistoryRow): void {
    this.clear();
    this.ids.set(row.id, pick(row));
    this.at(index, row);
  }

  toggle(index: number, row: HistoryRow): void {
    this.#turn += 1;
    if (!this.ids.delete(row.id)) this.ids.set(row.id, pick(row));
    this.at(index, row);
  }

  /** Selects from the anchor to `index`; `add` keeps what was selected. */
  async extend(index: number, add: boolean): Promise<void> {
    const turn = ++this.#turn;
    this.focus = index;
    const rows = await this.#load(Math.min(this.anchor, index), Math.max(this.anchor, index));
    if (turn !== this.#turn) return;
    if (!add) this.ids.clear();
    for (const row of rows) this.ids.set(row.id, pick(row));
  }

  async all(total: number): Promise<void> {
    if (total === 0) return;
    const turn = ++this.#turn;
    const rows = await this.#load(0, total - 1);
    if (turn !== this.#turn) return;
    this.ids.clear();
    for (const row of rows) this.ids.set(row.id, pick(row));
  }

  drop(ids: Iterable<number>): void {
    for (const id of ids) this.ids.delete(id);
  }

  /** After the history has changed: the keyboard stays on its image where that is still near. */
  settle(total: number, rowAt: (index: number) => HistoryRow | undefined): void {
    if (total === 0) {
      this.clear();
      this.focus = 0;
      this.anchor = 0;
      return;
    }
    if (this.#focusId !== null) {
      for (let step = 0; step <= 200; step += 1) {
        for (const index of [this.focus + step, this.focus - step]) {
          if (index >= 0 && rowAt(index)?.id === this.#focusId) {
            this.anchor += index - this.focus;
            this.focus = index;
            step = 201;
            break;
          }
        }
      }
    }
    this.focus = Math.min(this.focus, total - 1);
    this.anchor = Math.max(0, Math.min(this.anchor, total - 1));
  }
}
