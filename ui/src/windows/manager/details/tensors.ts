// The tensors of a model file as a tree: layers close, what stands alone stands alone.
import type { Peek, TensorInfo } from '../../../backend/models';

export type TensorLeaf = { name: string; tensor: TensorInfo };
export type TensorNode =
  | ({ kind: 'tensor' } & TensorLeaf)
  | { kind: 'layer'; name: string; bytes: number; tensors: TensorLeaf[] };

/** What every name of a model begins with says nothing about one of them. */
const WRAPPERS = /^(?:model|transformer|module|language_model|base_model)\./;
const byName = new Intl.Collator('en', { numeric: true });

/** The name as it is shown: without its wrapper, and without `.weight` where there is no `.bias` beside it. */
function shortName(name: string, all: ReadonlySet<string>): string {
  let short = name;
  while (WRAPPERS.test(short)) short = short.replace(WRAPPERS, '');
  const stem = name.replace(/\.weight$/, '');
  if (stem !== name && !all.has(`${stem}.bias`)) short = short.replace(/\.weight$/, '');
  return short || name;
}

/** The part of a name up to its first number: `layers.0` of `layers.0.mlp.up_proj`. */
function layerOf(name: string): string | null {
  return /^(?:[^.]+\.)*?[^.]+\.\d+(?=\.)/.exec(name)?.[0] ?? null;
}

export function tensorTree(tensors: readonly TensorInfo[]): TensorNode[] {
  const all = new Set(tensors.map((tensor) => tensor.name));
  const layers = new Map<string, TensorLeaf[]>();
  const nodes: TensorNode[] = [];
  for (const tensor of tensors) {
    const name = shortName(tensor.name, all);
    const layer = layerOf(name);
    if (layer === null) {
      nodes.push({ kind: 'tensor', name, tensor });
      continue;
    }
    const inside = layers.get(layer) ?? [];
    if (inside.length === 0) layers.set(layer, inside);
    inside.push({ name: name.slice(layer.length + 1), tensor });
  }
  for (const [name, inside] of layers) {
    inside.sort((a, b) => byName.compare(a.name, b.name));
    const bytes = inside.reduce((sum, leaf) => sum + leaf.tensor.bytes, 0);
    nodes.push({ kind: 'layer', name, bytes, tensors: inside });
  }
  return nodes.sort((a, b) => byName.compare(a.name, b.name));
}

export type TensorLine = {
  key: string;
  /** 1 for the lines of the tree itself, 2 inside a layer. */
  level: 1 | 2;
  name: string;
  shape: string;
  bytes: number;
  /** The whole name, and its type where the file has several. */
  tip: string;
  /** Of a layer: whether it is open. */
  open: boolean | null;
};

/** The lines that are seen, given which layers are open. */
export function tensorLines(nodes: readonly TensorNode[], open: ReadonlySet<string>): TensorLine[] {
  const lines: TensorLine[] = [];
  const leaf = (level: 1 | 2, { name, tensor }: TensorLeaf): TensorLine => ({
    key: tensor.name,
    level,
    name,
    shape: tensor.shape.join(' × '),
    bytes: tensor.bytes,
    tip: `${tensor.name}, ${tensor.dtype}`,
    open: null,
  });
  for (const node of nodes) {
    if (node.kind === 'tensor') lines.push(leaf(1, node));
    else {
      const isOpen = open.has(node.name);
      lines.push({
        key: `layer ${node.name}`,
        level: 1,
        name: node.name,
        shape: '',
        bytes: node.bytes,
        tip: '',
        open: isOpen,
      });
      if (isOpen) lines.push(...node.tensors.map((inside) => leaf(2, inside)));
    }
  }
  return lines;
}

/** "1.97 B", "335 M", "12.3 K", "640". */
export function parameterCount(n: number): string {
  let value = n;
  let unit = '';
  for (const next of ['K', 'M', 'B', 'T']) {
    if (value < 999.5) break;
    value /= 1000;
    unit = next;
  }
  if (unit === '') return String(n);
  return `${value.toFixed(value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2)} ${unit}`;
}

/** "BF16", or the two most common of several: "Q4_K, F32". */
export function precision(dtypes: Peek['dtypes']): string {
  return dtypes
    .slice(0, 2)
    .map(([dtype]) => dtype)
    .join(', ');
}
