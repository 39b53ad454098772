export type Crumb = { name: string; prefix: string };

/** The bucket and each folder of a prefix, outermost first. */
export function crumbsOf(bucket: string, prefix: string): Crumb[] {
  const crumbs: Crumb[] = [{ name: bucket, prefix: '' }];
  let at = 0;
  for (let slash = prefix.indexOf('/'); slash >= 0; slash = prefix.indexOf('/', at)) {
    crumbs.push({ name: prefix.slice(at, slash), prefix: prefix.slice(0, slash + 1) });
    at = slash + 1;
  }
  return crumbs;
}

/** The folder above; null at the top of the bucket. */
export function above(prefix: string): string | null {
  if (prefix === '') return null;
  return prefix.slice(0, prefix.lastIndexOf('/', prefix.length - 2) + 1);
}

/** The last part of a key or prefix. */
export function nameOf(key: string): string {
  const whole = key.endsWith('/') ? key.slice(0, -1) : key;
  return whole.slice(whole.lastIndexOf('/') + 1);
}

/**
 * Which crumbs go into the menu when they do not fit: a stretch from the second on, end excluded. The first
 * and the last always stay; the last is cut when even they do not fit.
 */
export function collapse(widths: readonly number[], room: number, menu: number): [number, number] {
  let sum = widths.reduce((total, width) => total + width, 0);
  if (sum <= room || widths.length < 3) return [1, 1];
  sum += menu;
  let end = 1;
  while (end < widths.length - 1 && sum > room) {
    sum -= widths[end] ?? 0;
    end += 1;
  }
  return [1, end];
}

/** What was typed into the path field as a prefix: no slash in front, one behind. */
export function typedPrefix(text: string): string {
  const trimmed = text.trim().replace(/^\/+/, '');
  return trimmed === '' || trimmed.endsWith('/') ? trimmed : `${trimmed}/`;
}
