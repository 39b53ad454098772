// Transfers of the design's pictures, and long lists of them.
import type { TransferView } from '../../manager';
import { problem } from '../data';

export function transfer(view: Partial<TransferView> & { id: number; name: string }): TransferView {
  return {
    kind: 'upload',
    place: 'models-r2',
    detail: '',
    state: 'queued',
    priority: 'normal',
    filesTotal: 1,
    filesDone: 0,
    filesFailed: 0,
    filesSkipped: 0,
    bytesTotal: 0,
    bytesDone: 0,
    parts: null,
    speed: null,
    secondsLeft: null,
    problem: null,
    createdAt: new Date(2025, 10, 20, 14, 0, view.id % 60).getTime(),
    target: null,
    ...view,
  };
}

export const DISK_FULL = problem(
  'fileUnwritable',
  ['Disk full', 'The disk is full.', 'Free 4.2 GB, then retry: the 71% already here is kept.'],
  ['磁盘已满', '磁盘已满。', '请腾出 4.2 GB 后重试，已下载的 71% 会保留。'],
);

export const REFUSED_FILE = problem(
  'accessDenied',
  ['Refused', 'This key may not write here.', 'Allow PutObject on eval/*, then retry.'],
  ['被拒绝', '此密钥无权写入这里。', '请授予 eval/* 的 PutObject 权限，然后重试。'],
  { status: 403, providerCode: 'AccessDenied', requestId: '7C1F0A93E4B2D815' },
);

const SHARD = 3_560_000_000;
/** 19 November 2025, 09:03 local time. */
const BEGUN = new Date(2025, 10, 19, 9, 3).getTime();

/** The four rows of the design. */
export function designTransfers(): TransferView[] {
  return [
    transfer({
      id: 1,
      name: 'model-00004-of-00004.safetensors',
      state: 'running',
      bytesTotal: SHARD,
      bytesDone: 2_172_000_000,
      parts: {
        total: 424,
        done: [
          [0, 238],
          [244, 265],
        ],
        flying: [238, 239, 268, 272, 276, 280],
      },
      speed: 48_200_000,
      secondsLeft: 29,
      target: { prefix: 'harbour-7b-instruct/v1.2.0/' },
    }),
    transfer({
      id: 2,
      name: 'eval-logs-2025-11.tar.zst',
      state: 'verifying',
      bytesTotal: 1_210_000_000,
      bytesDone: 1_113_000_000,
      parts: { total: 145, done: [[0, 145]], flying: [] },
      secondsLeft: 2,
    }),
    transfer({
      id: 3,
      kind: 'download',
      name: 'imagenet-mini-val.tar',
      place: 'models-r2/datasets',
      state: 'paused',
      bytesTotal: 6_740_000_000,
      bytesDone: 2_560_000_000,
      parts: { total: 804, done: [[0, 306]], flying: [] },
    }),
    transfer({
      id: 4,
      kind: 'download',
      name: 'checkpoint-12000',
      place: 'models-r2/checkpoints',
      state: 'failed',
      filesTotal: 6,
      filesDone: 4,
      bytesTotal: 14_500_000_000,
      bytesDone: 10_300_000_000,
      problem: DISK_FULL,
    }),
  ].map((view, i) => ({ ...view, createdAt: BEGUN + i }));
}

/** One model on its way here, as the folded line of the design shows it. */
export function onePull(): TransferView[] {
  return [
    transfer({
      id: -1,
      kind: 'pull',
      name: 'tts-coast@v0.4.0',
      state: 'running',
      filesTotal: 9,
      filesDone: 5,
      bytesTotal: 2_110_000_000,
      bytesDone: 1_290_000_000,
      speed: 48_200_000,
      secondsLeft: 17,
    }),
  ];
}

/** Every kind and every state once. */
export function everyTransfer(): TransferView[] {
  return [
    ...designTransfers(),
    transfer({
      id: 5,
      name: 'eval',
      state: 'failed',
      filesTotal: 240,
      filesDone: 237,
      filesFailed: 3,
      bytesTotal: 81_000_000,
      bytesDone: 80_000_000,
    }),
    transfer({
      id: 6,
      name: 'run-07',
      state: 'running',
      filesTotal: 2000,
      filesDone: 1204,
      filesSkipped: 12,
      bytesTotal: 41_000_000,
      bytesDone: 24_000_000,
      speed: 900_000,
      secondsLeft: 74,
    }),
    transfer({
      id: 7,
      kind: 'download',
      name: 'interrupted.tar',
      state: 'interrupted',
      bytesTotal: 9e8,
      bytesDone: 1e8,
    }),
    transfer({ id: 8, name: 'waits-high.bin', priority: 'high', bytesTotal: 5e8 }),
    transfer({ id: 9, name: 'waits-low.bin', priority: 'low', bytesTotal: 5e8 }),
    transfer({
      id: -2,
      kind: 'copy',
      name: 'harbour-7b-base',
      state: 'running',
      filesTotal: 15,
      filesDone: 4,
    }),
    transfer({ id: -3, kind: 'move', name: 'old', state: 'running', filesTotal: 9, filesDone: 1 }),
    transfer({
      id: -4,
      kind: 'delete',
      name: 'run-06',
      state: 'running',
      filesTotal: 4000,
      filesDone: 1000,
    }),
    transfer({ id: -5, kind: 'push', name: 'ocr-detector@v0.9.4', bytesTotal: 88_400_000 }),
  ];
}

export function manyTransfers(n: number): TransferView[] {
  return Array.from({ length: n }, (_, i) =>
    transfer({
      id: i + 1,
      name: `checkpoint-${(i + 1) * 500}.pt`,
      bytesTotal: 1_210_000_000 + i * 1_000_000,
      createdAt: i,
    }),
  );
}
