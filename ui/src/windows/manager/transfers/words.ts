// What a transfer says about itself, in words and figures.
import type { TransferView } from '../../../backend/transfers';
import { fileSize, speed } from '../../../i18n/format';
import { i18n, problemLine, t } from '../../../i18n/i18n.svelte';
import type { IconName } from '../../../parts/icons';
import { confirmedParts } from './parts';

export const isEnded = (view: TransferView): boolean =>
  view.state === 'done' || view.state === 'failed' || view.state === 'cancelled';
export const isHeld = (view: TransferView): boolean =>
  view.state === 'paused' || view.state === 'interrupted';
export const isAtWork = (view: TransferView): boolean =>
  view.state === 'running' || view.state === 'verifying';

const ICONS: Record<TransferView['kind'], IconName> = {
  upload: 'upl',
  push: 'upl',
  download: 'dnl',
  pull: 'dnl',
  copy: 'copy',
  move: 'move',
  delete: 'trash',
};

export const kindIcon = (view: TransferView): IconName => ICONS[view.kind];

/** "2.17 of 3.56 GB": the unit once where both have the same. */
export function bytesOf(done: number, total: number): string {
  const [a, b] = [fileSize(done), fileSize(total)];
  const [figure, unit] = a.split(' ');
  return t('transfers.of', { done: b.endsWith(` ${unit}`) ? (figure ?? a) : a, total: b });
}

/** "29 s", "1 min 14 s", "2 h 5 min". */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return t('transfers.seconds', { s: String(s) });
  if (s < 3600) return t('transfers.minutes', { m: String(Math.floor(s / 60)), s: String(s % 60) });
  if (s < 360_000)
    return t('transfers.hours', { h: String(Math.floor(s / 3600)), m: String(Math.floor((s % 3600) / 60)) });
  return t('transfers.days', { d: String(Math.floor(s / 86_400)) });
}

/** The second line of a row. */
export function detailLine(view: TransferView, now: number): string {
  if (view.state === 'failed' && view.problem) return problemLine(view.problem);
  const words = [amount(view)];
  if (view.state === 'verifying') words.push(t('transfers.checking'));
  else if (view.state === 'interrupted') words.push(t('transfers.keptWhenStopped'));
  else if (view.state === 'paused')
    words.push(t('transfers.keptSince', { when: since(view.createdAt, now) }));
  else if (view.parts && view.state === 'running')
    words.push(
      t('transfers.part', { n: String(confirmedParts(view.parts)), total: String(view.parts.total) }),
    );
  if (view.filesFailed > 0) words.push(t('transfers.filesFailed', { n: view.filesFailed }));
  if (view.filesSkipped > 0) words.push(t('transfers.filesSkipped', { n: view.filesSkipped }));
  // Nothing is known yet of what waits: then where it goes.
  return words.filter(Boolean).join(t('common.comma')) || view.detail;
}

function amount(view: TransferView): string {
  const { filesTotal, filesDone, bytesTotal, bytesDone } = view;
  const whole = view.state === 'queued' || view.state === 'verifying' || view.state === 'done';
  const words: string[] = [];
  if (filesTotal > 1) {
    const what = view.kind === 'delete' ? 'objects' : 'files';
    words.push(
      whole
        ? t(`transfers.count.${what}`, { n: filesTotal })
        : t(`transfers.countOf.${what}`, { done: filesDone, n: filesTotal }),
    );
  }
  if (bytesTotal > 0) words.push(whole ? fileSize(bytesTotal) : bytesOf(bytesDone, bytesTotal));
  else if (words.length === 0 && view.state !== 'queued') words.push(fileSize(bytesDone));
  return words.join(t('common.comma'));
}

/** "14:20" today, "19 Nov" before. */
function since(then: number, now: number): string {
  const today = new Date(then).toDateString() === new Date(now).toDateString();
  const text = new Intl.DateTimeFormat(
    i18n.locale === 'en' ? 'en-GB' : i18n.locale,
    today ? { timeStyle: 'short' } : { day: 'numeric', month: 'short' },
  ).format(new Date(then));
  // The house style sets figures off from Chinese.
  return text.replace(/(\d)(?=\p{Script=Han})/gu, '$1 ').replace(/(\p{Script=Han})(?=\d)/gu, '$1 ');
}

/** The two figure columns. */
export function figures(view: TransferView): { speed: string; left: string } {
  const left =
    isAtWork(view) && view.secondsLeft !== null
      ? t('transfers.left', { time: duration(view.secondsLeft) })
      : '–';
  if (view.state === 'running') return { speed: (view.speed && speed(view.speed)) || '–', left };
  return { speed: t(`transfers.state.${view.state}`), left };
}

export type Counts = { running: number; queued: number; held: number; failed: number };

export function countOf(views: readonly TransferView[]): Counts {
  const counts = { running: 0, queued: 0, held: 0, failed: 0 };
  for (const view of views) {
    if (isAtWork(view)) counts.running += 1;
    else if (view.state === 'queued') counts.queued += 1;
    else if (isHeld(view)) counts.held += 1;
    else if (view.state === 'failed' || view.filesFailed > 0) counts.failed += 1;
  }
  return counts;
}

/** "2 running, 1 paused, 1 failed". */
export function countLine(counts: Counts): string {
  const words: string[] = [];
  if (counts.running > 0) words.push(t('transfers.nRunning', { n: counts.running }));
  if (counts.queued > 0) words.push(t('transfers.nQueued', { n: counts.queued }));
  if (counts.held > 0) words.push(t('transfers.nPaused', { n: counts.held }));
  if (counts.failed > 0) words.push(t('transfers.nFailed', { n: counts.failed }));
  return words.join(t('common.comma'));
}

/** "2 uploading, 1 downloading", for the folded line. */
export function kindLine(views: readonly TransferView[]): string {
  const counts = new Map<TransferView['kind'], number>();
  for (const view of views) if (isAtWork(view)) counts.set(view.kind, (counts.get(view.kind) ?? 0) + 1);
  return [...counts].map(([kind, n]) => t(`transfers.atWork.${kind}`, { n })).join(t('common.comma'));
}

/** Whole percent; 100 only at the end. */
export function share(view: TransferView): number {
  if (view.state === 'done') return 100;
  const [done, total] =
    view.bytesTotal > 0 ? [view.bytesDone, view.bytesTotal] : [view.filesDone, view.filesTotal];
  return total > 0 ? Math.max(0, Math.min(99, Math.floor((done / total) * 100))) : 0;
}
