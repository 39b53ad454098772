import type { ObjectPage } from '../../../backend/manager';
import { Names } from './names';
import { naturalKey } from './natural';

export type SortBy = 'name' | 'size' | 'modified' | 'class';
export type Sort = { by: SortBy; descending: boolean };

const FOLDER = 1;
const UPLOADING = 2;
const GONE = 4;

/** One row, unpacked to be shown. */
export type Row = {
  id: number;
  name: string;
  folder: boolean;
  size: number;
  /** Milliseconds since 1970; null for folders and where the store does not say. */
  modified: number | null;
  class: string | null;
  uploading: boolean;
};

/** The rows of one folder in columns, by the order they came: `id` is that number. */
export class Rows {
  readonly names = new Names();
  #sizes = new Float64Array(1024);
  #modified = new Float64Array(1024);
  #classes = new Uint8Array(1024);
  #marks = new Uint8Array(1024);
  #classNames: (string | null)[] = [null];
  // Stores list by bytes; where that is the shown order too, nothing is ever sorted.
  #lastFolder = '';
  #lastFile = '';
  #inOrder = true;
  #gone = 0;
  bytes = 0;

  get length(): number {
    return this.names.length;
  }

  /** Rows that are there. */
  get count(): number {
    return this.names.length - this.#gone;
  }

  add(page: ObjectPage, prefix: string): void {
    for (const folder of page.folders) this.#push(folder.slice(prefix.length, -1), FOLDER, 0, null, null);
    for (const object of page.objects) {
      // The empty object that makes a folder is the folder itself, not something in it.
      if (object.key === prefix) continue;
      this.#push(object.key.slice(prefix.length), 0, object.size, object.modified, object.class);
    }
  }

  /** A row for what is on its way and not yet listed. */
  addUploading(name: string, size: number, folder: boolean): number {
    this.#push(name, UPLOADING | (folder ? FOLDER : 0), size, null, null);
    return this.length - 1;
  }

  remove(id: number): void {
    if (this.#is(id, GONE)) return;
    this.#marks[id] = (this.#marks[id] ?? 0) | GONE;
    this.#gone += 1;
    if (!this.#is(id, FOLDER)) this.bytes -= this.#sizes[id] ?? 0;
  }

  #push(name: string, marks: number, size: number, modified: number | null, kind: string | null): void {
    const id = this.length;
    if (id === this.#sizes.length) this.#grow(id * 2);
    const key = naturalKey(name);
    if (marks & FOLDER) {
      if (key < this.#lastFolder) this.#inOrder = false;
      this.#lastFolder = key;
    } else {
      if (key < this.#lastFile) this.#inOrder = false;
      this.#lastFile = key;
      this.bytes += size;
    }
    this.names.push(name);
    this.#sizes[id] = size;
    this.#modified[id] = modified ?? Number.NaN;
    this.#marks[id] = marks;
    let at = this.#classNames.indexOf(kind);
    if (at < 0) at = this.#classNames.push(kind) - 1;
    this.#classes[id] = Math.min(at, 255);
  }

  #grow(size: number): void {
    const larger = <A extends Float64Array | Uint8Array>(old: A, next: A): A => {
      next.set(old);
      return next;
    };
    this.#sizes = larger(this.#sizes, new Float64Array(size));
    this.#modified = larger(this.#modified, new Float64Array(size));
    this.#classes = larger(this.#classes, new Uint8Array(size));
    this.#marks = larger(this.#marks, new Uint8Array(size));
  }

  #is(id: number, mark: number): boolean {
    return ((this.#marks[id] ?? 0) & mark) !== 0;
  }

  isFolder(id: number): boolean {
    return this.#is(id, FOLDER);
  }

  isUploading(id: number): boolean {
    return this.#is(id, UPLOADING);
  }

  sizeOf(id: number): number {
    return this.#is(id, FOLDER) ? 0 : (this.#sizes[id] ?? 0);
  }

  row(id: number): Row {
    const modified = this.#modified[id] ?? Number.NaN;
    return {
      id,
      name: this.names.at(id),
      folder: this.#is(id, FOLDER),
      size: this.#sizes[id] ?? 0,
      modified: Number.isNaN(modified) ? null : modified,
      class: this.#classNames[this.#classes[id] ?? 0] ?? null,
      uploading: this.#is(id, UPLOADING),
    };
  }

  /** The ids to show, folders first. */
  arrange(sort: Sort, filter: string): Uint32Array {
    const folders: number[] = [];
    const files = new Uint32Array(this.length);
    let n = 0;
    const take = (id: number) => {
      if (this.#is(id, GONE)) return;
      if (this.#is(id, FOLDER)) folders.push(id);
      else files[n++] = id;
    };
    if (filter === '') for (let id = 0; id < this.length; id += 1) take(id);
    else this.names.holding(filter, take);
    const order = new Uint32Array(folders.length + n);
    this.#byName(folders, sort.by === 'name' && sort.descending);
    order.set(folders);
    order.set(this.#sorted(files.subarray(0, n), sort), folders.length);
    return order;
  }

  #byName(ids: number[] | Uint32Array, descending: boolean): void {
    if (!this.#inOrder) {
      const keys = new Array<string>(this.length);
      for (const id of ids) keys[id] = naturalKey(this.names.at(id));
      ids.sort((a, b) => {
        const [left, right] = [keys[a] ?? '', keys[b] ?? ''];
        return left < right ? -1 : left > right ? 1 : a - b;
      });
    }
    if (descending) ids.reverse();
  }

  #sorted(ids: Uint32Array, { by, descending }: Sort): Uint32Array {
    if (by === 'name') {
      this.#byName(ids, descending);
      return ids;
    }
    const column = { size: this.#sizes, modified: this.#modified, class: this.#classes }[by];
    const value = (id: number) => column[id] || 0;
    const way = descending ? -1 : 1;
    return ids.sort((a, b) => (value(a) - value(b)) * way || a - b);
  }
}
