// Values that the window uses before Rust sends them; each goes when `bindings.ts` has it.
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
export type Profile = Omit<B.Profile, 'provider'> & {
  provider: Provider;
  cname: boolean;
  endpointKind: EndpointKind | null;
  signature: Signature | null;
  images: Images | null;
  presets: B.Preset[];
  transformPlace: B.TransformPlace | null;
};
export type ProfileView = Omit<B.ProfileView, 'profile'> & { profile: Profile };
