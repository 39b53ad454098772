// Transfers as the manager window sees them. Every call that fails throws a `ProblemView`.
import type * as T from './types';

export type {
  PartsView,
  TransferFailure,
  TransferKind,
  TransferPriority,
  TransferState,
  TransferView,
} from '../bindings';

export interface TransfersBackend {
  transferList(): Promise<T.TransferView[]>;
  transferPause(id: number): Promise<void>;
  /** Goes on with a paused or interrupted transfer; starts a failed one again, keeping what is done. */
  transferResume(id: number): Promise<void>;
  transferCancel(id: number): Promise<void>;
  transferPauseAll(): Promise<void>;
  transferResumeAll(): Promise<void>;
  /** Takes what has ended off the list; failed ones too. */
  transferClear(): Promise<void>;
  transferPriority(id: number, priority: T.TransferPriority): Promise<void>;
  /** Files of a transfer that failed, with the reason of each. */
  transferFailures(id: number): Promise<T.TransferFailure[]>;
  /** Bytes per second over all transfers; null for none. */
  setRateLimit(bytesPerSecond: number | null): Promise<void>;
}
