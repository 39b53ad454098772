// What a person does in the settings.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { byId, fake, open, quiet, useBrowser } from './window';

useBrowser();

async function settings(page: Page, nav?: string): Promise<void> {
  await page.keyboard.press('Control+,');
  await byId(page, 'settings').waitFor();
  if (nav) await byId(page, `nav-${nav}`).click();
}

test('a new profile: fields follow the provider, save runs the doctor, the secret is gone from the page', async () => {
  const page = await open({ scenario: 'empty' });
  await byId(page, 'add-profile').click();
  await byId(page, 'save-profile').click();
  expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset.testid)).toBe(
    'field-name',
  );
  expect(await page.getByText('Fill in this field.').count()).toBe(5);
  await byId(page, 'field-name').fill('shots');
  await byId(page, 'field-provider').click();
  await byId(page, 'field-provider-s3').click();
  expect(await byId(page, 'field-accountId').count()).toBe(0);
  await byId(page, 'field-region').fill('eu-central-1');
  await byId(page, 'field-bucket').fill('my-shots');
  await byId(page, 'field-publicUrl').fill('https://shots.example.com');
  await byId(page, 'field-accessKeyId').fill('AKIAEXAMPLE');
  await byId(page, 'field-secretAccessKey').fill('hunter2-secret');
  await byId(page, 'save-profile').click();
  await expect.poll(() => byId(page, 'doctor-verdict').textContent()).toBe('All passed');
  expect(await page.locator('[data-testid="doctor-line"][data-state="ok"]').count()).toBe(10);
  expect(await byId(page, 'secret-state').getAttribute('data-set')).toBe('true');
  expect(await page.content()).not.toContain('hunter2-secret');
  const saved = await fake(page, (hoist) => hoist.profiles.find((p) => p.profile.name === 'shots')?.profile);
  expect(saved).toMatchObject({
    provider: 's3',
    region: 'eu-central-1',
    bucket: 'my-shots',
    accountId: null,
  });
  await byId(page, 'make-default').click();
  await byId(page, 'is-default').waitFor();
  await page.keyboard.press('Escape');
  await byId(page, 'back')
    .click({ timeout: 1000 })
    .catch(() => {});
  await expect.poll(() => byId(page, 'profile-menu').textContent()).toContain('shots');
  quiet(page);
});

test('a failing check is named with its fix, and the list shows it', async () => {
  const page = await open();
  await settings(page, 'blog');
  await byId(page, 'run-doctor').click();
  await expect.poll(() => byId(page, 'doctor-verdict').textContent()).toBe('1 of 12 failed');
  expect(await page.locator('[data-check="publicUrl"]').textContent()).toContain('Connect a custom domain');
  expect(await page.locator('[data-testid="nav-blog"] [role="img"]').getAttribute('aria-label')).toBe(
    'A check failed',
  );
});

test('Replace opens an empty field; another key asks for its secret; Revert puts all back', async () => {
  const page = await open();
  await settings(page, 'blog');
  await byId(page, 'replace-secret').click();
  expect(await byId(page, 'field-secretAccessKey').inputValue()).toBe('');
  expect(await byId(page, 'field-secretAccessKey').getAttribute('type')).toBe('password');
  await byId(page, 'keep-secret').click();
  await byId(page, 'field-accessKeyId').fill('OTHERKEY');
  await byId(page, 'save-profile').click();
  await page.getByText('Enter the secret key that belongs to this access key ID.').waitFor();
  await byId(page, 'revert-profile').click();
  expect(await byId(page, 'field-accessKeyId').inputValue()).toBe('AKIAEXAMPLE0000');
  expect(await byId(page, 'save-profile').isDisabled()).toBe(true);
});

test('a locked keyring is said in place and another place offered', async () => {
  const page = await open();
  await settings(page, 'blog');
  await fake(page, (hoist) => {
    hoist.failing.profileSave = hoist.problems.keyring;
  });
  await byId(page, 'field-bucket').fill('other');
  await byId(page, 'save-profile').click();
  expect(await byId(page, 'profile-problem').textContent()).toContain('keyring is locked');
  await fake(page, (hoist) => {
    hoist.failing = {};
  });
  await byId(page, 'use-file').click();
  await expect.poll(() => fake(page, (hoist) => hoist.profiles[1]?.profile.secret.kind)).toBe('file');
});

