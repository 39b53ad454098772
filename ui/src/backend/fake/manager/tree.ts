// The objects of the fake: the design's pictures, and a bucket with a million keys.
import type { ObjectPage, ObjectRow } from '../../manager';

const at = (day: number, hour: number, minute: number) => new Date(2025, 10, day, hour, minute).getTime();

type Sample = [key: string, size: number, modified: number];

const V120 = 'harbour-7b-instruct/v1.2.0/';
const MODELS: Sample[] = [
  [`${V120}eval/harbour-bench.json`, 48_200, at(18, 9, 12)],
  [`${V120}eval/summary.md`, 3_120, at(18, 9, 12)],
  [`${V120}chat_template.jinja`, 4_100, at(20, 18, 20)],
  [`${V120}config.json`, 663, at(20, 18, 20)],
  [`${V120}LICENSE`, 11_300, at(20, 18, 20)],
  [`${V120}merges.txt`, 1_670_000, at(20, 18, 20)],
  [`${V120}model-00001-of-00004.safetensors`, 3_950_000_000, at(20, 18, 20)],
  [`${V120}model-00002-of-00004.safetensors`, 3_860_000_000, at(20, 18, 21)],
  [`${V120}model-00003-of-00004.safetensors`, 3_860_000_000, at(20, 18, 21)],
  [`${V120}model.safetensors.index.json`, 27_800, at(20, 18, 20)],
  [`${V120}README.md`, 6_200, at(20, 18, 20)],
  [`${V120}special_tokens_map.json`, 613, at(20, 18, 20)],
  [`${V120}tokenizer.json`, 7_030_000, at(20, 18, 20)],
  [`${V120}tokenizer_config.json`, 7_300, at(20, 18, 20)],
  [`${V120}vocab.json`, 2_780_000, at(20, 18, 20)],
  ['harbour-7b-instruct/v1.1.0/config.json', 663, at(2, 11, 5)],
  ['harbour-7b-instruct/v1.0.0/config.json', 663, at(1, 10, 31)],
  ['harbour-7b-base/v1.0.0/config.json', 663, at(1, 10, 31)],
  ['ocr-detector/model.gguf', 88_400_000, at(12, 16, 2)],
  ['cover.webp', 188_000, at(11, 8, 0)],
  ['index.html', 2_400, at(11, 8, 0)],
];

const IMAGES: Sample[] = [
  ['blog/2025/11/harbour-at-dawn-3f9a1c2e.webp', 212_000, at(20, 14, 31)],
  ['blog/2025/11/ridge-91ab33f0.webp', 176_000, at(19, 9, 3)],
  ['blog/2025/11/港口的清晨-77c2e9a4.webp', 203_000, at(18, 9, 3)],
  ['blog/2025/10/night-sky-0d4ab8f1.webp', 97_000, at(1, 9, 3)],
  ['favicon.svg', 1_900, at(1, 9, 3)],
];

const CHECKPOINTS: Sample[] = Array.from({ length: 140 }, (_, i) => [
  `run-07/checkpoint-${(i + 1) * 500}.pt`,
  1_210_000_000 + i * 1_000_000,
  at(1 + Math.floor(i / 6), 3 + (i % 20), (i * 7) % 60),
]);

export const MILLION = 1_000_000;
const PAGE = 1000;
/** `big/` of the bucket `million` holds this many keys, made when they are asked for. */
export const BIG = 'big/';

export type FakeObject = Omit<ObjectRow, 'key'>;

function tag(key: string, size: number): string {
  let h = 0x811c9dc5;
  for (const char of `${key}${size}`) h = Math.imul(h ^ char.charCodeAt(0), 0x01000193) >>> 0;
  const text = h.toString(16).padStart(8, '0');
  return size > 16_000_000 ? `"${text.repeat(4)}-${Math.ceil(size / 8_388_608)}"` : `"${text.repeat(4)}"`;
}

function bucket(samples: Sample[]): Map<string, FakeObject> {
  return new Map(
    samples.map(([key, size, modified]) => [
      key,
      { size, modified, class: 'STANDARD', etag: tag(key, size) },
    ]),
  );
}

export class FakeObjects {
  readonly buckets = new Map<string, Map<string, FakeObject>>([
    ['local', new Map()],
    ['blog-oss', bucket(IMAGES)],
    ['models-r2', bucket(MODELS)],
    ['models-r2/datasets', bucket([['imagenet-mini/val.tar', 6_740_000_000, at(19, 2, 0)]])],
    ['models-r2/checkpoints', bucket(CHECKPOINTS)],
    ['minio-lab', bucket([['notes.txt', 800, at(3, 3, 3)]])],
    ['minio-lab/million', bucket([[`${BIG}0`, 1, at(1, 1, 1)]])],
  ]);

  of(place: string): Map<string, FakeObject> {
    let objects = this.buckets.get(place);
    if (!objects) {
      objects = new Map();
      this.buckets.set(place, objects);
    }
    return objects;
  }

  put(place: string, key: string, size: number, modified: number): void {
    this.of(place).set(key, { size, modified, class: 'STANDARD', etag: tag(key, size) });
  }

  /** Keys that are these, or lie below those that end in `/`. */
  below(place: string, keys: readonly string[]): string[] {
    const found: string[] = [];
    for (const key of this.of(place).keys())
      if (keys.some((k) => (k.endsWith('/') ? key.startsWith(k) : key === k))) found.push(key);
    return found;
  }

  page(place: string, prefix: string, token: string | null): ObjectPage {
    if (place === 'minio-lab/million' && prefix === BIG) return million(Number(token ?? 0));
    const folders = new Set<string>();
    const objects: ObjectRow[] = [];
    for (const key of [...this.of(place).keys()].sort()) {
      if (!key.startsWith(prefix) || key === prefix) continue;
      const slash = key.indexOf('/', prefix.length);
      const object = this.of(place).get(key);
      if (slash >= 0) folders.add(key.slice(0, slash + 1));
      else if (object) objects.push({ key, ...object });
    }
    const from = Number(token ?? 0);
    const next = from + PAGE < objects.length ? String(from + PAGE) : null;
    return { folders: from === 0 ? [...folders] : [], objects: objects.slice(from, from + PAGE), next };
  }
}

function million(from: number): ObjectPage {
  const objects = Array.from({ length: Math.min(PAGE, MILLION - from) }, (_, i): ObjectRow => {
    const n = from + i;
    return {
      key: `${BIG}sample-${String(n).padStart(7, '0')}.npy`,
      size: 4096 + ((n * 7919) % 100_003),
      modified: at(1, 0, 0) + n * 1000,
      class: 'STANDARD',
      etag: null,
    };
  });
  return { folders: [], objects, next: from + PAGE < MILLION ? String(from + PAGE) : null };
}
