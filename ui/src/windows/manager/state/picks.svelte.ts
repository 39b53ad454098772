import type { Rows } from '../files/rows';

/** Which rows are selected, by id, and where the keyboard is, by position in what is shown. */
export class Picks {
  count = $state(0);
  bytes = $state(0);
  folders = $state(0);
  focus = $state(0);
  /** Where a range with Shift begins. */
  anchor = 0;

  #turn = $state(0);
  #mask = new Uint8Array(1024);
  #rows: Rows;

  constructor(rows: Rows) {
    this.#rows = rows;
  }

  /** For other rows: nothing is selected. */
  reset(rows: Rows): void {
    this.#rows = rows;
    this.#mask = new Uint8Array(1024);
    this.count = 0;
    this.bytes = 0;
    this.folders = 0;
    this.#turn += 1;
  }

  has(id: number): boolean {
    // Read so that what shows a row follows the selection.
    return this.#turn >= 0 && this.#mask[id] === 1;
  }

  clear(): void {
    if (this.count === 0) return;
    this.#mask.fill(0);
    this.count = 0;
    this.bytes = 0;
    this.folders = 0;
    this.#turn += 1;
  }

  #set(id: number, on: boolean): void {
    if (id >= this.#mask.length) {
      const next = new Uint8Array(Math.max(id + 1, this.#rows.length, this.#mask.length * 2));
      next.set(this.#mask);
      this.#mask = next;
    }
    if ((this.#mask[id] === 1) === on) return;
    this.#mask[id] = on ? 1 : 0;
    const step = on ? 1 : -1;
    this.#counted.count += step;
    this.#counted.bytes += step * this.#rows.sizeOf(id);
    if (this.#rows.isFolder(id)) this.#counted.folders += step;
  }

  // Written to the signals once for each change, not once for each row of a million.
  #counted = { count: 0, bytes: 0, folders: 0 };

  #change(work: () => void): void {
    this.#counted = { count: this.count, bytes: this.bytes, folders: this.folders };
    work();
    this.count = this.#counted.count;
    this.bytes = this.#counted.bytes;
    this.folders = this.#counted.folders;
    this.#turn += 1;
  }

  /** Selects the row at a position alone. */
  only(at: number, order: Uint32Array): void {
    this.clear();
    this.move(at);
    const id = order[at];
    if (id !== undefined) this.#change(() => this.#set(id, true));
  }

  /** Moves the keyboard without selecting. */
  move(at: number): void {
    this.focus = at;
    this.anchor = at;
  }

  toggle(at: number, order: Uint32Array): void {
    const id = order[at];
    if (id !== undefined) this.#change(() => this.#set(id, !this.has(id)));
    this.move(at);
  }

  /** Selects from the anchor to `at`; `add` keeps what was selected. */
  extend(at: number, order: Uint32Array, add: boolean): void {
    if (!add) this.clear();
    this.focus = at;
    this.#change(() => {
      for (let i = Math.min(this.anchor, at); i <= Math.max(this.anchor, at); i += 1) {
        const id = order[i];
        if (id !== undefined) this.#set(id, true);
      }
    });
  }

  all(order: Uint32Array): void {
    this.#change(() => {
      for (const id of order) this.#set(id, true);
    });
  }

  /** Selected ids in the order they came. */
  ids(): number[] {
    const found: number[] = [];
    for (let id = 0; id < this.#mask.length && found.length < this.count; id += 1)
      if (this.#mask[id] === 1) found.push(id);
    return found;
  }

  /** Selects these ids, as far as they are. */
  restore(ids: Iterable<number>): void {
    this.#change(() => {
      for (const id of ids) this.#set(id, true);
    });
  }
}
