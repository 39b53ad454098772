import type { ManagerBackend, ManagerEvent, TransferView } from '../../../backend/manager';

/** All transfers the window knows of, and the speed of the last second. */
export class Transfers {
  readonly backend: ManagerBackend;
  items = $state.raw<TransferView[]>([]);
  up = $state(0);
  down = $state(0);

  constructor(backend: ManagerBackend) {
    this.backend = backend;
  }

  replace(items: TransferView[]): void {
    this.items = items;
  }

  apply(events: ManagerEvent[]): void {
    let next: Map<number, TransferView> | null = null;
    for (const event of events) {
      if (event.type === 'speed') {
        this.up = event.up;
        this.down = event.down;
      } else if (event.type === 'transfer' || event.type === 'transfersRemoved') {
        next ??= new Map(this.items.map((item) => [item.id, item]));
        if (event.type === 'transfer') next.set(event.transfer.id, event.transfer);
        else for (const id of event.ids) next.delete(id);
      }
    }
    if (next) this.items = [...next.values()];
  }
}
