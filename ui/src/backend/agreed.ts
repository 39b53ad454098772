// Values that the window uses before Rust sends them; each goes when `bindings.ts` has it.
import { invoke } from '@tauri-apps/api/core';
import type * as B from '../bindings';

export type Check = B.Check | 'dns' | 'tls' | 'region' | 'forcedDownload' | 'cors' | 'images';
export type CheckState = B.CheckState | 'noted';
export type CheckView = Omit<B.CheckView, 'check' | 'state'> & { check: Check; state: CheckState };
export type Field = B.Field | 'cname' | 'endpointKind' | 'signature' | 'images';
export type FieldView = Omit<B.FieldView, 'field'> & { field: Field };
export type Provider = B.Provider | 'oss';
export type ProviderView = Omit<B.ProviderView, 'provider' | 'fields'> & {
  provider: Provider;
  fields: FieldView[];
};
export type EndpointKind = 'public' | 'internal' | 'dual-stack' | 'accelerate' | 'accelerate-overseas';
export type Signature = 'v4' | 'v1';
export type Images = 'oss' | 'cloudflare' | 'none';
export type TransformPlace = 'auto' | 'host' | 'here';
export type Profile = Omit<B.Profile, 'provider'> & {
  provider: Provider;
  cname: boolean;
  endpointKind: EndpointKind | null;
  signature: Signature | null;
  images: Images | null;
  presets: B.Preset[];
  transformPlace: TransformPlace | null;
};
export type ProfileView = Omit<B.ProfileView, 'profile'> & { profile: Profile };
export type PreviewSource =
  | { kind: 'history'; id: number }
  | { kind: 'path'; path: string }
  | { kind: 'sample' };
export type PreviewRequest = {
  source: PreviewSource;
  spec: string;
  place: TransformPlace;
  profile: string | null;
};
export type PictureView = { path: string; width: number; height: number; format: string; bytes: number };
export type LinkView = { base: string; process: string; url: string };
export type PreviewView = {
  place: TransformPlace;
  host: string | null;
  name: string;
  before: PictureView;
  after: PictureView | null;
  link: LinkView | null;
  notes: B.Note[];
  problem: B.ProblemView | null;
};

/** The commands of the transform page; a refusal is thrown as it comes. */
export const commands = {
  transformPreview: (request: PreviewRequest) => invoke<PreviewView>('transform_preview', { request }),
  transformRead: (text: string) => invoke<string>('transform_read', { text }),
  copyTransformed: (ids: number[], spec: string, place: TransformPlace, profile: string | null) =>
    invoke<B.CopiedView>('copy_transformed', { ids, spec, place, profile }),
  transformSources: () => invoke<B.HistoryRow | null>('transform_sources'),
};
