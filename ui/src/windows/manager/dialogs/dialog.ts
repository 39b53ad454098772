import type { CopyRequest, ObjectCount, VersionRow } from '../../../backend/manager';

/** What is asked before something is done. */
export type Dialog =
  | { kind: 'keys' }
  | { kind: 'folder' }
  /** `known` is what the listing says of the objects among the keys. */
  | { kind: 'delete'; place: string; keys: string[]; known: ObjectCount }
  /** `time` is when it was written, `again` reads the list anew. */
  | { kind: 'version'; place: string; key: string; version: VersionRow; time: string; again: () => void }
  | { kind: 'download'; place: string; keys: string[] }
  | { kind: 'move'; place: string; base: string; keys: string[] }
  /** Names the target has already. */
  | { kind: 'conflict'; names: string[]; request: CopyRequest };
