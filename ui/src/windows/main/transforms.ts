import { type MessageKey, t } from '../../i18n/i18n.svelte';
import { isPlain, pairsOf, read, sizeKind } from './transform/spec';

const FORMATS: Record<string, string> = { webp: 'WebP', avif: 'AVIF', jpeg: 'JPEG', jpg: 'JPEG', png: 'PNG' };

const FITS: Record<string, MessageKey> = {
  mfit: 'transform.outside',
  fill: 'transform.crop',
  pad: 'transform.pad',
  fixed: 'transform.stretch',
};

/** What is said in words, or goes without saying. */
const SAID = ['w', 'h', 'l', 's', 'p', 'fit', 'limit', 'format', 'q', 'orient', 'strip', 'animation'];

/** "WebP" for `webp`. */
export function formatName(format: string): string {
  return FORMATS[format.toLowerCase()] ?? format.toUpperCase();
}

/** "1600 × 1600, WebP 82" for `w=1600,h=1600,fit=limit,format=webp,q=82`; the spec itself where that says too little. */
export function describeTransform(spec: string): string {
  if (!isPlain(spec)) return spec;
  const format = read(spec, 'format');
  const fit = FITS[read(spec, 'fit')];
  const more = pairsOf(spec)?.some(([key]) => !SAID.includes(key)) ?? false;
  const words = [
    sizeInWords(spec),
    fit ? t(fit) : '',
    [format ? formatName(format) : '', read(spec, 'q')].filter(Boolean).join(' '),
    more ? t('transform.more') : '',
  ];
  return words.filter(Boolean).join(t('common.comma')) || spec;
}

function sizeInWords(spec: string): string {
  const [w, h] = [read(spec, 'w'), read(spec, 'h')];
  const kind = sizeKind(spec);
  if (kind === 'percent') return `${read(spec, 'p')}%`;
  if (kind === 'long') return t('transform.long', { n: read(spec, 'l') });
  if (kind === 'short') return t('transform.short', { n: read(spec, 's') });
  if (w && h) return `${w} × ${h}`;
  if (w) return t('transform.wide', { n: w });
  return h ? t('transform.high', { n: h }) : '';
}
