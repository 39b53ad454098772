import type { MessageKey } from '../../../i18n/i18n.svelte';
import type { IconName } from '../../../parts/icons';

const ICONS: [RegExp, IconName][] = [
  [/\.(safetensors|gguf|pt|pth|ckpt|onnx|bin|npz|npy|h5|msgpack|pb|tflite)$/i, 'cube'],
  [/\.(jsonl?|ya?ml|toml|xml)$/i, 'braces'],
  [/\.(png|jpe?g|gif|webp|avif|svg|bmp|tiff?|heic|ico)$/i, 'image'],
];

export function iconOf(name: string, folder: boolean): IconName {
  if (folder) return 'folder';
  return ICONS.find(([pattern]) => pattern.test(name))?.[1] ?? 'text';
}

/** A model file whose header can be read. */
export function hasHeader(key: string): boolean {
  return /\.(safetensors|gguf)$/i.test(key);
}

export function isPicture(key: string): boolean {
  return /\.(png|jpe?g|gif|webp|avif|bmp|tiff?)$/i.test(key);
}

const CLASSES: Record<string, MessageKey> = {
  STANDARD: 'class.standard',
  STANDARD_IA: 'class.infrequent',
  IA: 'class.infrequent',
  ONEZONE_IA: 'class.infrequent',
  ARCHIVE: 'class.archive',
  GLACIER: 'class.archive',
  GLACIER_IR: 'class.archive',
  COLDARCHIVE: 'class.coldArchive',
  DEEP_ARCHIVE: 'class.coldArchive',
  DEEPCOLDARCHIVE: 'class.coldArchive',
};

/** The words for a storage class; nothing for one without words, which is shown as the store writes it. */
export function classKey(kind: string): MessageKey | undefined {
  return CLASSES[kind.toUpperCase()];
}
