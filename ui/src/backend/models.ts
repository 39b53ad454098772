// Models as the manager window sees them: NAME@VERSION below `models/` of a place.
import type * as T from './types';

export type ModelSummary = {
  place: string;
  name: string;
  /** The version the alias `latest` names. */
  latest: string;
  /** Bytes of that version. */
  bytes: number;
  versions: number;
};

export type VersionSummary = {
  version: string;
  aliases: string[];
  description: string;
  /** Unix milliseconds. */
  createdAt: number;
  files: number;
  bytes: number;
  /** Bytes that were sent when it was pushed; null where it was not noted. */
  sent: number | null;
};

export type ModelManifest = {
  name: string;
  version: string;
  aliases: string[];
  description: string;
  createdAt: number;
  /** NAME@VERSION or VERSION it was made from. */
  parent: string | null;
  files: number;
  bytes: number;
  /** SHA-256 of manifest.json. */
  sha256: string | null;
  parameters: number | null;
  /** "BF16", or several where the tensors differ. */
  precision: string | null;
  /** Number of layers and width of the hidden state, from config.json. */
  layers: number | null;
  width: number | null;
  licence: string | null;
  metrics: [name: string, value: string][];
  /** Its training configuration. */
  training: [name: string, value: string][];
  notes: string;
};

export type FileChange = 'same' | 'changed' | 'added' | 'removed';

export type ComparedFile = {
  path: string;
  /** Bytes in the older version, null where it is not in it. */
  a: number | null;
  b: number | null;
  change: FileChange;
  /** Bytes sent for it when `b` was pushed; 0 where the server copied it. */
  sent: number | null;
};

export type ModelComparison = {
  a: string;
  b: string;
  files: ComparedFile[];
  /** Bytes sent and copied by the server when `b` was pushed. */
  sent: number | null;
  copied: number | null;
  /** How long that took. */
  seconds: number | null;
};

export type VerifyReport = {
  files: number;
  matched: number;
  failed: { path: string; what: T.Text }[];
  /** Unix milliseconds. */
  checkedAt: number;
};

export type TensorInfo = { name: string; dtype: string; shape: number[]; bytes: number };

/** The head of a model file, read by ranges. */
export type Peek = {
  format: 'safetensors' | 'gguf';
  parameters: number;
  /** Parameters by type, most first. */
  dtypes: [dtype: string, parameters: number][];
  tensors: TensorInfo[];
  metadata: Record<string, string>;
  /** Bytes fetched. */
  read: number;
};

export interface ModelsBackend {
  modelList(place: string): Promise<ModelSummary[]>;
  /** Newest first. */
  modelVersions(place: string, name: string): Promise<VersionSummary[]>;
  modelManifest(place: string, name: string, version: string): Promise<ModelManifest>;
  modelCompare(place: string, name: string, a: string, b: string): Promise<ModelComparison>;
  /** A null `version` is chosen, a null `folder` asked for. Answers the task; null when nothing was chosen. */
  modelPush(
    place: string,
    name: string,
    version: string | null,
    folder: string | null,
    description: string,
  ): Promise<number | null>;
  modelPull(place: string, name: string, version: string, into: string | null): Promise<number | null>;
  modelVerify(place: string, name: string, version: string): Promise<VerifyReport>;
  modelRemove(place: string, name: string, version: string): Promise<void>;
  /** A null `version` takes the alias away. */
  modelAlias(place: string, name: string, alias: string, version: string | null): Promise<void>;
}
