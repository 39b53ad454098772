import { describe, expect, test } from 'vitest';
import { LOCAL, PROFILES, PROVIDERS, profileView } from '../../src/backend/fake/data';
import type { ProfileView, ProviderView } from '../../src/backend/types';
import {
  check,
  draftNew,
  draftOf,
  isDirty,
  secretInput,
  withProvider,
  write,
} from '../../src/windows/main/settings/draft';
import { shortcutOf } from '../../src/windows/main/settings/shortcut';
import { describeTransform } from '../../src/windows/main/transforms';
import { firstBadUrl, splitUrls } from '../../src/windows/main/urls';

const provider = (id: string) => PROVIDERS.find((p) => p.provider === id) as ProviderView;
const blog = profileView(PROFILES[1] ?? LOCAL) as ProfileView;

describe('a profile being edited', () => {
  test('a fresh draft is clean, any change makes it dirty', () => {
    const draft = draftOf(blog);
    expect(isDirty(draft, blog)).toBe(false);
    expect(isDirty({ ...draft, profile: write(draft.profile, 'bucket', 'other') }, blog)).toBe(true);
    expect(isDirty({ ...draft, secret: 'x' }, blog)).toBe(true);
    expect(check(draft, provider('r2'), blog, ['blog'])).toEqual({});
  });

  test('a new one asks for what its provider requires', () => {
    const errors = check(draftNew(provider('r2')), provider('r2'), undefined, []);
    expect(Object.keys(errors).sort()).toEqual([
      'accessKeyId',
      'accountId',
      'bucket',
      'name',
      'secretAccessKey',
    ]);
  });

  test.each([
    ['', 'form.required'],
    ['a b', 'form.nameInvalid'],
    ['图床', 'form.nameInvalid'],
    ['x'.repeat(65), 'form.nameInvalid'],
    ['lab-minio', 'form.nameTaken'],
  ])('the name "%s" is refused', (name, error) => {
    const draft = draftOf(blog);
    const renamed = { ...draft, profile: { ...draft.profile, name } };
    expect(check(renamed, provider('r2'), blog, ['blog', 'lab-minio']).name).toBe(error);
  });

  test('an endpoint of its own makes the account unnecessary', () => {
    const draft = draftOf(blog);
    const profile = { ...draft.profile, accountId: null, endpoint: 'https://r2.example.com' };
    expect(check({ ...draft, profile }, provider('r2'), blog, [])).toEqual({});
  });

  test('addresses must be addresses', () => {
    const draft = draftOf(blog);
    const bad = { ...draft, profile: write(draft.profile, 'publicUrl', 'ftp://x') };
    expect(check(bad, provider('r2'), blog, []).publicUrl).toBe('form.urlInvalid');
    const bare = { ...draft, profile: write(draft.profile, 'publicUrl', 'img.example.com') };
    expect(check(bare, provider('r2'), blog, []).publicUrl).toBeUndefined();
  });

  test('another key needs another secret, and the old one is never sent back', () => {
    const draft = { ...draftOf(blog), accessKeyId: 'OTHER' };
    expect(check(draft, provider('r2'), blog, []).secretAccessKey).toBe('secret.again');
    expect(secretInput(draftOf(blog))).toBeNull();
    expect(secretInput({ ...draft, secret: 's', token: ' t ' })).toEqual({
      accessKeyId: 'OTHER',
      secretAccessKey: 's',
      sessionToken: 't',
    });
  });

  test('environment variables need names and no secret', () => {
    const draft = draftNew(provider('r2'));
    const secret = { kind: 'env' as const, access_key: '', secret_key: 'S', session_token: null };
    const env = { ...draft, profile: { ...draft.profile, secret }, secret: 'typed' };
    const errors = check(env, provider('r2'), undefined, []);
    expect(errors.envAccess).toBe('form.required');
    expect(errors.secretAccessKey).toBeUndefined();
    expect(secretInput(env)).toBeNull();
  });

  test('another provider drops what it does not ask for', () => {
    const next = withProvider(draftOf(blog), provider('s3')).profile;
    expect([next.provider, next.accountId, next.region, next.bucket]).toEqual([
      's3',
      null,
      null,
      'blog-images',
    ]);
  });
});

describe('a global shortcut', () => {
  const press = (code: string, key: string, mods: Partial<KeyboardEvent> = {}) =>
    shortcutOf({ code, key, ctrlKey: false, altKey: false, shiftKey: false, metaKey: false, ...mods });

  test('is written as Rust reads it', () => {
    expect(press('KeyU', 'u', { ctrlKey: true, altKey: true })).toEqual({ keys: 'Ctrl+Alt+U', valid: true });
    // Alt changes what the key types, not which key it is.
    expect(press('KeyU', '¨', { altKey: true, shiftKey: true })?.keys).toBe('Alt+Shift+U');
    expect(press('F9', 'F9')).toEqual({ keys: 'F9', valid: true });
  });

  test('needs more than a letter', () => {
    expect(press('KeyU', 'u')?.valid).toBe(false);
    expect(press('KeyU', 'U', { shiftKey: true })?.valid).toBe(false);
    expect(press('ControlLeft', 'Control', { ctrlKey: true })).toBeNull();
  });
});

test('a transform in words', () => {
  expect(describeTransform('w=1600,h=1600,fit=limit,format=webp,q=82')).toBe('1600 × 1600, WebP 82');
  expect(describeTransform('w=800,format=jpg')).toBe('800 wide, JPEG');
  expect(describeTransform('image/resize,w_100')).toBe('image/resize,w_100');
});

test('addresses of the URL dialog', () => {
  const urls = splitUrls(' https://a.example/1.png\nhttp://b.example/2.png  ');
  expect(urls).toEqual(['https://a.example/1.png', 'http://b.example/2.png']);
  expect(firstBadUrl(urls)).toBeNull();
  expect(firstBadUrl([...urls, 'file:///etc/passwd'])).toBe('file:///etc/passwd');
  expect(firstBadUrl(['no'])).toBe('no');
});
