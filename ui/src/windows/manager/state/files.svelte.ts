import { asProblem } from '../../../backend/backend';
import type { ManagerBackend, TransferView } from '../../../backend/manager';
import type { AppEvent, ProblemView } from '../../../backend/types';
import { above, nameOf } from '../files/crumbs';
import type { Clip } from '../files/paste';
import { type Row, Rows, type Sort, type SortBy } from '../files/rows';
import { Picks } from './picks.svelte';
import { recall, remember } from './stored';

type Spot = { place: string; prefix: string };

/** Rows between which a listing that goes on is shown anew, in milliseconds. */
const REFRESH = 120;
/** Milliseconds between two readings of a folder that keeps changing. */
const REST = 600;
/** Rows from which on a folder is read again only when asked: each thousand is a request. */
const LARGE = 20_000;

/** The folder in view: its rows as they stream in, what is selected, and the way here. */
export class Files {
  place = $state('');
  prefix = $state('');
  rows = $state.raw(new Rows());
  /** Ids in the order they are shown. */
  order = $state.raw<Uint32Array>(new Uint32Array());
  readonly picks: Picks;

  /** A listing is on its way. */
  loading = $state(false);
  /** It has been for long enough to say so. */
  late = $state(false);
  /** The rows are of the folder in view; without, there is nothing to show yet. */
  filled = $state(false);
  /** Something has changed since it was read. */
  outdated = $state(false);
  /** Why the last listing stopped. */
  problem = $state.raw<ProblemView | null>(null);
  count = $state(0);
  bytes = $state(0);

  filter = $state('');
  sort = $state.raw<Sort>(recall('sort', { by: 'name', descending: false }));
  clip = $state.raw<Clip | null>(null);
  /** The row whose name is being edited. */
  renaming = $state<number | null>(null);
  /** The breadcrumb is a field. */
  editingPath = $state(false);
  /** Counts up when the list must bring the keyboard's row into view. */
  reveal = $state(0);

  back = $state.raw<Spot[]>([]);
  forward = $state.raw<Spot[]>([]);

  readonly #backend: ManagerBackend;
  #turn = 0;
  #wanted: string | null = null;
  #again = false;
  #ended = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #uploading = new Map<string, number>();

  constructor(backend: ManagerBackend) {
    this.#backend = backend;
    this.picks = new Picks(this.rows);
  }

  // ---- the way -----------------------------------------------------------------------------------

  /** Shows a folder. `wanted` is the name the keyboard goes to. */
  go(place: string, prefix: string, wanted: string | null = null): void {
    if (place === this.place && prefix === this.prefix && this.place !== '') {
      if (wanted !== null) this.#focusOn(wanted);
      return;
    }
    if (this.place !== '') {
      this.back = [...this.back.slice(-99), this.#spot()];
      this.forward = [];
    }
    this.#show(place, prefix, wanted);
  }

  goBack(): void {
    const spot = this.back.at(-1);
    if (!spot) return;
    this.back = this.back.slice(0, -1);
    this.forward = [...this.forward, this.#spot()];
    this.#show(spot.place, spot.prefix, this.#cameFrom(spot));
  }

  goForward(): void {
    const spot = this.forward.at(-1);
    if (!spot) return;
    this.forward = this.forward.slice(0, -1);
    this.back = [...this.back, this.#spot()];
    this.#show(spot.place, spot.prefix, null);
  }

  goUp(): void {
    const prefix = above(this.prefix);
    if (prefix !== null) this.go(this.place, prefix, nameOf(this.prefix));
  }

  #spot(): Spot {
    return { place: this.place, prefix: this.prefix };
  }

  /** The folder one was in, as seen from the one above it. */
  #cameFrom(spot: Spot): string | null {
    if (spot.place !== this.place || !this.prefix.startsWith(spot.prefix)) return null;
    return this.prefix.slice(spot.prefix.length).split('/')[0] || null;
  }

  #show(place: string, prefix: string, wanted: string | null): void {
    this.place = place;
    this.prefix = prefix;
    this.filter = '';
    this.renaming = null;
    this.#wanted = wanted;
    this.#use(new Rows());
    this.filled = false;
    this.picks.move(0);
    void this.load();
  }

  // ---- the listing ---------------------------------------------------------------------------------

