// A transform as text: `w=800,h=600,fit=fill,format=webp,q=80`. The text is all that passes between
// the window and Rust; what the fields do not know stays in it, in its place.

/** Names in the order a spec is written. */
const ORDER = [
  'orient',
  'crop',
  'w',
  'h',
  'l',
  's',
  'p',
  'fit',
  'limit',
  'color',
  'rotate',
  'sharpen',
  'blur',
  'bright',
  'contrast',
  'circle',
  'round',
  'text',
  'text-size',
  'text-color',
  'text-font',
  'text-at',
  'text-x',
  'text-y',
  'text-opacity',
  'text-rotate',
  'text-shadow',
  'text-fill',
  'mark',
  'mark-at',
  'mark-x',
  'mark-y',
  'mark-opacity',
  'mark-scale',
  'format',
  'q',
  'interlace',
  'animation',
  'strip',
] as const;

export type Key = (typeof ORDER)[number];

const ALIASES: Record<string, Key> = {
  width: 'w',
  height: 'h',
  long: 'l',
  short: 's',
  percent: 'p',
  m: 'fit',
  background: 'color',
  f: 'format',
  quality: 'q',
};

/** What a key means when it is not written. */
const DEFAULTS: Partial<Record<Key, string>> = {
  fit: 'lfit',
  limit: '1',
  orient: '0',
  color: 'FFFFFF',
  rotate: '0',
  bright: '0',
  contrast: '0',
  interlace: '0',
  animation: 'keep',
};

type Pair = readonly [key: string, value: string];

function canonical(name: string): string {
  const lower = name.toLowerCase();
  return ALIASES[lower] ?? lower;
}

/** The pairs in their order; null where fields cannot show the spec: a chain `image/…`, a `style`, or no list of pairs. */
export function pairsOf(spec: string): Pair[] | null {
  const text = spec.trim();
  if (text === '') return [];
  if (/^(image\/|preset:|style[/=])/i.test(text)) return null;
  const pairs: Pair[] = [];
  const seen = new Set<string>();
  for (const part of text.split(',')) {
    if (part.trim() === '') continue;
    const at = part.indexOf('=');
    const key = canonical(part.slice(0, at).trim());
    const value = part.slice(at + 1).trim();
    if (at < 1 || key === '' || value === '' || seen.has(key)) return null;
    seen.add(key);
    pairs.push([key, value]);
  }
  return pairs;
}

/** Whether a spec can be shown as fields. */
export function isPlain(spec: string): boolean {
  return pairsOf(spec) !== null;
}

/** One value of a spec, '' where it is not said. */
export function read(spec: string, key: Key): string {
  return pairsOf(spec)?.find(([name]) => name === key)?.[1] ?? '';
}

export type Change = Partial<Record<Key, string>>;

/** The spec with values changed; '' takes one out. The others stay as they are, in their order. */
export function write(spec: string, change: Change): string {
  let pairs = [...(pairsOf(spec) ?? [])];
  for (const [key, value] of Object.entries(change)) {
    const at = pairs.findIndex(([name]) => name === key);
    if (value === '') pairs = pairs.filter(([name]) => name !== key);
    else if (at >= 0) pairs[at] = [key, value];
    else pairs.splice(placeFor(pairs, key), 0, [key, value]);
  }
  return pairs.map(([key, value]) => `${key}=${value}`).join(',');
}

/** Before the first key that is written later; keys nobody knows are passed over. */
function placeFor(pairs: readonly Pair[], key: string): number {
  const order: readonly string[] = ORDER;
  const rank = order.indexOf(key);
  const at = pairs.findIndex(([name]) => order.indexOf(name) > rank);
  return at < 0 ? pairs.length : at;
}

/** Whether two specs ask for the same: order, aliases, letter case of colours and defaults aside. */
export function same(one: string, two: string): boolean {
  const [a, b] = [meaning(one), meaning(two)];
  return a === b;
}

function meaning(spec: string): string {
  const pairs = pairsOf(spec);
  if (pairs === null) return `raw ${spec.trim()}`;
  return pairs
    .map(([key, value]): Pair => [key, plainValue(key, value)])
    .filter(([key, value]) => DEFAULTS[key as Key] !== value)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',');
}

function plainValue(key: string, value: string): string {
  if (key === 'fit') return value === 'limit' ? 'lfit' : value.toLowerCase();
  if (key === 'format') return value.toLowerCase() === 'jpg' ? 'jpeg' : value.toLowerCase();
  if (key === 'color' || key === 'text-color') return value.replace(/^#/, '').toUpperCase();
  return value;
}

/** Text inside a spec: nothing of it may be taken for the spec's own commas and signs. */
export function encodeText(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

export function decodeText(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    // Not written by us: better as it is than not at all.
    return value;
  }
}

/** Where something is put: the nine places of the host, row by row. */
export const PLACES = ['nw', 'north', 'ne', 'west', 'center', 'east', 'sw', 'south', 'se'] as const;
export type Place = (typeof PLACES)[number];

export type Crop = { w: string; h: string; x: string; y: string; at: Place };
export const NO_CROP: Crop = { w: '', h: '', x: '', y: '', at: 'nw' };

/** `400x300+10+20@center`; null for what is written in another way. */
export function readCrop(value: string): Crop | null {
  if (value === '') return NO_CROP;
  const found = /^(\d*)x(\d*)(?:\+(\d+)\+(\d+))?(?:@(\w+))?$/.exec(value);
  const at = found?.[5] ?? 'nw';
  if (!found || !(PLACES as readonly string[]).includes(at)) return null;
  return {
    w: found[1] ?? '',
    h: found[2] ?? '',
    x: noZero(found[3]),
    y: noZero(found[4]),
    at: at as Place,
  };
}

function noZero(text: string | undefined): string {
  return text === undefined || Number(text) === 0 ? '' : text;
}

/** The value of `crop`; '' while a width or a height is missing. */
export function writeCrop(crop: Crop): string {
  if (Number(crop.w) < 1 || Number(crop.h) < 1) return '';
  const from = crop.x === '' && crop.y === '' ? '' : `+${crop.x || 0}+${crop.y || 0}`;
  return `${crop.w}x${crop.h}${from}${crop.at === 'nw' ? '' : `@${crop.at}`}`;
}

/** `R:S`, both 1 to 50; `R` alone has the same spread. */
export function readBlur(value: string): { radius: string; spread: string } {
  const [radius = '', spread = radius] = value.split(':');
  return { radius, spread };
}

/** The value of `blur`; '' without a radius. */
export function writeBlur(radius: string, spread: string): string {
  return radius === '' ? '' : `${radius}:${spread || radius}`;
}

/** How the size is asked for: by a box, by one side, or by a share. */
export type SizeKind = 'box' | 'long' | 'short' | 'percent';

export function sizeKind(spec: string): SizeKind {
  if (read(spec, 'p') !== '') return 'percent';
  if (read(spec, 'w') !== '' || read(spec, 'h') !== '') return 'box';
  if (read(spec, 'l') !== '') return 'long';
  return read(spec, 's') !== '' ? 'short' : 'box';
}

/** The other side of a box whose shape is kept, at least one pixel; '' where there is no shape to keep. */
export function otherSide(value: string, of: number, other: number): string {
  if (value === '' || Number(value) < 1 || of < 1 || other < 1) return '';
  return String(Math.max(1, Math.min(16_384, Math.round((Number(value) * other) / of))));
}
