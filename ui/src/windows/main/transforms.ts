import { t } from '../../i18n/i18n.svelte';

const FORMATS: Record<string, string> = { webp: 'WebP', avif: 'AVIF', jpeg: 'JPEG', jpg: 'JPEG', png: 'PNG' };

/** "1600 × 1600, WebP 82" for `w=1600,h=1600,fit=limit,format=webp,q=82`; the spec itself where that says too little. */
export function describeTransform(spec: string): string {
  const pairs = new Map(
    spec.split(',').map((part): [string, string] => {
      const at = part.indexOf('=');
      return at < 0 ? [part.trim(), ''] : [part.slice(0, at).trim(), part.slice(at + 1).trim()];
    }),
  );
  const [w, h, format, q] = ['w', 'h', 'format', 'q'].map((key) => pairs.get(key));
  for (const key of ['w', 'h', 'fit', 'format', 'q']) pairs.delete(key);
  if (pairs.size > 0) return spec;
  const size =
    w && h ? `${w} × ${h}` : w ? t('transform.wide', { n: w }) : h ? t('transform.high', { n: h }) : '';
  const kind = [format ? (FORMATS[format] ?? format) : '', q ?? ''].filter(Boolean).join(' ');
  return [size, kind].filter(Boolean).join(t('common.comma')) || spec;
}

/** The pairs of a spec in order; null for `preset:…`, a raw `image/…`, or what is no list of pairs. */
function pairsOf(spec: string): [string, string][] | null {
  const text = spec.trim();
  if (text === '') return [];
  if (text.startsWith('image/') || text.startsWith('preset:')) return null;
  const pairs = text.split(',').map((part): [string, string] => {
    const at = part.indexOf('=');
    return at < 0 ? [part.trim(), ''] : [part.slice(0, at).trim(), part.slice(at + 1).trim()];
  });
  return pairs.every(([key, value]) => key !== '' && value !== '') ? pairs : null;
}

/** Whether a spec can be shown as fields. */
export function isPlainSpec(spec: string): boolean {
  return pairsOf(spec) !== null;
}

/** One value of a spec, '' where it is not said. */
export function readSpec(spec: string, key: string): string {
  return pairsOf(spec)?.find(([name]) => name === key)?.[1] ?? '';
}

/** The spec with one value changed; '' takes it out. The others stay as they are, in their order. */
export function writeSpec(spec: string, key: string, value: string): string {
  const pairs = pairsOf(spec) ?? [];
  const at = pairs.findIndex(([name]) => name === key);
  if (value === '') return join(pairs.filter(([name]) => name !== key));
  if (at >= 0) return join(pairs.map((pair, i) => (i === at ? [key, value] : pair)));
  const order = ['w', 'h', 'fit', 'format', 'q'];
  const before = pairs.findIndex(([name]) => order.indexOf(name) > order.indexOf(key));
  const next = [...pairs];
  next.splice(before < 0 ? pairs.length : before, 0, [key, value]);
  return join(next);
}

function join(pairs: [string, string][]): string {
  return pairs.map(([key, value]) => `${key}=${value}`).join(',');
}
