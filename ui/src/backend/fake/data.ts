// Sample data: believable, fixed in time, nobody's.
import type * as T from '../types';

/** 20 November 2025, 14:31 local time. */
export const NOW = new Date(2025, 10, 20, 14, 31).getTime();

export const PICTURES = [
  'vases',
  'chart',
  'dunes',
  'forest',
  'editor',
  'night',
  'snow',
  'paper',
  'sea',
  'fern',
  'settings',
  'city',
  'terminal',
  'diagram',
  'harbour-s',
];

export const SAMPLES: [name: string, picture: string, size: number][] = [
  ['still-life-02.webp', 'vases', 96_000],
  ['Q3 loss curves.png', 'chart', 88_000],
  ['dunes-03.webp', 'dunes', 141_000],
  ['mist.webp', 'forest', 118_000],
  ['pipeline-rs.png', 'editor', 64_000],
  ['night-sky.webp', 'night', 203_000],
  ['ridge.webp', 'snow', 176_000],
  ['receipt.png', 'paper', 52_000],
  ['sea.webp', 'sea', 97_000],
  ['fern.webp', 'fern', 231_000],
  ['settings.png', 'settings', 41_000],
  ['skyline.webp', 'city', 188_000],
  ['terminal.png', 'terminal', 73_000],
  ['request-flow.png', 'diagram', 35_000],
  ['港口的清晨.webp', 'harbour-s', 212_000],
];

export function problem(
  code: T.Code,
  en: [string, string, string],
  zh: [string, string, string],
  more: Partial<T.ProblemView> = {},
): T.ProblemView {
  const text = ([short, what, fix]: [string, string, string]): T.Text => ({ short, what, fix });
  return {
    code,
    field: null,
    en: text(en),
    zh: text(zh),
    status: null,
    providerCode: null,
    requestId: null,
    retryable: false,
    ...more,
  };
}

export const PROBLEMS = {
  refused: problem(
    'accessDenied',
    ['Refused', 'This key may not write here.', 'Allow PutObject on blog-images/2025/*, then retry.'],
    ['被拒绝', '此密钥无权写入这里。', '请授予 blog-images/2025/* 的 PutObject 权限，然后重试。'],
    { status: 403, providerCode: 'AccessDenied', requestId: '7C1F0A93E4B2D815' },
  ),
  notImage: problem(
    'notAnImage',
    [
      'Not an image',
      '“notes.png” holds text, not an image.',
      'Choose a JPEG, PNG, GIF, WebP, AVIF or SVG file.',
    ],
    ['不是图片', '“notes.png”的内容是文本，不是图片。', '请选择 JPEG、PNG、GIF、WebP、AVIF 或 SVG 文件。'],
  ),
  noClipboard: problem(
    'clipboardEmpty',
    [
      'Nothing to paste',
      'The clipboard holds no image.',
      'Copy an image or an image file, then paste again.',
    ],
    ['没有可粘贴的内容', '剪贴板中没有图片。', '请先复制图片或图片文件，然后再粘贴。'],
  ),
  history: problem(
    'historyUnavailable',
    ['No history', 'The history database cannot be read.', 'Free some disk space, then retry.'],
    ['历史不可用', '无法读取历史数据库。', '请释放一些磁盘空间，然后重试。'],
  ),
  pattern: problem(
    'patternInvalid',
    ['Invalid', 'Unknown token “{nme}” in column 9.', 'Use one of the tokens listed below.'],
    ['无效', '第 9 列有未知的占位符“{nme}”。', '请使用下面列出的占位符。'],
  ),
  template: problem(
    'templateInvalid',
    ['Invalid', 'The template has no {url}.', 'Add {url} where the link belongs.'],
    ['无效', '模板中没有 {url}。', '请在链接的位置加上 {url}。'],
  ),
  transform: problem(
    'transformInvalid',
    ['Invalid', '“nonsense” is not a transform.', 'Write it as w=1600,format=webp,q=82.'],
    ['无效', '无法识别处理参数“nonsense”。', '请写成 w=1600,format=webp,q=82 的形式。'],
  ),
  privateBucket: problem(
    'accessDenied',
    [
      'Private',
      'The bucket is private, so readers of your notes will see a broken image.',
      'Connect a custom domain or allow public access.',
    ],
    ['私有', '存储桶是私有的，读者会看到破损的图片。', '请绑定自定义域名或允许公开访问。'],
    { status: 403, providerCode: 'AccessDenied' },
  ),
  forcedDownload: problem(
    'forcedDownload',
    [
      'Downloads',
      'Links on the default domain are downloaded instead of shown when they are opened.',
      'Bind a domain of your own and use it as the public address.',
    ],
    ['会下载', '默认域名的链接打开时会直接下载，而不是显示图片。', '请绑定自己的域名，并用作公开地址。'],
    { providerCode: '0048-00000203' },
  ),
  hostLimit: problem(
    'transformInvalid',
    [
      'Too large',
      'Aliyun OSS makes WebP of at most 16,383 pixels a side, and 16,384 are asked for.',
      'Choose a smaller width or another format.',
    ],
    [
      '过大',
      'Aliyun OSS 生成的 WebP 每边最多 16,383 像素，而要求的是 16,384 像素。',
      '请选择更小的宽度或其他格式。',
    ],
  ),
  timeout: problem(
    'timeout',
    ['Timed out', 'Aliyun OSS did not answer within 30 seconds.', 'Check the connection, then retry.'],
    ['超时', 'Aliyun OSS 在 30 秒内没有响应。', '请检查网络连接，然后重试。'],
    { retryable: true },
  ),
  profileName: problem(
    'profileInvalid',
    ['Invalid', 'The name “{name}” cannot be used.', 'Use letters, digits, “.”, “_” and “-”.'],
    ['无效', '不能使用这个名称。', '请使用字母、数字、“.”、“_”和“-”。'],
    { field: 'name' },
  ),
  badBucket: problem(
    'profileInvalid',
    ['Invalid', 'A bucket name has 3 to 63 characters.', 'Write the name as the provider shows it.'],
    ['无效', '存储桶名称为 3 到 63 个字符。', '请按服务商显示的名称填写。'],
    { field: 'bucket' },
  ),
  keyring: problem(
    'keyringLocked',
    ['Locked', 'The system keyring is locked.', 'Unlock it, or keep the secret in a file.'],
    ['已锁定', '系统密钥环已锁定。', '请解锁，或把密钥保存在文件中。'],
  ),
};

