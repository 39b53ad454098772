import type { Backend } from '../../../backend/backend';
import { asProblem } from '../../../backend/backend';
import type { HistoryOutline, HistoryRow, ProblemView } from '../../../backend/types';
import { Selection } from './selection.svelte';

const PAGE = 100;
const KEPT_PAGES = 60;
/** How many rows one call asks for when a whole range is wanted. */
const BULK = 5000;
/** A first change is shown soon; while many follow, once a second is enough. */
const REFRESH_MS = 1000;
const FIRST_MS = 50;

/** The gallery's data: the outline lays everything out, pages fill what is in view. */
export class Gallery {
  outline = $state.raw<HistoryOutline | null>(null);
  /** Images stored in all, whatever is searched. */
  stored = $state(0);
  text = $state('');
  problem = $state.raw<ProblemView | null>(null);
  view = $state<'grid' | 'list'>('grid');
  readonly selection: Selection;

  #backend: Backend;
  #pages = new Map<number, HistoryRow[]>();
  #version = $state(0);
  #generation = 0;
  #inFlight = new Set<number>();
  #want: [number, number] = [0, 0];
  #refreshing = false;
  #again = false;
  #lastRefresh = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(backend: Backend) {
    this.#backend = backend;
    this.selection = new Selection((from, to) => this.rows(from, to));
  }

  get total(): number {
    return this.outline?.total ?? 0;
  }

  /** The row at `index` of the current query, when it has been read. */
  row(index: number): HistoryRow | undefined {
    void this.#version;
    return this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  /** Tells which rows are in view; missing pages are read. */
  want(first: number, last: number): void {
    this.#want = [first, last];
    this.#pump();
  }

  search(text: string): void {
    if (text === this.text) return;
    this.text = text;
    this.selection.clear();
    void this.#refresh(true);
  }

  /** The history has changed: read again what is in view, at most a few times a second. */
  changed(): void {
    if (this.#refreshing) {
      this.#again = true;
      return;
    }
    const wait = REFRESH_MS - (performance.now() - this.#lastRefresh);
    // Never put off by the next change: the timer that runs stays.
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        void this.#refresh(false);
      },
      Math.max(FIRST_MS, wait),
    );
  }

  load(): Promise<void> {
    return this.#refresh(true);
  }

  /** All rows in `[from, to]`, from memory where they are. */
  async rows(from: number, to: number): Promise<HistoryRow[]> {
    const known: HistoryRow[] = [];
    for (let i = from; i <= to; i += 1) {
      const row = this.row(i);
      if (!row) break;
      known.push(row);
    }
    if (known.length === to - from + 1) return known;
    const query = this.#query();
    const found: HistoryRow[] = [];
    while (found.length < to - from + 1) {
      const offset = from + found.length;
      const part = await this.#backend.historyRows(query, offset, Math.min(BULK, to - offset + 1));
      if (part.length === 0) break;
      found.push(...part);
    }
    return found;
  }

  #query() {
    return { text: this.text, profile: null };
  }

  async #refresh(urgent: boolean): Promise<void> {
    if (this.#refreshing && !urgent) {
      this.#again = true;
      return;
    }
    this.#refreshing = true;
    const generation = ++this.#generation;
    const query = this.#query();
    try {
      const outline = await this.#backend.historyOutline(query);
      if (generation !== this.#generation) return;
      // Read what is in view before showing the new layout: nothing flickers, nothing is empty.
      const [first, last] = urgent ? [0, PAGE - 1] : this.#want;
      const pages = new Map<number, HistoryRow[]>();
      const end = Math.min(last, outline.total - 1);
      for (let page = Math.floor(first / PAGE); page * PAGE <= end; page += 1) {
        pages.set(page, await this.#backend.historyRows(query, page * PAGE, PAGE));
        if (generation !== this.#generation) return;
      }
      this.#inFlight.clear();
      this.#pages = pages;
      this.outline = outline;
      if (query.text === '') this.stored = outline.total;
      else this.stored = (await this.#backend.historyOutline({ text: '', profile: null })).total;
      this.problem = null;
      this.#version += 1;
      this.selection.settle(outline.total, (index) => this.row(index));
    } catch (error) {
      if (generation === this.#generation) this.problem = asProblem(error);
    } finally {
      if (generation === this.#generation) {
        this.#refreshing = false;
        this.#lastRefresh = performance.now();
        if (this.#again) {
          this.#again = false;
          this.changed();
        }
        this.#pump();
      }
    }
  }

  /** Two pages at a time, always those the view wants now: flinging the scroll bar asks for little. */
  #pump(): void {
    if (this.#refreshing || !this.outline) return;
    const [first, last] = this.#want;
    const end = Math.min(last, this.outline.total - 1);
    for (let page = Math.floor(first / PAGE); page * PAGE <= end; page += 1) {
      if (this.#inFlight.size >= 2) return;
      if (!this.#pages.has(page) && !this.#inFlight.has(page)) void this.#read(page);
    }
  }

  async #read(page: number): Promise<void> {
    const generation = this.#generation;
    this.#inFlight.add(page);
    try {
      const rows = await this.#backend.historyRows(this.#query(), page * PAGE, PAGE);
      if (generation !== this.#generation) return;
      this.#pages.set(page, rows);
      this.#forget(page);
      this.#version += 1;
    } catch (error) {
      if (generation === this.#generation) this.problem = asProblem(error);
      return;
    } finally {
      if (generation === this.#generation) this.#inFlight.delete(page);
    }
    this.#pump();
  }

  #forget(near: number): void {
    if (this.#pages.size <= KEPT_PAGES) return;
    const far = [...this.#pages.keys()].sort((a, b) => Math.abs(b - near) - Math.abs(a - near));
    for (const page of far.slice(0, this.#pages.size - KEPT_PAGES)) this.#pages.delete(page);
  }
}
