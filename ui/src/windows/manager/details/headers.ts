import type { ObjectHeaders } from '../../../backend/manager';

export type HeaderDraft = {
  contentType: string;
  cacheControl: string;
  contentDisposition: string;
  metadata: { name: string; value: string }[];
};

export function toDraft(headers: ObjectHeaders): HeaderDraft {
  return {
    contentType: headers.contentType ?? '',
    cacheControl: headers.cacheControl ?? '',
    contentDisposition: headers.contentDisposition ?? '',
    metadata: headers.metadata.map(([name, value]) => ({ name, value })),
  };
}

/** As it is sent: empty fields are none, and metadata without a name and a value is left out. */
export function cleaned(draft: HeaderDraft): ObjectHeaders {
  const text = (value: string) => (value.trim() === '' ? null : value.trim());
  return {
    contentType: text(draft.contentType),
    cacheControl: text(draft.cacheControl),
    contentDisposition: text(draft.contentDisposition),
    metadata: draft.metadata
      .filter(({ name, value }) => name.trim() !== '' || value.trim() !== '')
      .map(({ name, value }) => [name.trim(), value.trim()]),
  };
}

export function changed(draft: HeaderDraft, headers: ObjectHeaders): boolean {
  const now = cleaned(draft);
  const before = cleaned(toDraft(headers));
  return JSON.stringify(now) !== JSON.stringify(before);
}

export type MetaFault = 'metaNoName' | 'metaBadName' | 'metaTwice' | 'metaBadValue';

/** Metadata travels in HTTP headers, which take neither every name nor every value. */
export function faultOf(draft: HeaderDraft): MetaFault | null {
  const seen = new Set<string>();
  for (const [name, value] of cleaned(draft).metadata) {
    if (name === '') return 'metaNoName';
    if (!/^[\w.-]+$/.test(name)) return 'metaBadName';
    if (seen.has(name.toLowerCase())) return 'metaTwice';
    seen.add(name.toLowerCase());
    if (/[^\x20-\x7e]/.test(value)) return 'metaBadValue';
  }
  return null;
}
