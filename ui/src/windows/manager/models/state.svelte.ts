import { asProblem } from '../../../backend/backend';
import type {
  Comparison,
  ModelManifest,
  ModelSummary,
  ModelsBackend,
  VerifyReport,
  VersionSummary,
} from '../../../backend/models';
import type { AppEvent, ProblemView } from '../../../backend/types';
import { t } from '../../../i18n/i18n.svelte';
import type { Voice } from '../transfers/state.svelte';
import { firstPair, pairOf, pick } from './versions';

/** Something that is read: not yet, there, or why not. */
export type Read<V> =
  | { state: 'loading' }
  | { state: 'ready'; value: V }
  | { state: 'failed'; problem: ProblemView };

export type Group = { place: string; models: Read<ModelSummary[]> };
export type Chosen = { place: string; name: string };
export type ModelDialog = 'push' | 'pull' | 'alias' | 'remove';

const LOADING = { state: 'loading' } as const;
/** A push changes many keys: the list is read again once, after the last of them. */
const QUIET_MS = 400;

/** The models view: models by profile, the versions of one, and what two of them differ in. */
export class Models {
  readonly backend: ModelsBackend;
  readonly voice: Voice;

  groups = $state.raw<Group[]>([]);
  filter = $state('');
  chosen = $state.raw<Chosen | null>(null);
  versions = $state.raw<Read<VersionSummary[]>>(LOADING);
  /** The row whose details are shown. */
  version = $state<string | null>(null);
  picked = $state.raw<string[]>([]);
  comparison = $state.raw<Read<Comparison>>(LOADING);
  manifest = $state.raw<Read<ModelManifest>>(LOADING);
  onlyChanges = $state(false);
  reports = $state.raw<ReadonlyMap<string, VerifyReport>>(new Map());
  verifying = $state.raw<ReadonlySet<string>>(new Set());
  dialog = $state<ModelDialog | null>(null);

  readonly list = $derived(this.versions.state === 'ready' ? this.versions.value : []);
  readonly pair = $derived(pairOf(this.picked, this.list));
  readonly row = $derived(this.list.find((v) => v.version === this.version) ?? null);
  readonly shown = $derived.by(() => {
    const wanted = this.filter.trim().toLowerCase();
    return this.groups.map((group) => ({
      ...group,
      found:
        group.models.state === 'ready'
          ? group.models.value.filter((model) => model.name.toLowerCase().includes(wanted))
          : [],
    }));
  });
  readonly all = $derived(
    this.groups.flatMap((group) => (group.models.state === 'ready' ? group.models.value : [])),
  );
  readonly loading = $derived(this.groups.some((group) => group.models.state === 'loading'));

