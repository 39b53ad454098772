// A believable file manager in memory: for the browser tests and for `npm run dev`.
import type {
  BucketRow,
  CopyRequest,
  Existing,
  FileDrag,
  ManagerBackend,
  ObjectCount,
  ObjectDetails,
  ObjectHeaders,
  ObjectPage,
  Peek,
  PictureFile,
  ShareLink,
  VersionRow,
} from '../manager';
import type * as T from '../types';
import { NOW, PROBLEMS, PROVIDERS } from './data';
import type { ManagerScenario } from './manager/base';
import { FakeModels } from './manager/models';
import { FakeObjects } from './manager/tree';

const BUCKETS: Record<string, string[]> = {
  local: ['images'],
  'blog-oss': ['blog-images'],
  'models-r2': ['models', 'datasets', 'checkpoints'],
  'minio-lab': ['lab', 'million'],
};

export class FakeManager extends FakeModels implements ManagerBackend {
  objects = new FakeObjects();
  #headers = new Map<string, ObjectHeaders>();
  #versions = new Map<string, VersionRow[]>();
  #acl = new Map<string, string>();
  #nextTask = -1;

  async subscribe(onDelta: (delta: T.Delta) => void): Promise<T.Snapshot> {
    await this.call('subscribe');
    this.listener = onDelta;
    return structuredClone({
      seq: this.seq,
      settings: this.settings,
      profiles: this.profiles,
      uploads: [],
      historyRevision: 0,
      store: { running: true, publicBase: 'http://127.0.0.1:36690/images', port: 36690, moved: false },
    });
  }

  onDrag(cb: (drag: FileDrag) => void): void {
    this.onDragState = cb;
    document.addEventListener('dragover', (event) => {
      event.preventDefault();
      cb({ state: 'over', x: event.clientX, y: event.clientY });
    });
    document.addEventListener('dragleave', () => cb({ state: 'none' }));
    document.addEventListener('drop', (event) => {
      event.preventDefault();
      this.dropped = [...(event.dataTransfer?.files ?? [])].map((file) => file.name);
      cb({ state: 'drop', x: event.clientX, y: event.clientY, drop: 1 });
    });
  }

  async providerList(): Promise<T.ProviderView[]> {
    return structuredClone(PROVIDERS);
  }

  async openMain(): Promise<void> {
    await this.call('openMain');
  }

  async copyText(text: string): Promise<void> {
    await this.call('copyText', text);
    this.clipboard = text;
  }

  thumbUrl(path: string): string {
    return path;
  }

  async bucketList(profile: string): Promise<BucketRow[]> {
    await this.call('bucketList', profile);
    const own = this.profiles.find((p) => p.profile.name === profile)?.profile.bucket;
    const names = BUCKETS[profile];
    if (!names) throw PROBLEMS.timeout;
    return names.map((name) => ({ name, place: name === own ? profile : `${profile}/${name}` }));
  }

  async objectList(place: string, prefix: string, page: string | null): Promise<ObjectPage> {
    await this.call('objectList', place, prefix, page);
    return structuredClone(this.objects.page(place, prefix, page));
  }

  async objectStat(place: string, key: string): Promise<ObjectDetails> {
    await this.call('objectStat', place, key);
    return this.#details(place, key);
  }

