// Transfers of the fake.
import type { TransferFailure, TransferPriority, TransfersBackend, TransferView } from '../../manager';
import { FakeManagerBase } from './base';

export class FakeTransfers extends FakeManagerBase implements TransfersBackend {
  transfers = new Map<number, TransferView>();

  async transferList(): Promise<TransferView[]> {
    return structuredClone([...this.transfers.values()]);
  }

  async transferPause(id: number): Promise<void> {
    await this.call('transferPause', id);
  }

  async transferResume(id: number): Promise<void> {
    await this.call('transferResume', id);
  }

  async transferCancel(id: number): Promise<void> {
    await this.call('transferCancel', id);
  }

  async transferPauseAll(): Promise<void> {
    await this.call('transferPauseAll');
  }

  async transferResumeAll(): Promise<void> {
    await this.call('transferResumeAll');
  }

  async transferClear(): Promise<void> {
    await this.call('transferClear');
  }

  async transferPriority(id: number, priority: TransferPriority): Promise<void> {
    await this.call('transferPriority', id, priority);
  }

  async transferFailures(id: number): Promise<TransferFailure[]> {
    await this.call('transferFailures', id);
    return [];
  }

  async setRateLimit(bytesPerSecond: number | null): Promise<void> {
    await this.call('setRateLimit', bytesPerSecond);
  }
}
