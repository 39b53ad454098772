// The order of the rows: what has been begun keeps its place, what waits stands as it will run.
import type { TransferPriority, TransferView } from '../../../backend/transfers';

const RANK: Record<TransferPriority, number> = { high: 0, normal: 1, low: 2 };

export function inQueueOrder(a: TransferView, b: TransferView): number {
  const begun = (view: TransferView) => view.bytesDone > 0 || view.filesDone > 0;
  const waits = (view: TransferView) => (view.state === 'queued' && !begun(view) ? 1 : 0);
  return (
    waits(a) - waits(b) ||
    (waits(a) === 1 ? RANK[a.priority] - RANK[b.priority] : 0) ||
    a.createdAt - b.createdAt ||
    Math.abs(a.id) - Math.abs(b.id)
  );
}
