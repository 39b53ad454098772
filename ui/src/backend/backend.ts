// What the window asks of the rest of Hoist. Every call that fails throws a `ProblemView`.
import type * as T from './types';

export type DragState = 'over' | 'none' | 'drop';

export interface Backend {
  /** A snapshot now, then deltas to `onDelta`. Calling again replaces the subscription. */
  subscribe(onDelta: (delta: T.Delta) => void): Promise<T.Snapshot>;
  /** Files carried over the window. The drop itself is handled in Rust. */
  onDrag(cb: (state: DragState) => void): void;

  chooseFiles(): Promise<number | null>;
  uploadPaths(paths: string[]): Promise<number>;
  uploadClipboard(): Promise<number>;
  uploadUrls(urls: string[]): Promise<number>;
  cancelUpload(id: number): Promise<void>;
  cancelAll(): Promise<void>;
  retryUpload(id: number): Promise<void>;
  retryFailed(): Promise<void>;
  clearFinished(): Promise<void>;
  copyUploadLinks(ids: number[], format: string | null): Promise<T.CopiedView>;

  historyOutline(query: T.HistoryQuery): Promise<T.HistoryOutline>;
  historyRows(query: T.HistoryQuery, offset: number, limit: number): Promise<T.HistoryRow[]>;
  copyHistoryLinks(ids: number[], format: string | null): Promise<T.CopiedView>;
  openHistory(id: number): Promise<void>;
  deleteHistory(ids: number[], remote: boolean): Promise<T.DeletionView>;
  undoDeletion(id: number): Promise<number>;
  undoBatch(batch: number): Promise<T.DeletionView>;
  reuploadHistory(ids: number[], profile: string): Promise<number>;

  setLinkFormat(format: string): Promise<void>;
  setDefaultProfile(name: string): Promise<void>;
  providerList(): Promise<T.ProviderView[]>;
  profileSave(
    profile: T.Profile,
    secret: T.SecretInput | null,
    previous: string | null,
  ): Promise<T.ProfileView>;
  profileDelete(name: string): Promise<void>;
  doctor(name: string, onCheck: (check: T.CheckView) => void): Promise<T.CheckView[]>;
  settingsSave(settings: T.Settings): Promise<T.Settings>;
  namingPreview(pattern: string, profile: string | null): Promise<T.PatternPreview>;
  linkPreview(template: string): Promise<string>;
  transformCheck(spec: string): Promise<string>;
  /** A picture before and after a transform, and the link that asks for it. */
  transformPreview(request: T.PreviewRequest): Promise<T.PreviewView>;
  /** The spec a link, a process string or a spec holds. */
  transformRead(text: string): Promise<string>;
  /** Puts the links of rows, asking for a transform, on the clipboard. */
  copyTransformed(
    ids: number[],
    spec: string,
    place: T.TransformPlace,
    profile: string | null,
  ): Promise<T.CopiedView>;
  /** The newest row that can be previewed. */
  transformSources(): Promise<T.HistoryRow | null>;
  appInfo(): Promise<T.AppInfo>;
  openManager(): Promise<void>;

  backupList(): Promise<T.BackupView[]>;
  /** Adds or changes a rule; answers all of them. */
  backupSave(rule: T.BackupRule, previous: string | null): Promise<T.BackupView[]>;
  backupDelete(name: string): Promise<void>;
  /** What a rule being written would send. A newer call ends an older one with `cancelled`. */
  backupPreview(rule: T.BackupRule): Promise<T.BackupPreview>;
  /** The folder in the bucket that files changed now would go to. */
  backupFolder(rule: T.BackupRule): Promise<string>;
  /** Runs a rule to its end; `check` looks in the bucket too. */
  backupRun(name: string, check: boolean): Promise<void>;
  chooseBackupFolder(): Promise<string | null>;

  /** Address under which the webview may load a thumbnail. */
  thumbUrl(path: string): string;
  /** Plain text to the clipboard (error details, a command line). */
  copyText(text: string): Promise<void>;
}

/** A thrown value as a problem; what is none becomes `internal` with its own words. */
export function asProblem(error: unknown): T.ProblemView {
  if (typeof error === 'object' && error !== null && 'code' in error && 'en' in error) {
    return error as T.ProblemView;
  }
  const what = error instanceof Error ? error.message : String(error);
  const text = { short: '', what, fix: '' };
  return {
    code: 'internal',
    field: null,
    en: text,
    zh: text,
    status: null,
    providerCode: null,
    requestId: null,
    retryable: false,
  };
}
