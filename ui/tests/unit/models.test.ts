import { describe, expect, test } from 'vitest';
import { COMPARED, sampleVersions } from '../../src/backend/fake/manager/model-samples';
import type { ComparedFile, TensorInfo, VersionSummary } from '../../src/backend/models';
import {
  parameterCount,
  precision,
  tensorLines,
  tensorTree,
} from '../../src/windows/manager/details/tensors';
import { commonWay, fold, wayOf } from '../../src/windows/manager/models/comparison';
import {
  firstPair,
  headlineOf,
  isAlias,
  isModelName,
  isVersion,
  nextVersion,
  notesOf,
  pairOf,
  pick,
} from '../../src/windows/manager/models/versions';

describe('versions', () => {
  test('the next one follows the greatest, whatever the order', () => {
    expect(nextVersion([])).toBe('v1.0.0');
    expect(nextVersion(['v1.2.0', 'v1.10.0', 'v1.9.9'])).toBe('v1.10.1');
    expect(nextVersion(['1.2.0-rc.1'])).toBe('1.2.0');
    expect(nextVersion(['1.2.0-rc.1', '1.2.0'])).toBe('1.2.1');
    expect(nextVersion(['2.0.0', 'v1.0.0'])).toBe('2.0.1');
    expect(nextVersion(['checkpoint-100'])).toBe('');
  });

  test('names as the core takes them', () => {
    for (const name of ['harbour-7b', '模型_2', 'a.b']) expect(isModelName(name), name).toBe(true);
    for (const name of ['', '.a', '-a', 'a b', 'a/b', 'a@v1', 'a.'])
      expect(isModelName(name), name).toBe(false);
    for (const version of ['v1', '1.0.0-rc.1+cpu', 'checkpoint-12000'])
      expect(isVersion(version), version).toBe(true);
    for (const version of ['', 'latest', 'Latest', 'a/b', '版本', 'v1.'])
      expect(isVersion(version), version).toBe(false);
    for (const alias of ['production', 'blue-2']) expect(isAlias(alias), alias).toBe(true);
    for (const alias of ['latest', 'v1.0.0', '2.0.0-rc.1', '']) expect(isAlias(alias), alias).toBe(false);
  });

  test('picking a third lets go of the first, picking again of itself', () => {
    expect(pick(['a', 'b'], 'c')).toEqual(['b', 'c']);
    expect(pick(['a', 'b'], 'a')).toEqual(['b']);
    expect(pick([], 'a')).toEqual(['a']);
  });

  test('the older of a pair is A, whichever was picked first', () => {
    const versions = sampleVersions();
    expect(pairOf(['v1.2.0', 'v1.0.0'], versions)).toEqual({ a: 'v1.0.0', b: 'v1.2.0' });
    expect(pairOf(['v1.0.0', 'v1.2.0'], versions)).toEqual({ a: 'v1.0.0', b: 'v1.2.0' });
    expect(pairOf(['v1.0.0'], versions)).toBeNull();
  });

  test('at first the latest is compared with what it was made from, or with the one before', () => {
    const versions = sampleVersions();
    expect(firstPair(versions)).toEqual(['v1.1.0', 'v1.2.0']);
    const parent = versions.map((v, i) => (i === 0 ? { ...v, parent: 'v1.0.0' } : v));
    expect(firstPair(parent)).toEqual(['v1.0.0', 'v1.2.0']);
    const unfinished: VersionSummary[] = versions.map((v, i) => (i === 1 ? { ...v, finished: false } : v));
    const orphan = unfinished.map((v, i) => (i === 0 ? { ...v, parent: null } : v));
    expect(firstPair(orphan)).toEqual(['v1.0.1', 'v1.2.0']);
    expect(firstPair(versions.slice(0, 1))).toEqual([]);
    expect(firstPair([])).toEqual([]);
  });

  test('a description is a line for the list and notes below it', () => {
    expect(headlineOf(' One\nTwo\n\nThree ')).toBe('One');
    expect(notesOf(' One\nTwo\n\nThree ')).toBe('Two\n\nThree');
    expect(notesOf('One')).toBe('');
    expect([headlineOf(null), notesOf(null)]).toEqual(['', '']);
  });
});