  #details(place: string, key: string): ObjectDetails {
    const object = this.objects.of(place).get(key) ?? {
      size: 4096,
      modified: NOW,
      class: 'STANDARD',
      etag: '"d41d8cd98f00b204e9800998ecf8427e"',
    };
    const profile = this.profiles.find((p) => p.profile.name === place)?.profile;
    const base = place === profile?.name ? profile.publicUrl : null;
    return {
      key,
      ...object,
      version: null,
      versions: place.startsWith('blog-oss'),
      contentType: typeOf(key),
      cacheControl: 'max-age=31536000',
      contentDisposition: null,
      metadata: [['uploaded-by', 'hoist']],
      ...this.#headers.get(`${place}:${key}`),
      publicUrl: base ? `${base}/${encodeURI(key)}` : null,
      sha256: /safetensors$/.test(key)
        ? '9f2c41d07be3a8550d11c2aa7f0b64f1c3de8a9025b7f4e6d8c1a0b2934ee61b'
        : null,
      remarks: [],
    };
  }

  async objectHeaders(place: string, key: string, headers: ObjectHeaders): Promise<ObjectDetails> {
    await this.call('objectHeaders', place, key, headers);
    this.#headers.set(`${place}:${key}`, headers);
    return this.#details(place, key);
  }

  async objectAcl(place: string, key: string): Promise<string | null> {
    await this.call('objectAcl', place, key);
    return place.startsWith('blog-oss') ? (this.#acl.get(key) ?? 'default') : null;
  }

  async objectSetAcl(place: string, key: string, acl: string): Promise<void> {
    await this.call('objectSetAcl', place, key, acl);
    this.#acl.set(key, acl);
  }

  #versionsOf(place: string, key: string): VersionRow[] {
    const known = this.#versions.get(`${place}:${key}`);
    if (known) return known;
    const size = this.objects.of(place).get(key)?.size ?? 0;
    const made = [0, 1, 2, 3].map((n) => ({
      id: `CAEQNhiBgMDJgZCA0Bg${n}`,
      size: n === 2 ? 0 : Math.round(size * (1 - n / 10)),
      modified: NOW - n * 86_400_000,
      etag: null,
      latest: n === 0,
      deleted: n === 2,
    }));
    this.#versions.set(`${place}:${key}`, made);
    return made;
  }

  async objectVersions(place: string, key: string): Promise<VersionRow[] | null> {
    await this.call('objectVersions', place, key);
    return place.startsWith('blog-oss') ? structuredClone(this.#versionsOf(place, key)) : null;
  }

  async versionRestore(place: string, key: string, version: string): Promise<void> {
    await this.call('versionRestore', place, key, version);
    const rows = this.#versionsOf(place, key);
    const old = rows.find((row) => row.id === version);
    if (!old) throw PROBLEMS.timeout;
    for (const row of rows) row.latest = false;
    rows.unshift({ ...old, id: `CAEQNhiBgMDJgZCA0Bg${rows.length}`, modified: NOW + 1, latest: true });
  }

  async versionDelete(place: string, key: string, version: string): Promise<void> {
    await this.call('versionDelete', place, key, version);
    const left = this.#versionsOf(place, key).filter((row) => row.id !== version);
    this.#versions.set(
      `${place}:${key}`,
      left.map((row, n) => ({ ...row, latest: n === 0 })),
    );
  }

  async versionDownload(
    place: string,
    key: string,
    version: string,
    into: string | null,
  ): Promise<number | null> {
    await this.call('versionDownload', place, key, version, into);
    return this.begin('download', key.slice(key.lastIndexOf('/') + 1), { place });
  }

  async objectPreview(place: string, key: string): Promise<PictureFile | null> {
    await this.call('objectPreview', place, key);
    return /\.(webp|jpe?g|png|gif|avif)$/i.test(key)
      ? { path: 'img/harbour.jpg', width: 1600, height: 1200 }
      : null;
  }

  async objectPeek(place: string, key: string): Promise<Peek> {
    await this.call('objectPeek', place, key);
    return peek(key);
  }

  async objectCount(place: string, keys: string[]): Promise<ObjectCount> {
    await this.call('objectCount', place, keys);
    const found = this.objects.below(place, keys);
    const bytes = found.reduce((sum, key) => sum + (this.objects.of(place).get(key)?.size ?? 0), 0);
    return { objects: Math.max(found.length, keys.length), bytes };
  }

  async objectDelete(place: string, keys: string[]): Promise<number> {
    await this.call('objectDelete', place, keys);
    for (const key of this.objects.below(place, keys)) this.objects.of(place).delete(key);
    this.emit({ type: 'objects', place, prefix: folderOf(keys[0] ?? '') });
    return this.#nextTask--;
  }

  async objectCopy(request: CopyRequest): Promise<number> {
    await this.call('objectCopy', request);
    const { from, to, base, prefix, exactKey, existing } = request;
    for (const key of this.objects.below(from, request.keys)) {
      const object = this.objects.of(from).get(key);
      const source = request.keys[0] ?? '';
      let target = exactKey !== null ? exactKey + key.slice(source.length) : prefix + key.slice(base.length);
      if (!object) continue;
      if (this.objects.of(to).has(target)) {
        if (existing === 'skip') continue;
        if (existing === 'both') target = target.replace(/(\.[^./]+)?$/, ' (2)$1');
      }
      this.objects.of(to).set(target, { ...object });
      if (request.removeSource && !(from === to && target === key)) this.objects.of(from).delete(key);
    }
    this.emit(
      { type: 'objects', place: to, prefix: exactKey === null ? prefix : folderOf(exactKey) },
      ...(request.removeSource ? [{ type: 'objects' as const, place: from, prefix: base }] : []),
    );
    return this.#nextTask--;
  }

  async folderCreate(place: string, prefix: string): Promise<void> {
    await this.call('folderCreate', place, prefix);
    this.objects.put(place, prefix, 0, NOW);
    this.emit({ type: 'objects', place, prefix: folderOf(prefix) });
  }

  async presign(place: string, key: string, seconds: number, download: boolean): Promise<ShareLink> {
    await this.call('presign', place, key, seconds, download);
    const url = `https://storage.example.com/${encodeURI(key)}?X-Amz-Expires=${seconds}&X-Amz-Signature=5e1f`;
    return { url, qr: pattern(29) };
  }

  async copyObjectLinks(place: string, keys: string[], format: string | null): Promise<T.CopiedView> {
    await this.call('copyObjectLinks', place, keys, format);
    const name = format ?? this.settings.linkFormat ?? 'url';
    const urls = keys.map((key) => `https://models.example.com/${encodeURI(key)}`);
    this.clipboard = urls.map((url) => (name === 'markdown' ? `![](${url})` : url)).join('\n');
    return { count: urls.length, format: name, text: this.clipboard };
  }

  async transferDrop(place: string, prefix: string, drop: number): Promise<number> {
    await this.call('transferDrop', place, prefix, drop);
    return this.#upload(place, this.dropped, prefix);
  }

  #upload(place: string, paths: string[], prefix: string): number {
    for (const path of paths) this.objects.put(place, prefix + (path.split('/').pop() ?? path), 180_000, NOW);
    this.emit({ type: 'objects', place, prefix });
    return 900;
  }

  async chooseUpload(place: string, prefix: string, folders: boolean): Promise<number | null> {
    await this.call('chooseUpload', place, prefix, folders);
    return this.#upload(place, [folders ? 'eval-logs' : 'eval-notes.md'], prefix);
  }

  async transferDownload(
    place: string,
    keys: string[],
    existing: Existing,
    into: string | null,
  ): Promise<number | null> {
    await this.call('transferDownload', place, keys, existing, into);
    return 901;
  }
}

