// Models of the fake.
import type {
  Comparison,
  ModelManifest,
  ModelSummary,
  ModelsBackend,
  VerifyReport,
  VersionSummary,
} from '../../manager';
import { NOW, PROBLEMS } from '../data';
import type { ManagerOptions } from './base';
import { COMPARED, INSTRUCT, sampleManifest, sampleModels, sampleVersions } from './model-samples';
import { FakeTransfers } from './transfers';

export class FakeModels extends FakeTransfers implements ModelsBackend {
  models: Record<string, ModelSummary[]>;
  /** Versions by `PLACE/NAME`; a model that is not here has the one its summary tells. */
  versions = new Map<string, VersionSummary[]>([[`models-r2/${INSTRUCT}`, sampleVersions()]]);
  /** Paths the next check finds to be different. */
  broken: string[] = [];

  constructor(options: ManagerOptions) {
    super(options);
    this.models = options.scenario === 'files' ? sampleModels() : {};
  }

  #versions(place: string, name: string): VersionSummary[] {
    const key = `${place}/${name}`;
    const known = this.versions.get(key);
    if (known) return known;
    const model = this.models[place]?.find((m) => m.name === name);
    if (!model) throw PROBLEMS.timeout;
    const only: VersionSummary[] = [
      {
        version: model.latest ?? 'v1.0.0',
        finished: model.latest !== null,
        aliases: model.latest === null ? [] : ['latest'],
        description: 'First release',
        createdAt: NOW - 86_400_000,
        parent: null,
        files: 15,
        size: model.size,
        sent: model.size,
      },
    ];
    this.versions.set(key, only);
    return only;
  }

  #version(place: string, name: string, version: string): VersionSummary {
    const found = this.#versions(place, name).find((v) => v.version === version);
    if (!found) throw PROBLEMS.timeout;
    return found;
  }

  async modelList(place: string): Promise<ModelSummary[]> {
    await this.call('modelList', place);
    return structuredClone(this.models[place] ?? []);
  }

  async modelVersions(place: string, name: string): Promise<VersionSummary[]> {
    await this.call('modelVersions', place, name);
    return structuredClone(this.#versions(place, name));
  }

  async modelManifest(place: string, name: string, version: string): Promise<ModelManifest> {
    await this.call('modelManifest', place, name, version);
    return structuredClone(sampleManifest(name, this.#version(place, name, version)));
  }

  async modelCompare(place: string, name: string, a: string, b: string): Promise<Comparison> {
    await this.call('modelCompare', place, name, a, b);
    const sent = this.#version(place, name, b).sent ?? 0;
    const size = this.#version(place, name, b).size;
    const files = structuredClone(COMPARED);
    const n = (change: string) => files.filter((file) => file.change === change).length;
    return {
      name,
      from: a,
      to: b,
      files,
      changed: n('changed'),
      new: n('new'),
      leftOut: n('leftOut'),
      same: n('same'),
      sent,
      copied: size - sent,
      seconds: 74,
    };
  }

  async modelPush(
    place: string,
    name: string,
    version: string | null,
    folder: string | null,
    description: string,
    parent: string | null,
  ): Promise<number | null> {
    await this.call('modelPush', place, name, version, folder, description, parent);
    return this.begin('push', `${name}@${version ?? 'v1.2.1'}`, { place });
  }

  async modelPull(place: string, name: string, version: string, into: string | null): Promise<number | null> {
    await this.call('modelPull', place, name, version, into);
    return this.begin('pull', `${name}@${version}`, { place });
  }

  async modelVerify(place: string, name: string, version: string): Promise<VerifyReport> {
    await this.call('modelVerify', place, name, version);
    const manifest = sampleManifest(name, this.#version(place, name, version));
    const files = manifest.files.map(({ path, size }) => {
      const check = this.broken.includes(path) ? ('differs' as const) : ('ok' as const);
      return { path, size, found: size, check };
    });
    const bad = files.filter((file) => file.check === 'differs').length;
    return {
      name,
      version,
      deep: false,
      files,
      ok: files.length - bad,
      sizeOnly: 0,
      bad,
      unlisted: [],
      manifestSha256: manifest.sha256 ?? '',
      checkedAt: NOW,
    };
  }

  async modelRemove(place: string, name: string, version: string, force: boolean): Promise<void> {
    await this.call('modelRemove', place, name, version, force);
    // As the core: an alias set by hand stands in the way.
    if (!force && this.#version(place, name, version).aliases.some((alias) => alias !== 'latest'))
      throw PROBLEMS.refused;
    const left = this.#versions(place, name).filter((v) => v.version !== version);
    this.versions.set(`${place}/${name}`, left);
    if (left.length === 0) this.models[place] = (this.models[place] ?? []).filter((m) => m.name !== name);
    else if (left[0] && !left.some((v) => v.aliases.includes('latest'))) left[0].aliases.unshift('latest');
  }

  async modelAlias(place: string, name: string, alias: string, version: string | null): Promise<void> {
    await this.call('modelAlias', place, name, alias, version);
    for (const row of this.#versions(place, name)) {
      row.aliases = row.aliases.filter((other) => other !== alias);
      if (row.version === version) row.aliases.push(alias);
    }
  }
}
