// A profile as it is being edited. Pure, so that what is asked for and refused can be tested.
import type { Field, Profile, ProfileView, ProviderView, SecretInput } from '../../../backend/types';
import type { MessageKey } from '../../../i18n/i18n.svelte';

export type Draft = {
  profile: Profile;
  accessKeyId: string;
  /** Typed, never filled from anywhere. */
  secret: string;
  token: string;
  /** The secret's field is open. */
  editing: boolean;
};

export type TextField =
  | 'accountId'
  | 'jurisdiction'
  | 'region'
  | 'endpoint'
  | 'bucket'
  | 'prefix'
  | 'publicUrl';

const TEXT: readonly Field[] = [
  'accountId',
  'jurisdiction',
  'region',
  'endpoint',
  'bucket',
  'prefix',
  'publicUrl',
];

export function isTextField(field: Field): field is TextField {
  return TEXT.includes(field);
}

export function newProfile(provider: ProviderView): Profile {
  return {
    name: '',
    provider: provider.provider,
    bucket: '',
    endpoint: null,
    region: null,
    accountId: null,
    jurisdiction: null,
    prefix: '',
    publicUrl: null,
    pathStyle: provider.pathStyleDefault,
    naming: null,
    transform: null,
    cname: false,
    endpointKind: null,
    signature: null,
    images: null,
    presets: [],
    transformPlace: null,
    secret: { kind: 'keyring' },
  };
}

export function draftOf(view: ProfileView): Draft {
  return {
    profile: structuredClone(view.profile),
    accessKeyId: view.accessKeyId ?? '',
    secret: '',
    token: '',
    editing: !view.secretSet && view.profile.provider !== 'local',
  };
}

export function draftNew(provider: ProviderView): Draft {
  return { profile: newProfile(provider), accessKeyId: '', secret: '', token: '', editing: true };
}

/** Another provider: what both know is kept, what the new one does not ask for goes. */
export function withProvider(draft: Draft, provider: ProviderView): Draft {
  const asks = new Set(provider.fields.map((f) => f.field));
  const { profile } = draft;
  const keep = <V>(field: Field, value: V, none: V): V => (asks.has(field) ? value : none);
  return {
    ...draft,
    profile: {
      ...profile,
      provider: provider.provider,
      accountId: keep('accountId', profile.accountId, null),
      jurisdiction: keep('jurisdiction', profile.jurisdiction, null),
      // A region of one provider means nothing to another.
      region: null,
      endpoint: keep('endpoint', profile.endpoint, null),
      pathStyle: provider.pathStyleDefault,
      cname: keep('cname', profile.cname, false),
      endpointKind: keep('endpointKind', profile.endpointKind, null),
      signature: keep('signature', profile.signature, null),
      // Another provider processes images in another way.
      images: null,
    },
  };
}

export function read(profile: Profile, field: TextField): string {
  return profile[field] ?? '';
}

export function write(profile: Profile, field: TextField, value: string): Profile {
  if (field === 'bucket' || field === 'prefix') return { ...profile, [field]: value };
  return { ...profile, [field]: value === '' ? null : value };
}

export function isDirty(draft: Draft, view: ProfileView | undefined): boolean {
  if (!view) return true;
  return (
    JSON.stringify(draft.profile) !== JSON.stringify(view.profile) ||
    draft.accessKeyId.trim() !== (view.accessKeyId ?? '') ||
    draft.secret !== '' ||
    draft.token !== ''
  );
}

export type Errors = Partial<Record<'name' | Field | 'envAccess' | 'envSecret', MessageKey>>;

const NAME = /^[A-Za-z0-9._-]{1,64}$/;

function isUrl(text: string): boolean {
  try {
    const url = new URL(text.includes('://') ? text : `https://${text}`);
    return /^https?:$/.test(url.protocol) && url.hostname !== '';
  } catch {
    return false;
  }
}

/** What is wrong with a draft, by field. Empty when it can be saved. */
export function check(
  draft: Draft,
  provider: ProviderView,
  view: ProfileView | undefined,
  names: readonly string[],
): Errors {
  const { profile } = draft;
  const errors: Errors = {};
  if (!NAME.test(profile.name.trim()))
    errors.name = profile.name.trim() === '' ? 'form.required' : 'form.nameInvalid';
  else if (profile.name.trim() !== view?.profile.name && names.includes(profile.name.trim()))
    errors.name = 'form.nameTaken';
  for (const { field, required } of provider.fields) {
    if (!isTextField(field)) continue;
    const value = read(profile, field).trim();
    // Its own endpoint makes a region or account unnecessary.
    const covered = (field === 'region' || field === 'accountId') && profile.endpoint !== null;
    if (required && value === '' && !covered) errors[field] = 'form.required';
    else if ((field === 'endpoint' || field === 'publicUrl') && value !== '' && !isUrl(value))
      errors[field] = 'form.urlInvalid';
  }
  // The domain that uploads go through is the public address.
  if (profile.cname && read(profile, 'publicUrl').trim() === '') errors.publicUrl = 'form.cnameNeedsUrl';
  if (!provider.fields.some((f) => f.field === 'secretAccessKey')) return errors;
  if (profile.secret.kind === 'env') {
    if (profile.secret.access_key.trim() === '') errors.envAccess = 'form.required';
    if (profile.secret.secret_key.trim() === '') errors.envSecret = 'form.required';
    return errors;
  }
  const id = draft.accessKeyId.trim();
  const changed = id !== (view?.accessKeyId ?? '');
  if (id === '' && (draft.secret !== '' || !view))
    errors.accessKeyId = draft.secret === '' ? 'form.required' : 'secret.idToo';
  if (draft.secret === '' && (changed || draft.token !== '' || !view))
    errors.secretAccessKey = view ? 'secret.again' : 'form.required';
  return errors;
}

/** The secret to hand over, or none when the old one stays. */
export function secretInput(draft: Draft): SecretInput | null {
  if (draft.profile.secret.kind === 'env' || draft.secret === '') return null;
  return {
    accessKeyId: draft.accessKeyId.trim(),
    secretAccessKey: draft.secret,
    sessionToken: draft.token.trim() === '' ? null : draft.token.trim(),
  };
}
