// Transfers as the manager window sees them. Every call that fails throws a `ProblemView`.
import type * as T from './types';

export type TransferKind = 'upload' | 'download' | 'copy' | 'move' | 'delete' | 'push' | 'pull';
export type TransferState =
  | 'queued'
  | 'running'
  | 'verifying'
  | 'paused'
  | 'interrupted'
  | 'done'
  | 'failed'
  | 'cancelled';
export type TransferPriority = 'low' | 'normal' | 'high';

/** Parts of the one large file in work: what the server has answered for, and what is on its way. */
export type TransferParts = {
  total: number;
  /** Ranges of confirmed parts, the end excluded, in order. */
  done: [number, number][];
  /** Numbers of the parts in flight. */
  flying: number[];
};

export type TransferView = {
  /** Persisted jobs count up from 1; what lives in memory only (copy, move, delete, push, pull) is negative. */
  id: number;
  kind: TransferKind;
  /** `PROFILE` or `PROFILE/BUCKET`. */
  place: string;
  name: string;
  /** Where from or to, in a few words or as a path. */
  detail: string;
  state: TransferState;
  priority: TransferPriority;
  filesTotal: number;
  filesDone: number;
  filesFailed: number;
  filesSkipped: number;
  bytesTotal: number;
  bytesDone: number;
  parts: TransferParts | null;
  /** Bytes per second. */
  speed: number | null;
  secondsLeft: number | null;
  problem: T.ProblemView | null;
  /** Unix milliseconds. */
  createdAt: number;
  /** Rows of a listing that are being written: keys of `place` under this prefix. */
  target: { prefix: string } | null;
};

export type TransferEvent =
  | { type: 'transfer'; transfer: TransferView }
  | { type: 'transfersRemoved'; ids: number[] }
  /** Bytes per second, once a second while anything moves, then one of 0. */
  | { type: 'speed'; up: number; down: number };

/** A file of a transfer that failed; of one that never got that far, its path. */
export type TransferFailure = { key: string; problem: T.ProblemView };

export interface TransfersBackend {
  transferList(): Promise<TransferView[]>;
  transferPause(id: number): Promise<void>;
  /** Goes on with a paused or interrupted transfer; starts a failed one again, keeping what is done. */
  transferResume(id: number): Promise<void>;
  transferCancel(id: number): Promise<void>;
  transferPauseAll(): Promise<void>;
  transferResumeAll(): Promise<void>;
  /** Takes what has ended off the list; failed ones too. */
  transferClear(): Promise<void>;
  transferPriority(id: number, priority: TransferPriority): Promise<void>;
  /** Files of a transfer that failed, with the reason of each. */
  transferFailures(id: number): Promise<TransferFailure[]>;
  /** Bytes per second over all transfers; null for none. */
  setRateLimit(bytesPerSecond: number | null): Promise<void>;
}
