// Versions and what may be called one, as the core has it (`hoist model`).
import type { VersionSummary } from '../../../backend/models';

const SEMVER = /^([vV]?)(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,95}$/u;
const VERSION = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/;
const RESERVED = /^(?:latest|aliases\.json)$/i;

export const isModelName = (text: string): boolean => NAME.test(text) && !text.endsWith('.');
export const isVersion = (text: string): boolean =>
  VERSION.test(text) && !RESERVED.test(text) && !text.endsWith('.');
/** An alias must not read as a version: `v2.0.0` may be made some day. */
export const isAlias = (text: string): boolean => isVersion(text) && !SEMVER.test(text);

/** The release after the newest one: `v1.2.0` gives `v1.2.1`, `1.2.0-rc.1` gives `1.2.0`. */
export function nextVersion(versions: readonly string[]): string {
  let best: { v: string; numbers: [number, number, number]; pre: boolean } | null = null;
  for (const text of versions) {
    const found = SEMVER.exec(text);
    if (!found) continue;
    const numbers: [number, number, number] = [Number(found[2]), Number(found[3]), Number(found[4])];
    const next = { v: found[1] ?? '', numbers, pre: found[5] !== undefined };
    if (best === null || isAfter(next, best)) best = next;
  }
  if (best === null) return versions.length === 0 ? 'v1.0.0' : '';
  const [major, minor, patch] = best.numbers;
  return `${best.v}${major}.${minor}.${best.pre ? patch : patch + 1}`;
}

function isAfter(
  a: { numbers: [number, number, number]; pre: boolean },
  b: { numbers: [number, number, number]; pre: boolean },
): boolean {
  for (let i = 0; i < 3; i += 1) {
    const by = (a.numbers[i] ?? 0) - (b.numbers[i] ?? 0);
    if (by !== 0) return by > 0;
  }
  return b.pre && !a.pre;
}

/** Picks a version for the comparison: of three the one picked first goes; picking it again lets go of it. */
export function pick(picked: readonly string[], version: string): string[] {
  if (picked.includes(version)) return picked.filter((other) => other !== version);
  return [...picked, version].slice(-2);
}

/** Older and newer of what is picked; versions stand newest first. */
export function pairOf(
  picked: readonly string[],
  versions: readonly VersionSummary[],
): { a: string; b: string } | null {
  const [b, a] = versions.filter((v) => picked.includes(v.version)).map((v) => v.version);
  return a !== undefined && b !== undefined ? { a, b } : null;
}

/** The two that are compared until a person picks others: the latest and what it was made from, or the one before. */
export function firstPair(versions: readonly VersionSummary[]): string[] {
  const done = versions.filter((v) => v.finished);
  const b = done.find((v) => v.aliases.includes('latest')) ?? done[0];
  if (!b) return [];
  const a = done.find((v) => v.version === b.parent) ?? done[done.indexOf(b) + 1];
  return a ? [a.version, b.version] : [];
}

/** The first line of a description, which is what a list has room for. */
export const headlineOf = (description: string | null): string => description?.trim().split('\n')[0] ?? '';

/** What a description says below its first line. */
export const notesOf = (description: string | null): string =>
  description?.trim().split('\n').slice(1).join('\n').trim() ?? '';
