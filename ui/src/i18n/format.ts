// Figures as the design writes them: decimal units, three digits from MB on.

const UNITS = ['KB', 'MB', 'GB', 'TB'] as const;

/** "96 KB", "3.84 MB", "512 B". */
export function bytes(n: number): string {
  if (n < 1000) return `${Math.round(n)} B`;
  let value = n / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  if (unit === 0) return `${Math.round(value)} KB`;
  const digits = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}

/** "1.8 MB/s"; nothing below 1 KB/s. */
export function speed(perSecond: number): string {
  if (perSecond < 1000) return '';
  if (perSecond < 999_500) return `${Math.round(perSecond / 1000)} KB/s`;
  const mb = perSecond / 1e6;
  return `${mb >= 99.5 ? Math.round(mb) : mb.toFixed(1)} MB/s`;
}

/** "November 2025", "2025年11月". */
export function monthName(locale: string, year: number, month: number): string {
  const text = new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'long' }).format(
    new Date(year, month - 1, 1),
  );
  // The house style sets figures off from Chinese: 2025 年 11 月.
  return locale.startsWith('zh') ? text.replace(/(\d)(?=[年月])/g, '$1 ').replace(/年(?=\d)/, '年 ') : text;
}

/** "20 Nov 2025, 14:31" in the reader's order. */
export function dateTime(locale: string, ms: number): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(ms));
}

export function count(locale: string, n: number): string {
  return new Intl.NumberFormat(locale).format(n);
}

/** The name without its extension, as tiles show it. */
export function stem(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(0, dot) : name;
}

/** Whole percent, never 100 before the end. */
export function percent(sent: number, total: number | null): number | null {
  if (!total || total <= 0) return null;
  return Math.max(0, Math.min(99, Math.floor((sent / total) * 100)));
}

/** A size in a table of files, where small ones matter: "663 B", "4.1 KB", "7.03 MB", "15.24 GB". */
export function fileSize(n: number): string {
  if (n < 1000) return `${n} B`;
  let value = n / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const two = unit >= 2 ? 99.995 : unit === 1 ? 9.995 : 0;
  const digits = value >= 99.95 ? 0 : value < two ? 2 : 1;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}

const stamps: Record<string, Intl.DateTimeFormat> = {
  en: new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  }),
  // ISO order, which the house style takes for tables.
  'zh-CN': new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'short' }),
};

/** A moment in a table: "20 Nov 2025, 18:20", "2025-11-20 18:20". */
export function stamp(locale: string, ms: number): string {
  return (stamps[locale] ?? stamps.en)?.format(ms) ?? '';
}
