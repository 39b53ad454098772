import type { App } from '../state/app.svelte';
import { copy } from './actions';
import { type Paste, paste } from './paste';

const THRESHOLD = 6;

/** Where rows that are carried would go. */
type Target = { place: string; prefix: string };

/** Rows carried with the mouse to a folder, a crumb or a bucket: moved, or copied with Ctrl and between buckets. */
export class Carry {
  /** Of the pointer, while something is carried. */
  at = $state.raw<{ x: number; y: number } | null>(null);
  target = $state.raw<Target | null>(null);
  copies = $state(false);
  count = $state(0);

  readonly #app: App;
  #keys: string[] = [];
  #from: Target = { place: '', prefix: '' };

  constructor(app: App) {
    this.#app = app;
  }

  /** The button went down on a row. `select` makes sure that the row is among the selected. */
  begin(event: PointerEvent, select: () => void): void {
    if (event.button !== 0 || event.pointerType === 'touch') return;
    const [x, y] = [event.clientX, event.clientY];
    const move = (now: PointerEvent) => {
      if (this.at === null) {
        if (Math.hypot(now.clientX - x, now.clientY - y) < THRESHOLD) return;
        select();
        this.#lift();
        if (this.#keys.length === 0) {
          end();
          return;
        }
      }
      this.#over(now);
    };
    const key = (now: KeyboardEvent) => {
      if (now.key === 'Control' || now.key === 'Meta') this.copies = this.#isCopy(now.type === 'keydown');
      if (now.key !== 'Escape' || this.at === null) return;
      now.preventDefault();
      now.stopPropagation();
      end();
    };
    const drop = () => {
      const answer = this.at === null ? null : this.#answer();
      // What ends here is no click on the row below.
      if (this.at !== null) addEventListener('click', swallow, { capture: true, once: true });
      end();
      setTimeout(() => removeEventListener('click', swallow, { capture: true }));
      if (answer?.kind === 'go') copy(this.#app, answer.request);
      else if (answer?.kind === 'ask')
        this.#app.dialog = { kind: 'conflict', names: answer.names, request: answer.request };
    };
    const end = () => {
      removeEventListener('pointermove', move);
      removeEventListener('pointerup', drop);
      removeEventListener('pointercancel', end);
      removeEventListener('keydown', key, true);
      removeEventListener('keyup', key, true);
      this.at = null;
      this.target = null;
      this.#app.dropPrefix = null;
    };
    addEventListener('pointermove', move);
    addEventListener('pointerup', drop);
    addEventListener('pointercancel', end);
    addEventListener('keydown', key, true);
    addEventListener('keyup', key, true);
  }

  #lift(): void {
    const { files } = this.#app;
    this.#keys = files.chosen();
    this.#from = { place: files.place, prefix: files.prefix };
    this.count = this.#keys.length;
  }

  #over(event: PointerEvent): void {
    this.at = { x: event.clientX, y: event.clientY };
    const under = document.elementFromPoint(event.clientX, event.clientY);
    const folder = under?.closest<HTMLElement>('[data-drop-prefix]')?.dataset.dropPrefix;
    const node = under?.closest<HTMLElement>('[data-node][data-drop-place]')?.dataset;
    const target =
      folder !== undefined
        ? { place: this.#from.place, prefix: folder }
        : node?.dropPlace !== undefined
          ? { place: node.dropPlace, prefix: node.dropFolder ?? '' }
          : null;
    this.target = target;
    this.copies = this.#isCopy(event.ctrlKey || event.metaKey);
    if (this.#answer()?.kind === 'nothing' || this.#answer()?.kind === 'intoItself') this.target = null;
    this.#app.dropPrefix = this.target && folder !== undefined ? folder : null;
  }

  #isCopy(held: boolean): boolean {
    return held || (this.target !== null && this.target.place !== this.#from.place);
  }

  #answer(): Paste | null {
    if (!this.target) return null;
    const clip = { place: this.#from.place, base: this.#from.prefix, keys: this.#keys, cut: !this.copies };
    // A copy that ends where it began is a slip of the hand.
    if (this.target.place === clip.place && this.target.prefix === clip.base) return { kind: 'nothing' };
    return paste(clip, this.target.place, this.target.prefix, () => false);
  }
}

function swallow(event: MouseEvent): void {
  event.preventDefault();
  event.stopPropagation();
}
