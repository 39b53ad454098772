import type { Preset, Profile, Settings } from '../../../backend/types';
import { same } from './spec';

/** A preset with the place it is kept. */
export type Kept = Preset & { own: boolean };

/** The profile's presets, then those of the settings; of one name the profile's counts. */
export function presetsFor(profile: Profile | undefined, settings: Pick<Settings, 'presets'>): Kept[] {
  const own = (profile?.presets ?? []).map((p) => ({ ...p, own: true }));
  const names = new Set(own.map((p) => p.name.toLowerCase()));
  const all = settings.presets.filter((p) => !names.has(p.name.toLowerCase()));
  return [...own, ...all.map((p) => ({ ...p, own: false }))];
}

/** `preset:NAME` as the spec it stands for; a name nobody knows stands for nothing. */
export function resolve(transform: string, presets: readonly Preset[]): string {
  if (!transform.startsWith('preset:')) return transform;
  const name = transform.slice('preset:'.length).trim().toLowerCase();
  return presets.find((p) => p.name.toLowerCase() === name)?.spec ?? '';
}

/** What settings keep for a spec: the name of a preset every profile knows, else the spec. */
export function asSetting(spec: string, presets: readonly Kept[]): string {
  if (spec.trim() === '') return '';
  const preset = presets.find((p) => !p.own && same(p.spec, spec));
  return preset ? `preset:${preset.name}` : spec.trim();
}

/** A transform after the presets it may name have changed: one that is renamed stays in use, one that is removed leaves none. */
export function follow(transform: string, before: readonly Preset[], after: readonly Preset[]): string {
  const at = before.findIndex((p) => `preset:${p.name}` === transform);
  if (at < 0 || after.some((p) => `preset:${p.name}` === transform)) return transform;
  const renamed = after.length === before.length ? after[at] : undefined;
  return renamed ? `preset:${renamed.name}` : '';
}

/** Presets with one added, or changed where its name is known. */
export function withPreset(presets: readonly Preset[], preset: Preset): Preset[] {
  const at = presets.findIndex((p) => p.name.toLowerCase() === preset.name.toLowerCase());
  return at < 0 ? [...presets, preset] : presets.map((p, i) => (i === at ? preset : p));
}