function folderOf(key: string): string {
  return key.slice(0, key.replace(/\/$/, '').lastIndexOf('/') + 1);
}

const TYPES: Record<string, string> = {
  json: 'application/json',
  md: 'text/markdown',
  txt: 'text/plain',
  html: 'text/html',
  webp: 'image/webp',
  svg: 'image/svg+xml',
};

function typeOf(key: string): string {
  return TYPES[key.split('.').pop() ?? ''] ?? 'application/octet-stream';
}

/** The shard of the design's pictures: 7 layers of 11 tensors, the embedding and the norm. */
function peek(key: string): Peek {
  const wide = 3584;
  const layer: [string, number[]][] = [
    ['input_layernorm.weight', [wide]],
    ['mlp.down_proj.weight', [wide, 18944]],
    ['mlp.gate_proj.weight', [18944, wide]],
    ['mlp.up_proj.weight', [18944, wide]],
    ['post_attention_layernorm.weight', [wide]],
    ['self_attn.k_proj.bias', [512]],
    ['self_attn.k_proj.weight', [512, wide]],
    ['self_attn.o_proj.weight', [wide, wide]],
    ['self_attn.q_proj.weight', [wide, wide]],
    ['self_attn.v_proj.bias', [512]],
    ['self_attn.v_proj.weight', [512, wide]],
  ];
  const all: [string, number[]][] = [['model.embed_tokens.weight', [152064, wide]]];
  for (let n = 0; n < 7; n += 1)
    for (const [name, shape] of layer) all.push([`model.layers.${n}.${name}`, shape]);
  all.push(['model.norm.weight', [wide]]);
  const tensors = all.map(([name, shape]) => ({
    name,
    dtype: 'BF16',
    shape,
    bytes: 2 * shape.reduce((product, side) => product * side, 1),
  }));
  const parameters = tensors.reduce((sum, tensor) => sum + tensor.bytes / 2, 0);
  return {
    format: key.endsWith('.gguf') ? 'gguf' : 'safetensors',
    parameters,
    dtypes: [['BF16', parameters]],
    tensors,
    metadata: { format: 'pt' },
    read: 10_240,
  };
}

/** Looks like a QR code, with its quiet zone; is none. */
function pattern(side: number): string[] {
  const dark = (x: number, y: number) => {
    const [dx, dy] = [Math.min(x, side - 1 - x), Math.min(y, side - 1 - y)];
    const eye = dx <= 7 && dy <= 7 && !(x > 7 && y > 7);
    if (!eye) return ((x * 73_856_093) ^ (y * 19_349_663)) % 5 > 1;
    const ring = Math.max(Math.abs(dx - 3), Math.abs(dy - 3));
    return ring === 3 || ring <= 1;
  };
  const quiet = 4;
  return Array.from({ length: side + 2 * quiet }, (_, y) =>
    Array.from({ length: side + 2 * quiet }, (_, x) => {
      const [column, row] = [x - quiet, y - quiet];
      const inside = column >= 0 && row >= 0 && column < side && row < side;
      return inside && dark(column, row) ? '1' : '0';
    }).join(''),
  );
}

/** `manager.html?scenario=files&theme=dark&lang=zh-CN` */
export function managerFromLocation(): FakeManager {
  const query = new URLSearchParams(location.search);
  const backend = new FakeManager({
    scenario: (query.get('scenario') ?? 'files') as ManagerScenario,
    ...(query.get('transfers') ? { transfers: query.get('transfers') ?? '' } : {}),
    pace: Number(query.get('pace') ?? 40),
    settings: {
      theme: (query.get('theme') ?? 'auto') as T.Theme,
      language: (query.get('lang') ?? 'en') as T.UiLanguage,
    },
  });
  Object.assign(window, { hoist: backend });
  return backend;
}
