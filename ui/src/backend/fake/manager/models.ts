// Models of the fake.
import type {
  ModelComparison,
  ModelManifest,
  ModelSummary,
  ModelsBackend,
  VerifyReport,
  VersionSummary,
} from '../../manager';
import { PROBLEMS } from '../data';
import { FakeTransfers } from './transfers';

export class FakeModels extends FakeTransfers implements ModelsBackend {
  async modelList(place: string): Promise<ModelSummary[]> {
    await this.call('modelList', place);
    return [];
  }

  async modelVersions(place: string, name: string): Promise<VersionSummary[]> {
    await this.call('modelVersions', place, name);
    return [];
  }

  async modelManifest(place: string, name: string, version: string): Promise<ModelManifest> {
    await this.call('modelManifest', place, name, version);
    throw PROBLEMS.timeout;
  }

  async modelCompare(place: string, name: string, a: string, b: string): Promise<ModelComparison> {
    await this.call('modelCompare', place, name, a, b);
    throw PROBLEMS.timeout;
  }

  async modelPush(
    place: string,
    name: string,
    version: string | null,
    folder: string | null,
    description: string,
  ): Promise<number | null> {
    await this.call('modelPush', place, name, version, folder, description);
    return null;
  }

  async modelPull(place: string, name: string, version: string, into: string | null): Promise<number | null> {
    await this.call('modelPull', place, name, version, into);
    return null;
  }

  async modelVerify(place: string, name: string, version: string): Promise<VerifyReport> {
    await this.call('modelVerify', place, name, version);
    throw PROBLEMS.timeout;
  }

  async modelRemove(place: string, name: string, version: string): Promise<void> {
    await this.call('modelRemove', place, name, version);
  }

  async modelAlias(place: string, name: string, alias: string, version: string | null): Promise<void> {
    await this.call('modelAlias', place, name, alias, version);
  }
}
