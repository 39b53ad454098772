import type * as T from '../types';
import { PROBLEMS } from './data';

export function upload(change: Partial<T.UploadView> & { id: number; name: string }): T.UploadView {
  return {
    batch: 1,
    origin: `/home/ada/Pictures/${change.name}`,
    profile: 'blog',
    state: 'waiting',
    key: null,
    url: null,
    sizeBefore: null,
    sizeAfter: null,
    sent: 0,
    thumb: null,
    process: null,
    historyId: null,
    copied: false,
    problem: null,
    notes: [],
    ...change,
  };
}

function stored(
  id: number,
  name: string,
  picture: string,
  before: number,
  after: number,
  key: string,
): T.UploadView {
  return upload({
    id,
    name,
    state: 'done',
    key,
    url: `https://img.example.com/${encodeURI(key)}`,
    sizeBefore: before,
    sizeAfter: after,
    sent: after,
    thumb: `img/${picture}.jpg`,
    historyId: 100 + id,
    copied: true,
    notes: ['metadataStripped'],
  });
}

/** The six rows of the design's picture. */
export function busyUploads(): T.UploadView[] {
  return [
    upload({
      id: 1,
      name: 'harbour-at-dawn.jpg',
      state: 'uploading',
      key: '2025/11/harbour-at-dawn-3f9a1c2e.webp',
      sizeBefore: 3_840_000,
      sizeAfter: 212_000,
      sent: 136_000,
      thumb: 'img/harbour-s.jpg',
    }),
    upload({
      id: 2,
      name: 'night-market.jpg',
      state: 'uploading',
      key: '2025/11/night-market-b81d0f67.webp',
      sizeBefore: 5_100_000,
      sizeAfter: 388_000,
      sent: 70_000,
      thumb: 'img/city.jpg',
    }),
    upload({
      id: 3,
      name: 'request-flow.png',
      state: 'failed',
      key: '2025/11/request-flow-9b20c4aa.png',
      sizeBefore: 184_000,
      sizeAfter: 184_000,
      thumb: 'img/diagram.jpg',
      problem: PROBLEMS.refused,
    }),
    stored(4, 'still-life-02.png', 'vases', 1_920_000, 96_000, '2025/11/still-life-02-77c2e9a4.webp'),
    stored(5, 'Q3 loss curves.png', 'chart', 88_000, 88_000, '2025/11/Q3 loss curves-0d4ab8f1.png'),
    {
      ...stored(
        6,
        'Screenshot 2025-11-20 at 14.31.png',
        'terminal',
        240_000,
        240_000,
        '2025/11/screenshot-e5510b3c.png',
      ),
      state: 'alreadyStored',
    },
  ];
}

/** One row in every state. */
export function everyState(): T.UploadView[] {
  const states: T.UploadState[] = ['waiting', 'reading', 'transforming', 'uploading', 'verifying'];
  return [
    ...states.map((state, i) =>
      upload({
        id: i + 1,
        name: `state-${state}.jpg`,
        state,
        sizeBefore: 3_840_000,
        sizeAfter: 400_000,
        sent: 100_000,
      }),
    ),
    { ...stored(6, 'stored.gif', 'dunes', 90_000, 90_000, '2025/11/stored.gif'), notes: ['passedThrough'] },
    {
      ...stored(7, 'again.png', 'sea', 90_000, 90_000, '2025/11/again.png'),
      state: 'alreadyStored',
      copied: false,
    },
    upload({ id: 8, name: 'notes.png', state: 'failed', sizeBefore: 512, problem: PROBLEMS.notImage }),
    upload({ id: 9, name: 'given-up.jpg', state: 'cancelled', sizeBefore: 2_000_000 }),
    {
      ...stored(10, 'no-domain.png', 'fern', 90_000, 90_000, '2025/11/no-domain.png'),
      notes: ['noPublicUrl'],
    },
  ];
}

export function manyUploads(count: number): T.UploadView[] {
  return Array.from({ length: count }, (_, i) => {
    const id = i + 1;
    const name = `photo-${String(id).padStart(4, '0')}.jpg`;
    if (id === 500) return upload({ id, name, state: 'failed', sizeBefore: 900, problem: PROBLEMS.notImage });
    if (id <= 200) return stored(id, name, 'sea', 2_000_000, 160_000, `2025/11/${name}`);
    if (id <= 204) {
      return upload({
        id,
        name,
        state: 'uploading',
        sizeBefore: 2_000_000,
        sizeAfter: 160_000,
        sent: 40_000,
        thumb: 'img/sea.jpg',
      });
    }
    return upload({ id, name });
  });
}
