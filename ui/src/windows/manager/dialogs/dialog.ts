import type { CopyRequest } from '../../../backend/manager';

/** What is asked before something is done. */
export type Dialog =
  | { kind: 'keys' }
  | { kind: 'folder' }
  | { kind: 'delete'; place: string; keys: string[] }
  | { kind: 'download'; place: string; keys: string[] }
  | { kind: 'move'; place: string; base: string; keys: string[] }
  /** Names the target has already. */
  | { kind: 'conflict'; names: string[]; request: CopyRequest };
