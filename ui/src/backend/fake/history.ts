import type * as T from '../types';
import { NOW, SAMPLES } from './data';

const DAY = 86_400_000;

/** A made-up history, newest first. `span` is how many days it reaches back. */
export function makeHistory(count: number, span: number): T.HistoryRow[] {
  const rows: T.HistoryRow[] = [];
  for (let i = 0; i < count; i += 1) {
    const sample = SAMPLES[i % SAMPLES.length];
    if (!sample) break;
    const [name, picture, size] = sample;
    const at = NOW - Math.floor((i / Math.max(1, count)) * span * DAY) - i;
    const date = new Date(at);
    const folder = `${date.getFullYear()}/${String(date.getMonth() + 1).padStart(2, '0')}`;
    const round = Math.floor(i / SAMPLES.length);
    const dot = name.lastIndexOf('.');
    const full = round === 0 ? name : `${name.slice(0, dot)}-${round}${name.slice(dot)}`;
    const key = `${folder}/${full}`;
    const profile = i % 7 === 3 ? 'local' : 'blog';
    rows.push({
      id: count - i,
      name: full,
      profile,
      key,
      url: `https://img.example.com/${encodeURI(key)}`,
      contentType: name.endsWith('.png') ? 'image/png' : 'image/webp',
      size: size + ((i * 7919) % 1000) * (round === 0 ? 0 : 100),
      width: 1600,
      height: 1200,
      uploadedAt: at,
      thumb: `img/${picture}.jpg`,
      process: null,
      missing: i === 21,
    });
  }
  return rows;
}

/** The design's picture first, and all of it in the OSS profile. */
export function ossHistory(rows: T.HistoryRow[]): T.HistoryRow[] {
  const key = '2025/11/harbour-at-dawn-3f9a1c2e.jpg';
  const first: T.HistoryRow = {
    id: 5000,
    name: 'harbour-at-dawn.jpg',
    profile: 'blog-oss',
    key,
    url: `https://img.example.com/${key}`,
    contentType: 'image/jpeg',
    size: 3_840_000,
    width: 4032,
    height: 3024,
    uploadedAt: NOW,
    thumb: 'img/harbour-s.jpg',
    process: null,
    missing: false,
  };
  const gif: T.HistoryRow = {
    ...first,
    id: 4999,
    name: 'waves.gif',
    key: '2025/11/waves.gif',
    url: 'https://img.example.com/2025/11/waves.gif',
    contentType: 'image/gif',
    thumb: 'img/sea.jpg',
  };
  return [
    first,
    gif,
    ...rows.map((row) => ({ ...row, profile: row.profile === 'blog' ? 'blog-oss' : row.profile })),
  ];
}

export class FakeHistory {
  rows: T.HistoryRow[];
  revision = 1;
  #bin = new Map<number, T.HistoryRow[]>();
  #nextDeletion = 1;
  #found: { text: string; revision: number; rows: T.HistoryRow[] } | null = null;

  constructor(rows: T.HistoryRow[]) {
    this.rows = rows;
  }

  find(query: T.HistoryQuery): T.HistoryRow[] {
    const text = query.text.toLowerCase();
    if (text === '') return this.rows;
    if (this.#found?.text === text && this.#found.revision === this.revision) return this.#found.rows;
    const rows = this.rows.filter((row) => `${row.name}\n${row.url}`.toLowerCase().includes(text));
    this.#found = { text, revision: this.revision, rows };
    return rows;
  }

  outline(query: T.HistoryQuery): T.HistoryOutline {
    const months: T.MonthView[] = [];
    let bytes = 0;
    const rows = this.find(query);
    for (const row of rows) {
      const date = new Date(row.uploadedAt);
      const [year, month] = [date.getFullYear(), date.getMonth() + 1];
      const last = months.at(-1);
      bytes += row.size;
      if (last && last.year === year && last.month === month) {
        last.count += 1;
        last.bytes += row.size;
      } else months.push({ year, month, count: 1, bytes: row.size });
    }
    return { total: rows.length, bytes, months, revision: this.revision };
  }

  byId(ids: number[]): T.HistoryRow[] {
    const wanted = new Set(ids);
    return this.rows.filter((row) => wanted.has(row.id));
  }

  add(row: T.HistoryRow): void {
    this.rows = [row, ...this.rows];
    this.revision += 1;
  }

  remove(ids: number[]): T.DeletionView {
    const gone = this.byId(ids);
    const set = new Set(ids);
    this.rows = this.rows.filter((row) => !set.has(row.id));
    this.revision += 1;
    const id = this.#nextDeletion++;
    this.#bin.set(id, gone);
    return { id, count: gone.length, undoFor: 8000 };
  }

  restore(id: number): number {
    const back = this.#bin.get(id) ?? [];
    this.#bin.delete(id);
    this.rows = [...this.rows, ...back].sort((a, b) => b.uploadedAt - a.uploadedAt || b.id - a.id);
    this.revision += 1;
    return back.length;
  }
}