test('what Rust refuses is said under the field it names', async () => {
  const page = await open();
  await settings(page, 'blog');
  await fake(page, (hoist) => {
    hoist.failing.profileSave = hoist.problems.badBucket;
  });
  await byId(page, 'field-bucket').fill('x');
  await byId(page, 'save-profile').click();
  expect(await byId(page, 'error-bucket').textContent()).toContain('3 to 63 characters');
  expect(await byId(page, 'field-bucket').getAttribute('aria-invalid')).toBe('true');
});

test('what is typed survives a look at another page', async () => {
  const page = await open();
  await settings(page, 'blog');
  await byId(page, 'field-bucket').fill('half-typed');
  await byId(page, 'nav-general').click();
  await byId(page, 'nav-blog').click();
  expect(await byId(page, 'field-bucket').inputValue()).toBe('half-typed');
});

test('deleting a profile asks, and says what stays', async () => {
  const page = await open();
  await settings(page, 'lab-minio');
  await byId(page, 'delete-profile').click();
  expect(await byId(page, 'remove-profile-dialog').textContent()).toContain('their links stay');
  await byId(page, 'remove-profile-go').click();
  await byId(page, 'nav-lab-minio').waitFor({ state: 'detached' });
  expect(await fake(page, (hoist) => hoist.profiles.length)).toBe(2);
});

test('naming: preview as one types, an error with its column cannot be saved', async () => {
  const page = await open();
  await settings(page, 'naming');
  await byId(page, 'field-pattern').fill('{year}/{nme}');
  await expect.poll(() => byId(page, 'pattern-error').textContent()).toContain('column 9');
  expect(await byId(page, 'save-naming').isDisabled()).toBe(true);
  await byId(page, 'field-pattern').fill('{year}/');
  await page.getByRole('button', { name: 'Insert {name}' }).click();
  expect(await byId(page, 'field-pattern').inputValue()).toBe('{year}/{name}');
  await expect.poll(() => byId(page, 'preview-key').textContent()).toBe('2025/harbour-at-dawn');
  await byId(page, 'save-naming').click();
  await page.getByText('Saved', { exact: true }).waitFor();
  expect(await fake(page, (hoist) => hoist.settings.naming)).toBe('{year}/{name}');
});

test('a format of one’s own stands in the header, and goes with its last use', async () => {
  const page = await open();
  await settings(page, 'formats');
  await byId(page, 'formats-list-add').click();
  await byId(page, 'formats-list-name').fill('Org');
  await byId(page, 'formats-list-text').fill('[[here]]');
  await expect.poll(() => byId(page, 'formats-list-error').textContent()).toContain('{url}');
  await byId(page, 'formats-list-text').fill('[[{url}]]');
  await expect
    .poll(() => byId(page, 'formats-list-preview').textContent())
    .toContain('[[https://img.example.com');
  await byId(page, 'formats-list-save').click();
  await byId(page, 'formats-list-item').waitFor();
  await byId(page, 'back').click();
  await page.keyboard.press('Control+5');
  await expect.poll(() => fake(page, (hoist) => hoist.settings.linkFormat)).toBe('Org');
  await settings(page, 'formats');
  await page.getByRole('button', { name: 'Remove Org' }).click();
  await expect.poll(() => fake(page, (hoist) => hoist.settings.linkFormat)).toBe('markdown');
});

test('a preset in use may be renamed and stays in use', async () => {
  const page = await open();
  await settings(page, 'images');
  await page.getByRole('button', { name: 'Edit Web 1600' }).click();
  await byId(page, 'presets-name').fill('Blog');
  await byId(page, 'presets-save').click();
  await expect.poll(() => fake(page, (hoist) => hoist.settings.transform)).toBe('preset:Blog');
  await byId(page, 'field-stripMetadata').uncheck({ force: true });
  await expect.poll(() => fake(page, (hoist) => hoist.settings.stripMetadata)).toBe(false);
});