export const SETTINGS: T.Settings = {
  defaultProfile: 'blog',
  linkFormat: 'markdown',
  naming: '{year}/{month}/{name}-{sha256:8}.{ext}',
  transform: 'preset:Web 1600',
  transformPlace: 'auto',
  presets: [
    { name: 'Web 1600', spec: 'w=1600,h=1600,fit=limit,format=webp,q=82' },
    { name: 'Web 800', spec: 'w=800,h=800,fit=limit,format=webp,q=80' },
    { name: 'Thumbnail 320', spec: 'w=320,h=320,fit=limit,format=webp,q=75' },
  ],
  customFormats: [],
  stripMetadata: true,
  dedupe: true,
  copyLinks: true,
  concurrency: 4,
  shortcut: 'Ctrl+Alt+U',
  notify: true,
  closeToTray: true,
  continueTransfers: true,
  theme: 'auto',
  language: 'en',
  storePort: 36690,
};

function profile(change: Partial<T.Profile> & { name: string; provider: T.Provider }): T.Profile {
  return {
    bucket: 'images',
    endpoint: null,
    region: null,
    accountId: null,
    jurisdiction: null,
    prefix: '',
    publicUrl: null,
    pathStyle: false,
    naming: null,
    transform: null,
    cname: false,
    endpointKind: null,
    signature: null,
    images: null,
    presets: [],
    transformPlace: null,
    secret: { kind: 'keyring' },
    ...change,
  };
}

export function profileView(p: T.Profile, change: Partial<T.ProfileView> = {}): T.ProfileView {
  return {
    profile: p,
    isDefault: false,
    publicBase:
      p.publicUrl ??
      (p.provider === 'local' ? 'http://127.0.0.1:36690/images' : `https://${p.bucket}.example.com`),
    accessKeyId: p.provider === 'local' ? null : 'AKIAEXAMPLE0000',
    secretSet: true,
    secretProblem: null,
    ...change,
  };
}

/** The profile of the design's pictures. */
export const OSS = profile({
  name: 'blog-oss',
  provider: 'oss',
  bucket: 'blog-images',
  region: 'cn-hangzhou',
  prefix: 'blog/',
  publicUrl: 'https://img.example.com',
  cname: true,
  transform: 'preset:Web 1600',
  presets: [
    { name: 'Web 1600', spec: 'w=1600,format=webp,q=80,orient=1' },
    { name: 'Blog cover', spec: 'w=1200,h=630,fit=fill' },
    { name: 'Thumbnail', spec: 'w=400,h=400,fit=fill' },
  ],
});

