import type { TransferPriority, TransferView } from '../../../backend/transfers';
import { problemDetails, t } from '../../../i18n/i18n.svelte';
import type { MenuEntry } from '../../../parts/menu';
import { canPause, type Transfers } from './state.svelte';
import { isEnded, isHeld } from './words';

const PRIORITIES: TransferPriority[] = ['high', 'normal', 'low'];

/** What can be done with one transfer, in its state. */
export function transferEntries(transfers: Transfers, view: TransferView): MenuEntry[] {
  const entries: MenuEntry[] = [];
  if (isHeld(view) || canPause(view)) {
    entries.push({
      kind: 'item',
      label: t(isHeld(view) ? 'transfers.resume' : 'transfers.pause'),
      icon: isHeld(view) ? 'play' : 'pause',
      key: t('key.space'),
      testid: 'transfer-toggle',
      run: () => transfers.toggle(view),
    });
  }
  if (view.state === 'failed' || view.filesFailed > 0) {
    entries.push({
      kind: 'item',
      label: t('common.retry'),
      icon: 'retry',
      key: 'R',
      run: () => transfers.retry(view),
    });
  }
  if (view.filesFailed > 0) {
    entries.push({
      kind: 'item',
      label: t('transfers.showFailed', { n: view.filesFailed }),
      icon: 'list',
      testid: 'transfer-failures',
      run: () => {
        transfers.listing = view;
      },
    });
  }
  if (!isEnded(view) && view.id > 0) {
    entries.push({ kind: 'separator' }, { kind: 'head', label: t('transfers.priority') });
    for (const priority of PRIORITIES) {
      entries.push({
        kind: 'radio',
        label: t(`transfers.priority.${priority}`),
        checked: view.priority === priority,
        testid: `transfer-priority-${priority}`,
        run: () => transfers.prioritise(view, priority),
      });
    }
  }
  const { problem } = view;
  if (problem) {
    const where = `${view.name}, ${view.place}`;
    entries.push({
      kind: 'item',
      label: t('row.copyError'),
      icon: 'copy',
      run: () => transfers.voice.copyText(`${where}\n${problemDetails(problem)}`),
    });
  }
  if (entries.length > 0) entries.push({ kind: 'separator' });
  entries.push({
    kind: 'item',
    label: t(isEnded(view) ? 'transfers.remove' : 'transfers.cancel'),
    icon: 'x',
    key: t('key.delete'),
    danger: !isEnded(view),
    testid: 'transfer-cancel',
    run: () => transfers.cancel(view),
  });
  return entries;
}
