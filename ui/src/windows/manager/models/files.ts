import type { IconName } from '../../../parts/icons';

const WEIGHTS = /\.(safetensors|gguf|bin|pt|pth|onnx|ckpt|npz|npy)$/i;

/** Weights are what a model is; everything else explains it. */
export function fileIcon(path: string): IconName {
  return WEIGHTS.test(path) ? 'cube' : 'text';
}
