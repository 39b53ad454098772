// Which files of a comparison are rows of their own, and which fold into one.
import type { Change, ComparedFile } from '../../../backend/models';

export type Folded = {
  rows: ComparedFile[];
  /** Small unchanged files: one row until it is opened. */
  rest: ComparedFile[];
};

/** A file with at least this share of the bytes matters even when it has not changed. */
const HEAVY = 0.01;
const ORDER: Record<Change, number> = { new: 0, changed: 1, leftOut: 2, same: 3 };

const weight = (file: ComparedFile): number => Math.max(file.before ?? 0, file.after ?? 0);
const byPath = (a: ComparedFile, b: ComparedFile): number => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);

/** The heavy files first, then what is new, changed and left out, then one line for all the rest. */
export function fold(files: readonly ComparedFile[], onlyChanges: boolean): Folded {
  const total = files.reduce((sum, file) => sum + weight(file), 0);
  const isHeavy = (file: ComparedFile) => weight(file) > 0 && weight(file) >= total * HEAVY;
  const heavy = files.filter(isHeavy).sort(byPath);
  const light = files
    .filter((file) => !isHeavy(file))
    .sort((a, b) => ORDER[a.change] - ORDER[b.change] || weight(b) - weight(a) || byPath(a, b));
  const rows = [...heavy, ...light.filter((file) => file.change !== 'same')];
  const rest = light.filter((file) => file.change === 'same').sort(byPath);
  if (onlyChanges) return { rows: rows.filter((file) => file.change !== 'same'), rest: [] };
  return rest.length === 1 ? { rows: [...rows, ...rest], rest: [] } : { rows, rest };
}

export type Way =
  | 'copied'
  | 'copiedChanged'
  | 'copiedNew'
  | 'sentSame'
  | 'sentChanged'
  | 'sentNew'
  | 'leftOut'
  | 'same';

/** How a file of the second version got there. */
export function wayOf({ change, copiedFrom, sent }: ComparedFile): Way {
  if (change === 'leftOut') return 'leftOut';
  const wasCopied = copiedFrom !== null || sent === 0;
  if (change === 'new') return wasCopied ? 'copiedNew' : 'sentNew';
  if (change === 'changed') return wasCopied ? 'copiedChanged' : 'sentChanged';
  return wasCopied ? 'copied' : 'sentSame';
}

/** How all of them got there, or `same` where they differ. */
export function commonWay(files: readonly ComparedFile[]): Way {
  const ways = new Set(files.map(wayOf));
  const [only] = ways;
  return ways.size === 1 && only ? only : 'same';
}
