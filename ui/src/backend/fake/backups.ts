// Backup rules of the fake: one of each kind, and runs that end well.
import type * as T from '../types';
import { NOW, problem } from './data';

const GB = 1_000_000_000;

export const BACKUP_PROBLEMS = {
  prefix: problem(
    'backupInvalid',
    [
      'Incomplete',
      'Destination of the backup training cannot be used: {name} in column 3 is no date; there are {year}, {month}, {day}, {hour}, {minute} and {second}.',
      'Change Destination, then save again.',
    ],
    [
      '不完整',
      '备份 training 的“目标文件夹”无法使用：第 3 列的 {name} 不是日期；可用的有 {year}、{month}、{day}、{hour}、{minute} 和 {second}。',
      '请修改“目标文件夹”，然后重新保存。',
    ],
    { field: 'destination' },
  ),
  patterns: problem(
    'backupInvalid',
    [
      'Incomplete',
      'Files of the backup training cannot be used: a bracket, brace, range or backslash in a[ is not complete.',
      'Change Files, then save again.',
    ],
    [
      '不完整',
      '备份 training 的“文件”无法使用：a[ 中的括号、范围或反斜杠不完整。',
      '请修改“文件”，然后重新保存。',
    ],
    { field: 'patterns' },
  ),
  folder: problem(
    'backupFolderMissing',
    [
      'No folder',
      'The folder /media/usb/notes is not there, so nothing was backed up.',
      'Connect its disk, or choose another folder; what is in the bucket stays.',
    ],
    [
      '无文件夹',
      '文件夹 /media/usb/notes 不存在，因此没有备份任何文件。',
      '请连接其所在磁盘，或选择其他文件夹；存储桶中的内容保持不变。',
    ],
  ),
  taken: problem(
    'backupExists',
    ['Name taken', 'There is a backup training already.', 'Choose another name.'],
    ['名称已用', '已有名为 training 的备份。', '请换一个名称。'],
    { field: 'name' },
  ),
};

function rule(name: string, more: Partial<T.BackupRule>): T.BackupRule {
  return {
    name,
    folder: '/home/ada/data',
    patterns: [],
    excludes: [],
    profile: 'blog',
    prefix: '',
    keepFolders: true,
    when: 'manual',
    enabled: true,
    ...more,
  };
}

function view(of: T.BackupRule, more: Partial<T.BackupView> = {}): T.BackupView {
  return { rule: of, running: null, watching: null, last: null, problem: null, ...more };
}

function run(more: Partial<T.BackupRunView> = {}): T.BackupRunView {
  return {
    startedAt: NOW - 90_000,
    endedAt: NOW - 60_000,
    sent: 12,
    bytes: 1.2 * GB,
    unchanged: 431,
    skipped: 0,
    failed: 0,
    failures: [],
    problem: null,
    stopped: false,
    ...more,
  };
}

export class FakeBackups {
  rules: T.BackupView[];

  constructor(empty: boolean) {
    this.rules = empty
      ? []
      : [
          view(
            rule('training', {
              folder: '/home/ada/experiments/runs',
              patterns: ['*.npy', 'runs/**/*.ckpt'],
              excludes: ['tmp/'],
              profile: 'lab-minio',
              prefix: 'training-data/{year}/{month}/',
              when: 'watch',
            }),
            { watching: true, last: run() },
          ),
          view(rule('notes', { folder: '/media/usb/notes', prefix: 'notes/', when: 'start' }), {
            last: run({ sent: 0, unchanged: 0, problem: BACKUP_PROBLEMS.folder }),
          }),
          view(rule('照片', { folder: '/home/ada/照片', enabled: false })),
        ];
  }

  save(changed: T.BackupRule, previous: string | null): void {
    if (changed.name !== previous && this.rules.some((one) => one.rule.name === changed.name))
      throw BACKUP_PROBLEMS.taken;
    folderOf(changed);
    const at = this.rules.findIndex((one) => one.rule.name === previous);
    const old = this.rules[at];
    if (old) this.rules = this.rules.map((one, i) => (i === at ? { ...old, rule: changed } : one));
    else this.rules = [...this.rules, view(changed)];
  }

  runs(name: string, done: number): void {
    const running = { filesDone: done, filesTotal: 12, bytesDone: done * 1e8, bytesTotal: 1.2 * GB };
    this.change(name, { running });
  }

  ends(name: string): void {
    this.change(name, { running: null, last: run({ endedAt: NOW }) });
  }

  private change(name: string, more: Partial<T.BackupView>): void {
    this.rules = this.rules.map((one) => (one.rule.name === name ? { ...one, ...more } : one));
  }
}

/** As Rust renders it on 20 November 2025. */
export function folderOf({ prefix }: T.BackupRule): string {
  if (prefix.includes('{name}')) throw BACKUP_PROBLEMS.prefix;
  const folder = prefix.replace('{year}', '2025').replace('{month}', '11').replace('{day}', '20');
  return folder === '' || folder.endsWith('/') ? folder : `${folder}/`;
}

export function previewOf(of: T.BackupRule): T.BackupPreview {
  if (of.patterns.some((pattern) => pattern.endsWith('['))) throw BACKUP_PROBLEMS.patterns;
  if (of.folder.startsWith('/media')) throw BACKUP_PROBLEMS.folder;
  const folder = folderOf(of);
  const files = of.patterns.length > 0 ? 12 : 1204;
  return {
    files,
    bytes: files * 1e8,
    changed: 3,
    changedBytes: 3e8,
    leftOut: 1,
    examples: ['runs/7/epoch-001.npy', 'runs/7/epoch-002.npy', 'runs/8/epoch-001.npy'].map((path) => ({
      path,
      key: `${folder}${of.keepFolders ? path : path.split('/').pop()}`,
    })),
    complete: files < 1000,
  };
}