  #asked = 0;
  #later = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(backend: ModelsBackend, voice: Voice) {
    this.backend = backend;
    this.voice = voice;
  }

  /** Reads the models of these places; those that are known already stay in view meanwhile. */
  async open(places: readonly string[]): Promise<void> {
    const known = new Map(this.groups.map((group) => [group.place, group]));
    this.groups = places.map((place) => known.get(place) ?? { place, models: LOADING });
    const { chosen } = this;
    await Promise.all(places.map((place) => this.readGroup(place)));
    // What was in view before may have changed meanwhile.
    if (chosen && this.chosen === chosen) await this.readVersions();
  }

  async readGroup(place: string): Promise<void> {
    const models = await read(this.backend.modelList(place));
    this.groups = this.groups.map((group) => (group.place === place ? { place, models } : group));
    if (models.state !== 'ready') return;
    const gone = this.chosen?.place === place && !models.value.some((m) => m.name === this.chosen?.name);
    if (gone) this.chosen = null;
    const first = models.value[0];
    if (!this.chosen && first) await this.choose({ place, name: first.name });
  }

  async choose(chosen: Chosen): Promise<void> {
    const same = this.chosen?.place === chosen.place && this.chosen.name === chosen.name;
    this.chosen = chosen;
    if (!same) {
      this.versions = LOADING;
      this.version = null;
      this.picked = [];
    }
    await this.readVersions();
  }

  async readVersions(): Promise<void> {
    const { chosen } = this;
    if (!chosen) return;
    this.#asked += 1;
    const asked = this.#asked;
    const versions = await read(this.backend.modelVersions(chosen.place, chosen.name));
    if (asked !== this.#asked) return;
    // What was shown stays when it cannot be read again; the reason is told.
    if (versions.state === 'failed' && this.versions.state === 'ready') this.voice.fail(versions.problem);
    else this.versions = versions;
    const { list } = this;
    this.picked = this.picked.filter((version) => list.some((v) => v.version === version));
    if (this.picked.length < 2) this.picked = firstPair(list);
    const stays = list.some((v) => v.version === this.version);
    const latest = list.find((v) => v.aliases.includes('latest')) ?? list[0];
    this.version = stays ? this.version : (latest?.version ?? null);
    await Promise.all([this.#readManifest(), this.#compare()]);
  }

  show(version: string): void {
    if (this.version === version) return;
    this.version = version;
    void this.#readManifest();
  }

  /** The version of another model, if it is one of those that are known. */
  async visit(name: string, version: string): Promise<boolean> {
    const place = this.chosen?.place ?? '';
    const group = this.groups.find((g) => g.place === place);
    if (group?.models.state !== 'ready' || !group.models.value.some((m) => m.name === name)) return false;
    await this.choose({ place, name });
    this.show(version);
    return true;
  }

  pick(version: string): void {
    this.picked = pick(this.picked, version);
    void this.#compare();
  }

  retryManifest(): void {
    void this.#readManifest();
  }

  retryComparison(): void {
    void this.#compare();
  }

  async #readManifest(): Promise<void> {
    const { chosen, row } = this;
    this.manifest = LOADING;
    if (!chosen || !row?.finished) return;
    const manifest = await read(this.backend.modelManifest(chosen.place, chosen.name, row.version));
    if (this.chosen === chosen && this.version === row.version) this.manifest = manifest;
  }

  async #compare(): Promise<void> {
    const { chosen, pair } = this;
    this.comparison = LOADING;
    if (!chosen || !pair) return;
    const comparison = await read(this.backend.modelCompare(chosen.place, chosen.name, pair.a, pair.b));
    if (this.chosen === chosen && this.pair?.a === pair.a && this.pair.b === pair.b)
      this.comparison = comparison;
  }

  /** Reads a place again after its models have changed. */
  heard(event: AppEvent): void {
    if (event.type === 'objects' && /(^|\/)models\//.test(event.prefix)) this.#again(event.place);
    else if (event.type === 'transfer' && event.transfer.kind === 'push' && event.transfer.state === 'done')
      this.#again(event.transfer.place);
  }

  #again(place: string): void {
    if (!this.groups.some((group) => group.place === place)) return;
    clearTimeout(this.#later.get(place));
    this.#later.set(
      place,
      setTimeout(() => void this.#refresh(place), QUIET_MS),
    );
  }

  async #refresh(place: string): Promise<void> {
    await this.readGroup(place);
    if (this.chosen?.place === place) await this.readVersions();
  }

  // ---- actions ---------------------------------------------------------------------------------

  key(version: string): string {
    return `${this.chosen?.place}:${this.chosen?.name}@${version}`;
  }

  async verify(version: string): Promise<void> {
    const { chosen } = this;
    const key = this.key(version);
    if (!chosen || this.verifying.has(key)) return;
    this.verifying = new Set([...this.verifying, key]);
    try {
      const report = await this.backend.modelVerify(chosen.place, chosen.name, version);
      this.reports = new Map([...this.reports, [key, report]]);
      const name = `${chosen.name}@${version}`;
      if (report.bad > 0) this.voice.alert(t('models.say.broken', { name, n: report.bad }));
      else this.voice.say(t('models.say.verified', { name }));
    } catch (error) {
      this.voice.fail(asProblem(error));
    } finally {
      this.verifying = new Set([...this.verifying].filter((other) => other !== key));
    }
  }

  async alias(alias: string, version: string | null): Promise<boolean> {
    const { chosen } = this;
    if (!chosen) return false;
    try {
      await this.backend.modelAlias(chosen.place, chosen.name, alias, version);
      await this.readVersions();
      return true;
    } catch (error) {
      this.voice.fail(asProblem(error));
      return false;
    }
  }

  /** `aliased`: the person was told which aliases go with it. Else one that is there refuses it. */
  async remove(version: string, aliased: boolean): Promise<void> {
    const { chosen } = this;
    if (!chosen) return;
    try {
      await this.backend.modelRemove(chosen.place, chosen.name, version, aliased);
    } catch (error) {
      this.voice.fail(asProblem(error));
    }
    await this.#refresh(chosen.place);
  }
}

async function read<V>(call: Promise<V>): Promise<Read<V>> {
  try {
    return { state: 'ready', value: await call };
  } catch (error) {
    return { state: 'failed', problem: asProblem(error) };
  }
}
