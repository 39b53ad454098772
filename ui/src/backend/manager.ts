// What the manager window asks of the rest of Hoist. Every call that fails throws a `ProblemView`.
// A *place* is `PROFILE` (the profile's own bucket) or `PROFILE/BUCKET`; keys are full keys of the bucket.
import type { ModelsBackend, Peek } from './models';
import type { TransferEvent, TransfersBackend } from './transfers';
import type * as T from './types';

export type * from './models';
export type * from './transfers';

export type BucketRow = { name: string; place: string };
export type ObjectRow = {
  key: string;
  size: number;
  /** Milliseconds since 1970, UTC. */
  modified: number | null;
  class: string | null;
  etag: string | null;
};
/** One page of a folder. */
export type ObjectPage = {
  /** Full prefixes, each ending in `/`. */
  folders: string[];
  objects: ObjectRow[];
  /** Asks for the page after this one; nothing after the last. */
  next: string | null;
};
export type ObjectHeaders = {
  contentType: string | null;
  cacheControl: string | null;
  contentDisposition: string | null;
  metadata: [string, string][];
};
export type ObjectDetails = ObjectHeaders & {
  key: string;
  size: number;
  modified: number | null;
  etag: string | null;
  class: string | null;
  version: string | null;
  publicUrl: string | null;
  sha256: string | null;
};
export type VersionRow = {
  id: string;
  size: number;
  modified: number | null;
  etag: string | null;
  latest: boolean;
  deleted: boolean;
};
export type PictureFile = { path: string; width: number; height: number };
export type Existing = 'overwrite' | 'skip' | 'both';
export type CopyRequest = {
  from: string;
  /** Objects, or prefixes ending in `/`. */
  keys: string[];
  /** The prefix the targets are relative to. */
  base: string;
  to: string;
  /** The target folder: empty or ending in `/`. */
  prefix: string;
  /** The new key of one object or one prefix: a rename. */
  exactKey: string | null;
  existing: Existing;
  removeSource: boolean;
};
export type ShareLink = {
  url: string;
  /** Rows of `0` and `1`. */
  qr: string[];
};
export type ObjectCount = { objects: number; bytes: number };

export type ManagerEvent =
  | T.AppEvent
  | TransferEvent
  /** A listing changed: what shows it reads it again. */
  | { type: 'objects'; place: string; prefix: string };
export type ManagerDelta = { seq: number; events: ManagerEvent[] };

/** Files carried over the window, in CSS pixels from its corner. */
export type FileDrag =
  | { state: 'over'; x: number; y: number }
  | { state: 'none' }
  /** Which files they are stays outside of the page; `drop` stands for them, once. */
  | { state: 'drop'; x: number; y: number; drop: number };

export interface ManagerBackend extends TransfersBackend, ModelsBackend {
  /** A snapshot now, then deltas to `onDelta`. Calling again replaces the subscription. */
  subscribe(onDelta: (delta: ManagerDelta) => void): Promise<T.Snapshot>;
  onDrag(cb: (drag: FileDrag) => void): void;
  providerList(): Promise<T.ProviderView[]>;
  openMain(): Promise<void>;
  /** Plain text to the clipboard. */
  copyText(text: string): Promise<void>;
  /** Address under which the webview may load a picture. */
  thumbUrl(path: string): string;

  bucketList(profile: string): Promise<BucketRow[]>;
  objectList(place: string, prefix: string, page: string | null): Promise<ObjectPage>;
  objectStat(place: string, key: string): Promise<ObjectDetails>;
  objectHeaders(place: string, key: string, headers: ObjectHeaders): Promise<ObjectDetails>;
  /** Nothing where the provider has no access of single objects. */
  objectAcl(place: string, key: string): Promise<string | null>;
  objectSetAcl(place: string, key: string, acl: string): Promise<void>;
  objectVersions(place: string, key: string): Promise<VersionRow[]>;
  objectPreview(place: string, key: string): Promise<PictureFile | null>;
  objectPeek(place: string, key: string): Promise<Peek>;
  /** How much keys and prefixes hold: asked before they are deleted. */
  objectCount(place: string, keys: string[]): Promise<ObjectCount>;
  objectDelete(place: string, keys: string[]): Promise<number>;
  objectCopy(request: CopyRequest): Promise<number>;
  folderCreate(place: string, prefix: string): Promise<void>;
  presign(place: string, key: string, seconds: number, download: boolean): Promise<ShareLink>;
  copyObjectLinks(place: string, keys: string[], format: string | null): Promise<T.CopiedView>;

  /** Uploads what was dropped to a folder; fails when something else was dropped since. */
  transferDrop(place: string, prefix: string, drop: number): Promise<number>;
  /** Asks for files or folders; nothing when the dialog was closed. */
  chooseUpload(place: string, prefix: string, folders: boolean): Promise<number | null>;
  /** `into` null: asks for a folder; nothing when the dialog was closed. */
  transferDownload(
    place: string,
    keys: string[],
    existing: Existing,
    into: string | null,
  ): Promise<number | null>;
}
