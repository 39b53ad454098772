// The models of the design's pictures.
import type { ComparedFile, ModelFile, ModelManifest, ModelSummary, VersionSummary } from '../../manager';

const at = (month: number, day: number, hour: number, minute: number) =>
  new Date(2025, month - 1, day, hour, minute).getTime();

const GB = 1_000_000_000;
export const INSTRUCT = 'harbour-7b-instruct';

export function sampleModels(): Record<string, ModelSummary[]> {
  const model = (name: string, latest: string | null, size: number, versions = 1): ModelSummary => ({
    name,
    latest,
    size,
    versions,
  });
  return {
    'models-r2': [
      model(INSTRUCT, 'v1.2.0', 15.24 * GB, 4),
      model('harbour-7b-base', 'v1.0.0', 15.23 * GB),
      model('harbour-embed-small', 'v2.1.0', 0.471 * GB),
      model('ocr-detector', 'v0.9.3', 0.0884 * GB),
      model('tts-coast', 'v0.4.0', 2.11 * GB),
    ],
    'minio-lab': [model(INSTRUCT, 'v1.1.0', 15.23 * GB)],
  };
}

export function sampleVersions(): VersionSummary[] {
  const version = (more: Partial<VersionSummary> & { version: string }): VersionSummary => ({
    finished: true,
    aliases: [],
    description: null,
    createdAt: null,
    parent: null,
    files: 15,
    size: 15.23 * GB,
    sent: null,
    ...more,
  });
  return [
    version({
      version: 'v1.2.0',
      aliases: ['latest'],
      description:
        'Tools and long context\nOnly the last seven layers were trained, so three of four shards are those of v1.1.0.',
      createdAt: at(11, 20, 18, 22),
      parent: 'v1.1.0',
      size: 15.24 * GB,
      sent: 3.56 * GB,
    }),
    version({
      version: 'v1.1.0',
      aliases: ['production'],
      description: 'Second preference round',
      createdAt: at(11, 2, 11, 5),
      parent: 'v1.0.1',
      sent: 7.42 * GB,
    }),
    version({
      version: 'v1.0.1',
      description: 'Chat template fixed',
      createdAt: at(10, 14, 16, 48),
      parent: 'v1.0.0',
      sent: 8200,
    }),
    version({
      version: 'v1.0.0',
      description: 'First release',
      createdAt: at(10, 9, 10, 31),
      sent: 15.23 * GB,
    }),
  ];
}

const same = (path: string, size: number): ComparedFile => ({
  path,
  before: size,
  after: size,
  change: 'same',
  copiedFrom: 'v1.1.0',
  sent: 0,
});
const sent = (path: string, before: number | null, after: number): ComparedFile => ({
  path,
  before,
  after,
  change: before === null ? 'new' : 'changed',
  copiedFrom: null,
  sent: after,
});

export const COMPARED: ComparedFile[] = [
  sent('README.md', 5800, 6200),
  sent('chat_template.jinja', null, 4100),
  { ...same('generation_config.json', 243), after: null, change: 'leftOut', copiedFrom: null },
  sent('model-00004-of-00004.safetensors', 3.56 * GB, 3.56 * GB),
  sent('tokenizer_config.json', 7300, 7600),
  same('LICENSE', 11_300),
  same('config.json', 663),
  same('eval/summary.md', 3120),
  same('merges.txt', 1_670_000),
  same('model-00001-of-00004.safetensors', 3.95 * GB),
  same('model-00002-of-00004.safetensors', 3.86 * GB),
  same('model-00003-of-00004.safetensors', 3.86 * GB),
  same('model.safetensors.index.json', 27_800),
  same('special_tokens_map.json', 613),
  same('tokenizer.json', 7_030_000),
  same('vocab.json', 2_780_000),
];

/** Hex that stands for a hash, the same for the same text. */
function digest(text: string): string {
  let h = 0x811c9dc5;
  let out = '';
  for (let round = 0; round < 8; round += 1) {
    for (const char of `${text}${round}`) h = Math.imul(h ^ char.charCodeAt(0), 0x01000193) >>> 0;
    out += h.toString(16).padStart(8, '0');
  }
  return out;
}

export function sampleManifest(name: string, version: VersionSummary): ModelManifest {
  const files = COMPARED.flatMap<ModelFile>(({ path, after }) =>
    after === null ? [] : [{ path, size: after, sha256: digest(`${path}${after}`) }],
  );
  const large = name.startsWith('harbour-7b');
  return {
    name,
    version: version.version,
    description: version.description,
    createdAt: version.createdAt,
    parent: name === INSTRUCT && version.version === 'v1.2.0' ? 'harbour-7b-base@v1.0.0' : version.parent,
    files,
    size: version.size,
    sha256: `4be1${digest(version.version).slice(0, 56)}90d7`,
    parameters: large ? 7_615_616_512 : null,
    precision: large ? 'BF16' : null,
    layers: large ? 28 : null,
    width: large ? 3584 : null,
    licence: 'Apache-2.0',
    metrics: [],
    training: [],
  };
}