export const LOCAL = profile({ name: 'local', provider: 'local', pathStyle: true });
export const PROFILES: T.Profile[] = [
  LOCAL,
  profile({
    name: 'blog',
    provider: 'r2',
    bucket: 'blog-images',
    region: 'auto',
    accountId: '3f9a1c2eb81d0f6777c2e9a40d4ab8f1',
    prefix: 'blog/',
    publicUrl: 'https://img.example.com',
  }),
  profile({
    name: 'lab-minio',
    provider: 'minio',
    bucket: 'lab',
    endpoint: 'https://minio.lab.example',
    region: 'us-east-1',
    pathStyle: true,
  }),
];

type FieldSpec = [field: T.Field, required: boolean, example: string, choices?: string[]];

function provider(
  p: T.Provider,
  label: string,
  badge: string,
  fields: FieldSpec[],
  pathStyle = false,
): T.ProviderView {
  return {
    provider: p,
    label,
    badge,
    fields: fields.map(([field, required, example, choices = []]) => ({ field, required, example, choices })),
    pathStyleDefault: pathStyle,
  };
}

const COMMON: FieldSpec[] = [
  ['bucket', true, 'blog-images'],
  ['prefix', false, 'blog/'],
  ['publicUrl', false, 'https://img.example.com'],
];
export const OSS_REGIONS = [
  'cn-hangzhou',
  'cn-shanghai',
  'cn-nanjing',
  'cn-fuzhou',
  'cn-wuhan-lr',
  'cn-qingdao',
  'cn-beijing',
  'cn-zhangjiakou',
  'cn-huhehaote',
  'cn-wulanchabu',
  'cn-shenzhen',
  'cn-heyuan',
  'cn-guangzhou',
  'cn-chengdu',
  'cn-hongkong',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-southeast-1',
  'ap-southeast-3',
  'ap-southeast-5',
  'ap-southeast-6',
  'ap-southeast-7',
  'eu-central-1',
  'eu-west-1',
  'us-west-1',
  'us-east-1',
  'na-south-1',
  'me-east-1',
  'me-central-1',
];
const KEYS: FieldSpec[] = [
  ['accessKeyId', true, ''],
  ['secretAccessKey', true, ''],
];

export const PROVIDERS: T.ProviderView[] = [
  provider('local', 'Built-in store', 'LOCAL', [], true),
  provider('r2', 'Cloudflare R2', 'R2', [
    ['accountId', true, '32 hexadecimal digits'],
    ['jurisdiction', false, '', ['eu', 'fedramp']],
    ...COMMON,
    ['images', false, '', ['cloudflare', 'none']],
    ...KEYS,
  ]),
  provider('oss', 'Aliyun OSS', 'OSS', [
    ['region', true, 'cn-hangzhou', OSS_REGIONS],
    ['endpointKind', false, '', ['public', 'internal', 'dual-stack', 'accelerate', 'accelerate-overseas']],
    ['endpoint', false, 'https://oss-cn-hangzhou.aliyuncs.com'],
    ...COMMON,
    ['cname', false, ''],
    ['images', false, '', ['oss', 'none']],
    ['signature', false, '', ['v4', 'v1']],
    ...KEYS,
    ['sessionToken', false, ''],
  ]),
  provider('s3', 'Amazon S3', 'S3', [
    ['region', true, 'us-east-1', ['us-east-1', 'us-west-2', 'eu-central-1', 'eu-west-1', 'ap-southeast-1']],
    ['endpoint', false, 'https://s3.us-east-1.amazonaws.com'],
    ...COMMON,
    ['pathStyle', false, ''],
    ...KEYS,
    ['sessionToken', false, ''],
  ]),
  provider(
    'minio',
    'MinIO',
    'MIN',
    [
      ['endpoint', true, 'https://minio.example.com'],
      ['region', false, 'us-east-1'],
      ...COMMON,
      ['pathStyle', false, ''],
      ...KEYS,
    ],
    true,
  ),
  provider('cos', 'Tencent COS', 'COS', [
    ['region', true, 'ap-guangzhou', ['ap-guangzhou', 'ap-shanghai', 'ap-hongkong']],
    ...COMMON,
    ...KEYS,
  ]),
  provider('obs', 'Huawei OBS', 'OBS', [
    ['region', true, 'cn-north-4', ['cn-north-4', 'cn-east-3']],
    ...COMMON,
    ...KEYS,
  ]),
  provider('b2', 'Backblaze B2', 'B2', [['region', true, 'us-west-004'], ...COMMON, ...KEYS]),
  provider('spaces', 'DigitalOcean Spaces', 'DO', [
    ['region', true, 'fra1', ['nyc3', 'fra1', 'sgp1']],
    ...COMMON,
    ...KEYS,
  ]),
  provider('wasabi', 'Wasabi', 'WAS', [['region', true, 'eu-central-1'], ...COMMON, ...KEYS]),
];
