export type Toast = {
  id: number;
  kind: 'ok' | 'bad';
  /** Asked for whenever it is drawn, so that it follows the language. */
  text: () => string;
  /** What Undo does; the button is gone once it can no longer work. */
  undo: (() => void) | null;
};

const LIFE = 6000;
const LIFE_BAD = 12_000;

/** One toast at a time; the newest wins. Hovering or focusing it stops its clock. */
export class Toasts {
  current = $state.raw<Toast | null>(null);
  /** The last thing that can be undone, for Ctrl+Z. */
  #undo: (() => void) | null = null;
  #next = 1;
  #left = 0;
  #since = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #expiry: ReturnType<typeof setTimeout> | undefined;

  show(kind: Toast['kind'], text: Toast['text'], undo: (() => void) | null = null, undoFor = 0): void {
    const id = this.#next++;
    this.current = { id, kind, text, undo };
    clearTimeout(this.#expiry);
    if (undo) {
      this.#undo = undo;
      if (undoFor > 0) this.#expiry = setTimeout(() => this.#expire(id, undo), undoFor);
    }
    this.#left = kind === 'bad' ? LIFE_BAD : LIFE;
    this.resume();
  }

  hold(): void {
    clearTimeout(this.#timer);
    if (this.#since > 0) this.#left = Math.max(1000, this.#left - (performance.now() - this.#since));
    this.#since = 0;
  }

  resume(): void {
    clearTimeout(this.#timer);
    this.#since = performance.now();
    this.#timer = setTimeout(() => this.dismiss(), this.#left);
  }

  dismiss(): void {
    clearTimeout(this.#timer);
    this.current = null;
  }

  undo(): boolean {
    const undo = this.#undo;
    if (!undo) return false;
    this.#undo = null;
    this.dismiss();
    undo();
    return true;
  }

  #expire(id: number, undo: () => void): void {
    if (this.#undo === undo) this.#undo = null;
    if (this.current?.id === id) this.current = { ...this.current, undo: null };
  }
}