test('a preset is made from fields', async () => {
  const page = await open();
  await settings(page, 'images');
  await byId(page, 'presets-add').click();
  await byId(page, 'presets-name').fill('Cover');
  await byId(page, 'presets-w').fill('1200');
  await byId(page, 'presets-h').fill('630');
  await byId(page, 'presets-fit').click();
  await byId(page, 'presets-fit-fill').click();
  await byId(page, 'presets-format').click();
  await byId(page, 'presets-format-webp').click();
  await byId(page, 'presets-q').fill('80');
  expect(await byId(page, 'presets-text').inputValue()).toBe('w=1200,h=630,fit=fill,format=webp,q=80');
  await byId(page, 'presets-save').click();
  await expect.poll(() => byId(page, 'presets-item').count()).toBe(4);
  expect(await fake(page, (hoist) => hoist.settings.presets.at(-1))).toEqual({
    name: 'Cover',
    spec: 'w=1200,h=630,fit=fill,format=webp,q=80',
  });
});

test('the shortcut is captured from the keys themselves', async () => {
  const page = await open();
  await settings(page, 'shortcuts');
  await byId(page, 'shortcut-record').click();
  await page.keyboard.press('h');
  await page.getByText('Hold Ctrl, Alt or Shift').waitFor();
  await page.keyboard.press('Control+Shift+H');
  await expect.poll(() => fake(page, (hoist) => hoist.settings.shortcut)).toBe('Ctrl+Shift+H');
  await byId(page, 'shortcut-clear').click();
  await expect.poll(() => byId(page, 'field-shortcut').textContent()).toBe('None');
});

test('theme, language, numbers', async () => {
  const page = await open();
  await settings(page, 'general');
  await page.getByRole('radio', { name: 'Dark' }).click();
  expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark');
  await byId(page, 'field-concurrency').fill('17');
  await byId(page, 'field-concurrency').blur();
  await page.getByText('Write a number from 1 to 16.').waitFor();
  await byId(page, 'field-concurrency').fill('8');
  await byId(page, 'field-concurrency').blur();
  await expect.poll(() => fake(page, (hoist) => hoist.settings.concurrency)).toBe(8);
  await byId(page, 'field-language').click();
  await byId(page, 'field-language-zh-CN').click();
  await expect.poll(() => page.getByRole('heading', { level: 1 }).textContent()).toBe('设置');
});

test('whether interrupted transfers go on by themselves', async () => {
  const page = await open();
  await settings(page, 'general');
  expect(await byId(page, 'field-continueTransfers').isChecked()).toBe(true);
  await byId(page, 'field-continueTransfers').click({ force: true });
  await expect.poll(() => fake(page, (hoist) => hoist.settings.continueTransfers)).toBe(false);
  await byId(page, 'field-language').click();
  await byId(page, 'field-language-zh-CN').click();
  await page.getByText('Hoist 启动时继续被中断的传输').waitFor();
});

test('a setting that cannot be saved goes back and says why', async () => {
  const page = await open();
  await settings(page, 'general');
  await fake(page, (hoist) => {
    hoist.failing.settingsSave = hoist.problems.history;
  });
  await byId(page, 'field-notify').click({ force: true });
  await byId(page, 'settings-problem').waitFor();
  expect(await byId(page, 'field-notify').isChecked()).toBe(true);
});

test('search finds a setting and takes one to it', async () => {
  const page = await open();
  await settings(page);
  await page.keyboard.press('Control+f');
  await page.keyboard.type('port');
  await byId(page, 'settings-hit').filter({ hasText: 'Store port' }).click();
  await expect
    .poll(() => page.evaluate(() => (document.activeElement as HTMLElement).dataset.testid))
    .toBe('field-storePort');
});