  /** Reads the folder, page by page; the rows in view stay until the new ones are there. */
  async load(): Promise<void> {
    const turn = ++this.#turn;
    const { place, prefix } = this;
    const first = !this.filled;
    const rows = first ? this.rows : new Rows();
    this.loading = true;
    this.outdated = false;
    this.problem = null;
    this.late = false;
    const timer = setTimeout(() => {
      if (turn === this.#turn) this.late = true;
    }, 300);
    try {
      let token: string | null = null;
      let shown = 0;
      do {
        const page = await this.#backend.objectList(place, prefix, token);
        if (turn !== this.#turn) return;
        rows.add(page, prefix);
        token = page.next;
        // What changes under the eye is drawn at once, then ever less often: arranging costs with the count.
        if (first && token !== null && performance.now() - shown > Math.max(REFRESH, rows.length / 1000)) {
          this.filled = true;
          this.#arrange();
          shown = performance.now();
        }
      } while (token !== null);
      if (first) this.#arrange();
      else this.#replace(rows);
      this.filled = true;
      this.#markUploads();
      this.#settle();
    } catch (error) {
      if (turn !== this.#turn) return;
      this.problem = asProblem(error);
    } finally {
      clearTimeout(timer);
      if (turn === this.#turn) {
        this.loading = false;
        this.late = false;
        this.#ended = performance.now();
        if (this.#again) this.#soon();
        this.#again = false;
      }
    }
  }

  #use(rows: Rows): void {
    this.rows = rows;
    this.picks.reset(rows);
    this.#uploading.clear();
    this.#arrange();
  }

  /** The same folder read again: selection and keyboard stay with their names. */
  #replace(rows: Rows): void {
    const few = this.picks.count <= 1000;
    const names = few ? this.picks.ids().map((id) => this.rows.names.at(id)) : [];
    const focus = this.order[this.picks.focus];
    if (this.#wanted === null && focus !== undefined) this.#wanted = this.rows.names.at(focus);
    const at = this.picks.focus;
    this.#use(rows);
    this.picks.restore(names.map((name) => rows.names.indexOf(name)).filter((id) => id >= 0));
    this.picks.move(Math.min(at, Math.max(0, this.order.length - 1)));
  }

  #arrange(): void {
    this.order = this.rows.arrange(this.sort, this.filter.trim());
    this.count = this.rows.count;
    this.bytes = this.rows.bytes;
  }

  #settle(): void {
    const wanted = this.#wanted;
    this.#wanted = null;
    if (wanted !== null) this.#focusOn(wanted);
  }

  #focusOn(name: string): void {
    const id = this.rows.names.indexOf(name);
    const at = id < 0 ? -1 : this.order.indexOf(id);
    if (at < 0) return;
    const moved = at !== this.picks.focus || this.picks.count === 0;
    if (moved && this.picks.count <= 1) this.picks.only(at, this.order);
    else this.picks.move(at);
    this.reveal += 1;
  }

  /** Something changed in a bucket: read again what is in view, once if it comes in a swarm. */
  happened(event: AppEvent): void {
    if (event.type !== 'objects' || event.place !== this.place) return;
    // A change below shows here too, when it makes or empties a folder.
    if (!event.prefix.startsWith(this.prefix)) return;
    if (this.rows.length > LARGE) this.outdated = true;
    else if (this.loading) this.#again = true;
    else this.#soon();
  }

  /** Reads again, but not more often than once in a while: a folder may arrive file by file. */
  #soon(): void {
    clearTimeout(this.#timer);
    const turn = this.#turn;
    this.#timer = setTimeout(
      () => {
        if (turn === this.#turn) void this.load();
      },
      Math.max(0, this.#ended + REST - performance.now()),
    );
  }

  /** After the next listing the keyboard is on this name. */
  want(name: string): void {
    this.#wanted = name;
  }

  // ---- what is shown of it -------------------------------------------------------------------------

  find(text: string): void {
    this.filter = text;
    this.#keep(() => this.#arrange());
  }

  sortBy(by: SortBy): void {
    const descending = this.sort.by === by ? !this.sort.descending : by === 'size' || by === 'modified';
    this.sort = { by, descending };
    remember('sort', this.sort);
    this.#keep(() => this.#arrange());
  }

  /** The keyboard stays on its row while rows around it change. */
  #keep(work: () => void): void {
    const id = this.order[this.picks.focus];
    work();
    const at = id === undefined ? -1 : this.order.indexOf(id);
    this.picks.move(Math.max(0, at));
    this.reveal += 1;
  }

  at(position: number): Row | undefined {
    const id = this.order[position];
    return id === undefined ? undefined : this.rows.row(id);
  }

  keyOf(row: { name: string; folder: boolean }): string {
    return `${this.prefix}${row.name}${row.folder ? '/' : ''}`;
  }

  /** The keys of what is selected; nothing that is still on its way. */
  chosen(): string[] {
    return this.chosenRows().map((row) => this.keyOf(row));
  }

  chosenRows(): Row[] {
    return this.picks
      .ids()
      .map((id) => this.rows.row(id))
      .filter((row) => !row.uploading);
  }

  taken(name: string): boolean {
    const id = this.rows.names.indexOf(name);
    return id >= 0 && !this.rows.isUploading(id);
  }

  // ---- uploads in view -----------------------------------------------------------------------------

  /** Uploads on their way into this folder by name, with whole percent. */
  uploads = $state.raw<ReadonlyMap<string, number>>(new Map());

  /** Takes the transfers; names that are not listed yet get a row. */
  watch(transfers: readonly TransferView[]): void {
    const found = new Map<string, { percent: number; size: number; folder: boolean }>();
    for (const item of transfers) {
      if (item.kind !== 'upload' || item.place !== this.place || item.target?.prefix !== this.prefix)
        continue;
      if (!['queued', 'running', 'verifying', 'paused'].includes(item.state)) continue;
      const percent =
        item.bytesTotal > 0 ? Math.min(99, Math.floor((item.bytesDone / item.bytesTotal) * 100)) : 0;
      found.set(item.name, { percent, size: item.bytesTotal, folder: item.filesTotal > 1 });
    }
    const next = new Map([...found].map(([name, { percent }]) => [name, percent]));
    if (!same(this.uploads, next)) this.uploads = next;
    this.#found = found;
    if (this.filled) this.#markUploads();
  }

  #found = new Map<string, { percent: number; size: number; folder: boolean }>();

  #markUploads(): void {
    let changed = false;
    for (const [name, { size, folder }] of this.#found) {
      if (this.#uploading.has(name) || this.rows.names.indexOf(name) >= 0) continue;
      this.#uploading.set(name, this.rows.addUploading(name, size, folder));
      changed = true;
    }
    for (const [name, id] of this.#uploading) {
      if (this.#found.has(name)) continue;
      this.rows.remove(id);
      this.#uploading.delete(name);
      changed = true;
    }
    if (changed) this.#keep(() => this.#arrange());
  }
}

function same(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean {
  if (a.size !== b.size) return false;
  for (const [name, value] of a) if (b.get(name) !== value) return false;
  return true;
}