describe('a comparison', () => {
  test('the design: heavy files, what changed, and one line for the rest', () => {
    const { rows, rest } = fold(COMPARED, false);
    expect(rows.map((file) => file.path)).toEqual([
      'model-00001-of-00004.safetensors',
      'model-00002-of-00004.safetensors',
      'model-00003-of-00004.safetensors',
      'model-00004-of-00004.safetensors',
      'chat_template.jinja',
      'tokenizer_config.json',
      'README.md',
      'generation_config.json',
    ]);
    expect(rest).toHaveLength(8);
    expect(rest.reduce((sum, file) => sum + (file.after ?? 0), 0)).toBe(11_523_496);
    expect(commonWay(rest)).toBe('copied');
  });

  test('only changes shows nothing that is the same', () => {
    const { rows, rest } = fold(COMPARED, true);
    expect(rows).toHaveLength(5);
    expect(rest).toEqual([]);
  });

  test('one unchanged file is no fold, and empty files are not heavy', () => {
    const file = (path: string, size: number): ComparedFile => ({
      path,
      change: 'same',
      before: size,
      after: size,
      copiedFrom: 'v1',
      sent: 0,
    });
    expect(fold([file('a', 1000), file('b', 1)], false).rest).toEqual([]);
    expect(fold([file('a', 0), file('b', 0), file('c', 0)], false).rest).toHaveLength(3);
    expect(fold([], false)).toEqual({ rows: [], rest: [] });
  });

  test('how each file got there', () => {
    const file = (change: ComparedFile['change'], copied: boolean): ComparedFile => ({
      path: 'a',
      change,
      before: change === 'new' ? null : 3,
      after: change === 'leftOut' ? null : 5,
      copiedFrom: copied ? 'v1' : null,
      sent: copied ? 0 : 5,
    });
    expect(wayOf(file('same', true))).toBe('copied');
    expect(wayOf(file('same', false))).toBe('sentSame');
    expect(wayOf(file('changed', false))).toBe('sentChanged');
    expect(wayOf(file('changed', true))).toBe('copiedChanged');
    expect(wayOf(file('new', false))).toBe('sentNew');
    expect(wayOf(file('new', true))).toBe('copiedNew');
    expect(wayOf({ ...file('leftOut', false), sent: 0 })).toBe('leftOut');
    expect(commonWay([file('same', true), file('same', false)])).toBe('same');
  });
});

describe('tensors', () => {
  const tensor = (name: string, shape = [2, 2], dtype = 'BF16'): TensorInfo => ({
    name,
    dtype,
    shape,
    bytes: 2 * shape.reduce((a, b) => a * b, 1),
  });
  const names = [
    'lm_head.weight',
    'model.embed_tokens.weight',
    'model.layers.10.mlp.up_proj.weight',
    'model.layers.2.self_attn.q_proj.bias',
    'model.layers.2.self_attn.q_proj.weight',
    'model.layers.2.mlp.up_proj.weight',
    'model.norm.weight',
  ];

  test('layers close and stand in the order of their numbers', () => {
    const tree = tensorTree(names.map((name) => tensor(name)));
    expect(tree.map((node) => node.name)).toEqual([
      'embed_tokens',
      'layers.2',
      'layers.10',
      'lm_head',
      'norm',
    ]);
    expect(tree[1]).toMatchObject({ kind: 'layer', bytes: 24 });
    const lines = tensorLines(tree, new Set(['layers.2']));
    expect(lines.map((line) => `${line.level} ${line.name}`)).toEqual([
      '1 embed_tokens',
      '1 layers.2',
      '2 mlp.up_proj',
      '2 self_attn.q_proj.bias',
      '2 self_attn.q_proj.weight',
      '1 layers.10',
      '1 lm_head',
      '1 norm',
    ]);
    expect(lines[2]).toMatchObject({
      shape: '2 × 2',
      tip: 'model.layers.2.mlp.up_proj.weight, BF16',
      open: null,
    });
  });

  test('names of other programs keep what says something', () => {
    const tree = tensorTree(
      ['blk.0.attn_q.weight', 'blk.1.attn_q.weight', 'output.weight', 'weight'].map((n) => tensor(n)),
    );
    expect(tree.map((node) => node.name)).toEqual(['blk.0', 'blk.1', 'output', 'weight']);
    expect(tensorTree([])).toEqual([]);
    // Nothing is lost: every tensor is one line when all layers are open.
    const all = names.map((name) => tensor(name));
    const nodes = tensorTree(all);
    const open = new Set(nodes.map((node) => node.name));
    expect(tensorLines(nodes, open).filter((line) => line.open === null)).toHaveLength(all.length);
  });

  test('parameters and types in few signs', () => {
    expect(
      [640, 12_345, 335_000_000, 999_600, 1_972_000_000, 7_615_616_512, 1.2e12].map(parameterCount),
    ).toEqual(['640', '12.3 K', '335 M', '1.00 M', '1.97 B', '7.62 B', '1.20 T']);
    expect(precision([['BF16', 5]])).toBe('BF16');
    expect(
      precision([
        ['Q4_K', 9],
        ['F32', 1],
        ['Q6_K', 1],
      ]),
    ).toBe('Q4_K, F32');
    expect(precision([])).toBe('');
  });
});
