// Models as the manager window sees them: NAME@VERSION below `models/` of a place.
import type * as T from './types';

export type {
  Change,
  CheckedFile,
  ComparedFile,
  Comparison,
  FileCheck,
  ModelFile,
  ModelManifest,
  ModelSummary,
  Peek,
  TensorInfo,
  VerifyReport,
  VersionSummary,
} from '../bindings';

export interface ModelsBackend {
  modelList(place: string): Promise<T.ModelSummary[]>;
  /** Newest first. */
  modelVersions(place: string, name: string): Promise<T.VersionSummary[]>;
  modelManifest(place: string, name: string, version: string): Promise<T.ModelManifest>;
  modelCompare(place: string, name: string, a: string, b: string): Promise<T.Comparison>;
  /** A null `version` is chosen, a null `folder` asked for with the system's dialog. Answers the task; null when it was closed. */
  modelPush(
    place: string,
    name: string,
    version: string | null,
    folder: string | null,
    description: string,
    /** The version it was made from; null for none. */
    parent: string | null,
  ): Promise<number | null>;
  modelPull(place: string, name: string, version: string, into: string | null): Promise<number | null>;
  modelVerify(place: string, name: string, version: string): Promise<T.VerifyReport>;
  /** `force`: the aliases set by hand that point at it go too, after it. */
  modelRemove(place: string, name: string, version: string, force: boolean): Promise<void>;
  /** A null `version` takes the alias away. */
  modelAlias(place: string, name: string, alias: string, version: string | null): Promise<void>;
}
