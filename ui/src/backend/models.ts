// Models as the manager window sees them: NAME@VERSION below `models/` of a place.
export type ModelSummary = {
  name: string;
  /** The version the alias `latest` names; null while none is finished. */
  latest: string | null;
  /** Unfinished ones included. */
  versions: number;
  /** Bytes of the latest version. */
  size: number;
};

export type VersionSummary = {
  version: string;
  /** Whether it has its manifest: it is written last. */
  finished: boolean;
  /** `latest` and those set by hand. */
  aliases: string[];
  description: string | null;
  /** Unix milliseconds. */
  createdAt: number | null;
  parent: string | null;
  files: number;
  size: number;
  /** Bytes that were sent when it was pushed; null where it was not noted. */
  sent: number | null;
};

export type ModelFile = { path: string; size: number; sha256: string };

export type ModelManifest = {
  name: string;
  version: string;
  description: string | null;
  createdAt: number | null;
  /** NAME@VERSION, or VERSION of the same model, it was made from. */
  parent: string | null;
  files: ModelFile[];
  size: number;
  /** SHA-256 of manifest.json. */
  sha256: string | null;
  parameters: number | null;
  /** "BF16", or several where the tensors differ. */
  precision: string | null;
  /** "28 layers, 3584 wide", as config.json says it in figures. */
  layers: number | null;
  width: number | null;
  licence: string | null;
  metrics: [name: string, value: string][];
  training: [name: string, value: string][];
};

export type FileChange = 'same' | 'changed' | 'new' | 'leftOut';

export type ComparedFile = {
  path: string;
  /** Bytes in the first version, null where it is not in it. */
  before: number | null;
  after: number | null;
  change: FileChange;
  /** The version its bytes were copied from inside the bucket when the second was pushed. */
  copiedFrom: string | null;
  /** Bytes sent for it then. */
  sent: number;
};

export type ModelComparison = {
  from: string;
  to: string;
  files: ComparedFile[];
  changed: number;
  new: number;
  leftOut: number;
  same: number;
  /** Bytes sent, and copied inside the bucket, when the second version was pushed. */
  sent: number;
  copied: number;
  /** How long that took; null where nobody noted. */
  seconds: number | null;
};

/** `sizeOnly`: the provider tells no checksum that could be compared. */
export type FileCheck = 'ok' | 'sizeOnly' | 'missing' | 'wrongSize' | 'differs';

export type CheckedFile = {
  path: string;
  /** Bytes the manifest says, and those that are there. */
  size: number;
  found: number | null;
  check: FileCheck;
};

export type VerifyReport = {
  files: CheckedFile[];
  ok: number;
  sizeOnly: number;
  bad: number;
  /** Objects of the version's folder that the manifest does not name. */
  unlisted: string[];
  manifestSha256: string;
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
  /** A null `version` is chosen, a null `folder` asked for with the system's dialog. Answers the task; null when it was closed. */
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