test('in a narrow window the doctor lies under the form', async () => {
  const page = await open({ width: 640, height: 480 });
  await settings(page, 'blog');
  const form = await page.locator('#profile-form').boundingBox();
  const doctor = await byId(page, 'doctor').boundingBox();
  expect(doctor?.y).toBeGreaterThanOrEqual((form?.y ?? 0) + (form?.height ?? 0) - 1);
});

test('an OSS profile: region by its city, CNAME, endpoint, signature, and its own words for keys', async () => {
  const page = await open({ scenario: 'empty' });
  await byId(page, 'add-profile').click();
  await byId(page, 'field-name').fill('blog');
  await byId(page, 'field-provider').click();
  await byId(page, 'field-provider-oss').click();
  await byId(page, 'field-region').fill('硅谷');
  await page.keyboard.press('Enter');
  expect(await byId(page, 'field-region').inputValue()).toBe('us-west-1');
  await byId(page, 'field-region').fill('shang');
  await byId(page, 'field-region-cn-shanghai').click();
  expect(await byId(page, 'field-region').inputValue()).toBe('cn-shanghai');
  await byId(page, 'field-bucket').fill('blog-images');
  await byId(page, 'field-cname').check({ force: true });
  await byId(page, 'field-accessKeyId').fill('LTAI5tExampleKeyId0000');
  await byId(page, 'field-secretAccessKey').fill('s3cret-of-oss');
  await byId(page, 'field-sessionToken').fill('sts-token-of-oss');
  expect(await page.getByText('AccessKey secret').count()).toBe(1);
  expect(await page.getByText('STS token').count()).toBe(1);
  await byId(page, 'save-profile').click();
  await page.getByText('Write the domain that is bound to the bucket, or turn CNAME off.').waitFor();
  await byId(page, 'field-publicUrl').fill('https://img.example.com');
  await byId(page, 'field-signature').click();
  await byId(page, 'field-signature-v1').click();
  expect(await byId(page, 'v1-warning').textContent()).toContain('V1 is closed to accounts');
  await byId(page, 'field-endpointKind').click();
  await byId(page, 'field-endpointKind-dual-stack').click();
  await byId(page, 'field-images').click();
  await byId(page, 'field-images-none').click();
  await byId(page, 'save-profile').click();
  await byId(page, 'doctor-verdict').waitFor();
  const saved = await fake(page, (hoist) => hoist.profiles.find((p) => p.profile.name === 'blog')?.profile);
  expect(saved).toMatchObject({
    provider: 'oss',
    region: 'cn-shanghai',
    cname: true,
    publicUrl: 'https://img.example.com',
    signature: 'v1',
    endpointKind: 'dual-stack',
    images: 'none',
  });
  expect(await page.content()).not.toContain('s3cret-of-oss');
  expect(await page.content()).not.toContain('sts-token-of-oss');
  quiet(page);
});

test('keys of OSS from the environment have the names its own tools use', async () => {
  const page = await open({ scenario: 'oss' });
  await settings(page, 'blog-oss');
  await byId(page, 'field-secretWhere').click();
  await byId(page, 'field-secretWhere-env').click();
  expect(await byId(page, 'field-envAccess').inputValue()).toBe('ALIYUN_ACCESS_KEY_ID');
  expect(await byId(page, 'field-envSecret').inputValue()).toBe('ALIYUN_ACCESS_KEY_SECRET');
});

test('R2 can have its images processed by Cloudflare, and says what must be on', async () => {
  const page = await open();
  await settings(page, 'blog');
  expect(await byId(page, 'cloudflare-hint').count()).toBe(0);
  await byId(page, 'field-images').click();
  await byId(page, 'field-images-cloudflare').click();
  expect(await byId(page, 'cloudflare-hint').textContent()).toContain(
    'Transformations must be on for the zone',
  );
  await byId(page, 'save-profile').click();
  await expect
    .poll(() => fake(page, (hoist) => hoist.profiles.find((p) => p.profile.name === 'blog')?.profile.images))
    .toBe('cloudflare');
});

