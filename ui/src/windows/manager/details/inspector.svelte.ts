import { asProblem } from '../../../backend/backend';
import type {
  ManagerBackend,
  ObjectDetails,
  ObjectHeaders,
  Peek,
  PictureFile,
  VersionRow,
} from '../../../backend/manager';
import type { ProblemView } from '../../../backend/types';
import { hasHeader, isPicture } from '../files/kinds';

export type Tab = 'contents' | 'headers' | 'access' | 'versions';

/** Something that is asked for when its tab is opened. */
export class Asked<V> {
  value = $state.raw<V | undefined>(undefined);
  problem = $state.raw<ProblemView | null>(null);
  busy = $state(false);
  /** Long enough to say so. */
  late = $state(false);
  #turn = 0;

  /** `keep` leaves the old answer standing until there is a new one. */
  async ask(call: () => Promise<V>, keep = false): Promise<void> {
    const turn = ++this.#turn;
    if (!keep) this.value = undefined;
    this.problem = null;
    this.busy = true;
    this.late = false;
    const timer = setTimeout(() => {
      if (turn === this.#turn) this.late = true;
    }, 300);
    try {
      const value = await call();
      if (turn === this.#turn) this.value = value;
    } catch (error) {
      if (turn === this.#turn) this.problem = asProblem(error);
    } finally {
      clearTimeout(timer);
      if (turn === this.#turn) this.busy = false;
    }
  }

  /** What is known without asking. */
  set(value: V): void {
    this.#turn += 1;
    this.value = value;
    this.problem = null;
    this.busy = false;
  }

  forget(): void {
    this.#turn += 1;
    this.value = undefined;
    this.problem = null;
    this.busy = false;
  }
}

/** One object looked at closely: what each tab shows is read once it is opened, and again for another. */
export class Inspector {
  tab = $state<Tab>('contents');
  place = $state('');
  key = $state<string | null>(null);
  readonly details = new Asked<ObjectDetails>();
  readonly peek = new Asked<Peek>();
  readonly picture = new Asked<PictureFile | null>();
  readonly acl = new Asked<string | null>();
  readonly versions = new Asked<VersionRow[] | null>();
  /** Whether the place in view has versions, as its last object told. */
  versioned = $state(false);
  /** Seconds a link without a key is good for. */
  expires = $state(86_400);

  readonly #backend: ManagerBackend;
  #mark = '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(backend: ManagerBackend) {
    this.#backend = backend;
  }

  /** Looks at an object, or at none; `mark` changes when it is written over. Keys held down pass over many: only where they stop is asked. */
  look(place: string, key: string | null, mark: string): void {
    const again = place === this.place && key === this.key;
    if (again && (mark === this.#mark || key === null)) return;
    this.#mark = mark;
    clearTimeout(this.#timer);
    if (again) {
      // Written over: what was asked is asked again, the open tab first.
      for (const asked of [this.peek, this.picture, this.acl, this.versions]) asked.forget();
      this.refresh();
      return;
    }
    this.place = place;
    this.key = key;
    for (const asked of [this.details, this.peek, this.picture, this.acl, this.versions]) asked.forget();
    if (key !== null) this.#timer = setTimeout(() => this.refresh(), 90);
  }

  refresh(): void {
    const { place, key } = this;
    if (key === null) return;
    const stat = async () => {
      const details = await this.#backend.objectStat(place, key);
      if (this.place === place) this.versioned = details.versions;
      return details;
    };
    void this.details.ask(stat, true);
    this.open(this.tab);
  }

  /** After a version has come or gone: all that is shown may be another. */
  refreshAll(): void {
    for (const asked of [this.peek, this.picture]) asked.forget();
    const { place, key } = this;
    if (key !== null) void this.versions.ask(() => this.#backend.objectVersions(place, key), true);
    this.refresh();
  }

  open(tab: Tab): void {
    this.tab = tab;
    const { place, key } = this;
    if (key === null) return;
    if (tab === 'contents') {
      if (hasHeader(key)) this.#once(this.peek, () => this.#backend.objectPeek(place, key));
      else if (isPicture(key)) this.#once(this.picture, () => this.#backend.objectPreview(place, key));
    } else if (tab === 'access') this.#once(this.acl, () => this.#backend.objectAcl(place, key));
    else if (tab === 'versions') this.#once(this.versions, () => this.#backend.objectVersions(place, key));
  }

  #once<V>(asked: Asked<V>, call: () => Promise<V>): void {
    if (asked.value === undefined && !asked.busy) void asked.ask(call);
  }

  async save(headers: ObjectHeaders): Promise<ProblemView | null> {
    const { place, key } = this;
    if (key === null) return null;
    try {
      const details = await this.#backend.objectHeaders(place, key, headers);
      if (this.key === key) this.details.set(details);
      return null;
    } catch (error) {
      return asProblem(error);
    }
  }

  async setAcl(acl: string): Promise<ProblemView | null> {
    const { place, key } = this;
    if (key === null) return null;
    try {
      await this.#backend.objectSetAcl(place, key, acl);
      if (this.key === key) this.acl.set(acl);
      return null;
    } catch (error) {
      return asProblem(error);
    }
  }
}
