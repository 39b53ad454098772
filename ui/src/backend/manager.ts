// What the manager window asks of the rest of Hoist. Every call that fails throws a `ProblemView`.
// A *place* is `PROFILE` (the profile's own bucket) or `PROFILE/BUCKET`; keys are full keys of the bucket.
import type { ModelsBackend } from './models';
import type { TransfersBackend } from './transfers';
import type * as T from './types';

export type {
  BucketRow,
  CopyRequest,
  Existing,
  ObjectCount,
  ObjectDetails,
  ObjectHeaders,
  ObjectPage,
  ObjectRow,
  PictureFile,
  ShareLink,
  VersionRow,
} from '../bindings';
export type * from './models';
export type * from './transfers';

/** Files carried over the window, in CSS pixels from its corner. */
export type FileDrag =
  | { state: 'over'; x: number; y: number }
  | { state: 'none' }
  /** Which files they are stays outside of the page; `drop` stands for them, once. */
  | { state: 'drop'; x: number; y: number; drop: number };

export interface ManagerBackend extends TransfersBackend, ModelsBackend {
  /** A snapshot now, then deltas to `onDelta`. Calling again replaces the subscription. */
  subscribe(onDelta: (delta: T.Delta) => void): Promise<T.Snapshot>;
  onDrag(cb: (drag: FileDrag) => void): void;
  providerList(): Promise<T.ProviderView[]>;
  openMain(): Promise<void>;
  /** Plain text to the clipboard. */
  copyText(text: string): Promise<void>;
  /** Address under which the webview may load a picture. */
  thumbUrl(path: string): string;

  bucketList(profile: string): Promise<T.BucketRow[]>;
  objectList(place: string, prefix: string, page: string | null): Promise<T.ObjectPage>;
  objectStat(place: string, key: string): Promise<T.ObjectDetails>;
  objectHeaders(place: string, key: string, headers: T.ObjectHeaders): Promise<T.ObjectDetails>;
  /** Nothing where the provider has no access of single objects. */
  objectAcl(place: string, key: string): Promise<string | null>;
  objectSetAcl(place: string, key: string, acl: string): Promise<void>;
  /** The newest first; nothing where the provider has none. */
  objectVersions(place: string, key: string): Promise<T.VersionRow[] | null>;
  /** Makes it the current one. */
  versionRestore(place: string, key: string, version: string): Promise<void>;
  versionDelete(place: string, key: string, version: string): Promise<void>;
  /** `into` null: asks for a folder; nothing when the dialog was closed. */
  versionDownload(place: string, key: string, version: string, into: string | null): Promise<number | null>;
  objectPreview(place: string, key: string): Promise<T.PictureFile | null>;
  objectPeek(place: string, key: string): Promise<T.Peek>;
  /** How much keys and prefixes hold: asked before they are deleted. */
  objectCount(place: string, keys: string[]): Promise<T.ObjectCount>;
  objectDelete(place: string, keys: string[]): Promise<number>;
  objectCopy(request: T.CopyRequest): Promise<number>;
  folderCreate(place: string, prefix: string): Promise<void>;
  presign(place: string, key: string, seconds: number, download: boolean): Promise<T.ShareLink>;
  copyObjectLinks(place: string, keys: string[], format: string | null): Promise<T.CopiedView>;

  /** Uploads what was dropped to a folder; fails when something else was dropped since. */
  transferDrop(place: string, prefix: string, drop: number): Promise<number>;
  /** Asks for files or folders; nothing when the dialog was closed. */
  chooseUpload(place: string, prefix: string, folders: boolean): Promise<number | null>;
  /** `into` null: asks for a folder; nothing when the dialog was closed. */
  transferDownload(
    place: string,
    keys: string[],
    existing: T.Existing,
    into: string | null,
  ): Promise<number | null>;
}