test('the region list is worked by keyboard: arrows, Enter, Escape leaves what was typed', async () => {
  const page = await open({ scenario: 'oss' });
  await settings(page, 'blog-oss');
  await byId(page, 'field-region').focus();
  await page.keyboard.press('ArrowDown');
  expect(await byId(page, 'field-region').getAttribute('aria-expanded')).toBe('true');
  expect(await byId(page, 'field-region').getAttribute('aria-activedescendant')).toBe('f-region-0');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  expect(await byId(page, 'field-region').inputValue()).toBe('cn-shanghai');
  await byId(page, 'field-region').fill('cn-some');
  await page.keyboard.press('Escape');
  expect(await byId(page, 'field-region').inputValue()).toBe('cn-some');
  expect(await byId(page, 'field-region').getAttribute('aria-expanded')).toBe('false');
  // The page is still the profile's: Escape closed the list and nothing else.
  expect(await byId(page, 'settings').count()).toBe(1);
});

test('a remark of the doctor is no failure: it says so in words, with its fix to copy', async () => {
  const page = await open({ scenario: 'oss' });
  await settings(page, 'blog-oss');
  await byId(page, 'run-doctor').click();
  await expect.poll(() => byId(page, 'doctor-verdict').textContent()).toBe('1 remark');
  const line = page.locator('[data-check="forcedDownload"]');
  expect(await line.getAttribute('data-state')).toBe('noted');
  expect(await line.textContent()).toContain('Remark');
  expect(await line.textContent()).toContain('Bind a domain of your own');
  await line.getByRole('button', { name: 'Copy command' }).click();
  expect(await fake(page, (hoist) => hoist.clipboard)).toContain('--cname');
  expect(await byId(page, 'doctor-line').count()).toBe(12);
  expect(await page.locator('[data-testid="nav-blog-oss"] [role="img"]').getAttribute('aria-label')).toBe(
    'Working',
  );
});

test("a profile's own presets: added in its form, kept with it, followed when renamed", async () => {
  const page = await open({ scenario: 'oss' });
  await settings(page, 'blog-oss');
  await byId(page, 'profile-presets-add').click();
  await byId(page, 'profile-presets-name').fill('Card');
  await byId(page, 'profile-presets-w').fill('640');
  // Enter keeps the preset; the form around it is not sent.
  await byId(page, 'profile-presets-name').press('Enter');
  await expect.poll(() => byId(page, 'profile-presets-item').count()).toBe(4);
  expect(await fake(page, (hoist) => hoist.calls.some((c) => c.name === 'profileSave'))).toBe(false);
  await page.getByRole('button', { name: 'Edit Web 1600' }).click();
  await byId(page, 'profile-presets-name').fill('Page');
  await byId(page, 'profile-presets-save').click();
  await expect.poll(() => byId(page, 'field-transform').textContent()).toContain('Page');
  await byId(page, 'save-profile').click();
  await expect
    .poll(() => fake(page, (hoist) => hoist.profiles.find((p) => p.profile.name === 'blog-oss')?.profile))
    .toMatchObject({
      transform: 'preset:Page',
      presets: [
        { name: 'Page' },
        { name: 'Blog cover' },
        { name: 'Thumbnail' },
        { name: 'Card', spec: 'w=640' },
      ],
    });
});

test('where images are transformed is kept on the Images page and can differ by profile', async () => {
  const page = await open({ scenario: 'oss' });
  await settings(page, 'images');
  await byId(page, 'field-transformPlace').click();
  await byId(page, 'field-transformPlace-here').click();
  await expect.poll(() => fake(page, (hoist) => hoist.settings.transformPlace)).toBe('here');
  await byId(page, 'nav-blog-oss').click();
  expect(await byId(page, 'field-transformPlace').textContent()).toContain(
    'As in settings: Here, before upload',
  );
  await byId(page, 'field-transformPlace').click();
  await byId(page, 'field-transformPlace-host').click();
  await byId(page, 'save-profile').click();
  await expect
    .poll(() =>
      fake(
        page,
        (hoist) => hoist.profiles.find((p) => p.profile.name === 'blog-oss')?.profile.transformPlace,
      ),
    )
    .toBe('host');
});
