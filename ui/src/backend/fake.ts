// A believable Hoist in memory: for the browser tests and for `npm run dev`. Nothing of it is in
// the app's build.
import type { Backend, DragState } from './backend';
import { FakeBackups, folderOf, previewOf } from './fake/backups';
import { PROBLEMS, PROVIDERS, profileView } from './fake/data';
import { hostOf, linkFor, type Original, preview } from './fake/preview';
import { readBack } from './fake/process';
import { delay, FakeQueue, type Scenario } from './fake/queue';
import type * as T from './types';

export type { Scenario } from './fake/queue';

export class FakeBackend extends FakeQueue implements Backend {
  backups = new FakeBackups(this.settings.defaultProfile === 'local');

  // ---- Backend ----------------------------------------------------------------------------------

  async subscribe(onDelta: (delta: T.Delta) => void): Promise<T.Snapshot> {
    this.call('subscribe');
    this.listener = onDelta;
    return structuredClone({
      seq: this.seq,
      settings: this.settings,
      profiles: this.profiles,
      uploads: [...this.uploads.values()],
      historyRevision: this.history.revision,
      store: this.store,
    });
  }

  onDrag(cb: (state: DragState) => void): void {
    this.onDragState = cb;
    document.addEventListener('dragover', (event) => {
      event.preventDefault();
      cb('over');
    });
    document.addEventListener('dragleave', () => cb('none'));
    document.addEventListener('drop', (event) => {
      event.preventDefault();
      cb('none');
      void this.uploadPaths([...(event.dataTransfer?.files ?? [])].map((file) => file.name));
    });
  }

  async chooseFiles(): Promise<number | null> {
    this.call('chooseFiles');
    return this.enqueue(['harbour-at-dawn.jpg', 'night-market.jpg', '港口的清晨.png'], 'file');
  }

  async uploadPaths(paths: string[]): Promise<number> {
    this.call('uploadPaths', paths);
    return this.enqueue(paths, 'file');
  }

  async uploadClipboard(): Promise<number> {
    this.call('uploadClipboard');
    return this.enqueue(['clipboard.png'], 'clipboard');
  }

  async uploadUrls(urls: string[]): Promise<number> {
    this.call('uploadUrls', urls);
    return this.enqueue(
      urls.map((url) => new URL(url).pathname.split('/').pop() || 'image'),
      'url',
    );
  }

  async cancelUpload(id: number): Promise<void> {
    this.call('cancelUpload', id);
    this.change(id, { state: 'cancelled' });
  }

  async cancelAll(): Promise<void> {
    this.call('cancelAll');
    for (const view of this.uploads.values())
      if (!this.ended(view)) this.change(view.id, { state: 'cancelled' });
  }

  async retryUpload(id: number): Promise<void> {
    this.call('retryUpload', id);
    this.change(id, { state: 'waiting', problem: null, sent: 0 });
    void this.simulate(id, null);
  }

  async retryFailed(): Promise<void> {
    this.call('retryFailed');
    for (const view of [...this.uploads.values()])
      if (view.state === 'failed') void this.retryUpload(view.id);
  }

  async clearFinished(): Promise<void> {
    this.call('clearFinished');
    const ids = [...this.uploads.values()].filter((v) => this.ended(v)).map((v) => v.id);
    for (const id of ids) this.uploads.delete(id);
    this.emit({ type: 'uploadsRemoved', ids });
  }

  async copyUploadLinks(ids: number[], format: string | null): Promise<T.CopiedView> {
    this.call('copyUploadLinks', ids, format);
    const urls = ids.flatMap((id) => this.uploads.get(id)?.url ?? []);
    return this.copy(urls, format);
  }

  async historyOutline(query: T.HistoryQuery): Promise<T.HistoryOutline> {
    this.call('historyOutline', query);
    return structuredClone(this.history.outline(query));
  }

  async historyRows(query: T.HistoryQuery, offset: number, limit: number): Promise<T.HistoryRow[]> {
    this.call('historyRows', query, offset, limit);
    return structuredClone(this.history.find(query).slice(offset, offset + limit));
  }

  async copyHistoryLinks(ids: number[], format: string | null): Promise<T.CopiedView> {
    this.call('copyHistoryLinks', ids, format);
    const urls = this.history.byId(ids).map((row) => row.url);
    return this.copy(urls, format);
  }

  async openHistory(id: number): Promise<void> {
    this.call('openHistory', id);
  }

  async deleteHistory(ids: number[], remote: boolean): Promise<T.DeletionView> {
    this.call('deleteHistory', ids, remote);
    const deletion = this.history.remove(ids);
    this.changed();
    return deletion;
  }

  async undoDeletion(id: number): Promise<number> {
    this.call('undoDeletion', id);
    const n = this.history.restore(id);
    this.changed();
    return n;
  }

  async undoBatch(batch: number): Promise<T.DeletionView> {
    this.call('undoBatch', batch);
    const ids = (this.batches.get(batch) ?? []).flatMap((id) => this.uploads.get(id)?.historyId ?? []);
    const uploadIds = this.batches.get(batch) ?? [];
    for (const id of uploadIds) this.uploads.delete(id);
    this.emit({ type: 'uploadsRemoved', ids: uploadIds });
    const deletion = this.history.remove(ids);
    this.changed();
    return deletion;
  }

  async reuploadHistory(ids: number[], profile: string): Promise<number> {
    this.call('reuploadHistory', ids, profile);
    return this.enqueue(
      this.history.byId(ids).map((row) => row.name),
      'file',
      profile,
    );
  }

  async setLinkFormat(format: string): Promise<void> {
    this.call('setLinkFormat', format);
    this.settings = { ...this.settings, linkFormat: format };
    this.emit({ type: 'settings', settings: this.settings });
  }

  async setDefaultProfile(name: string): Promise<void> {
    this.call('setDefaultProfile', name);
    this.settings = { ...this.settings, defaultProfile: name };
    this.mark();
    this.emit({ type: 'settings', settings: this.settings }, { type: 'profiles', profiles: this.profiles });
  }

  async providerList(): Promise<T.ProviderView[]> {
    this.call('providerList');
    return structuredClone(PROVIDERS);
  }

  async profileSave(
    profile: T.Profile,
    secret: T.SecretInput | null,
    previous: string | null,
  ): Promise<T.ProfileView> {
    this.call('profileSave', profile, secret ? { ...secret, secretAccessKey: '…' } : null, previous);
    if (!/^[\w.-]{1,64}$/.test(profile.name)) throw PROBLEMS.profileName;
    const old = this.profiles.find((p) => p.profile.name === previous);
    const view = profileView(structuredClone(profile), {
      accessKeyId: secret?.accessKeyId ?? old?.accessKeyId ?? null,
      secretSet: secret !== null || (old?.secretSet ?? false),
    });
    this.profiles = old ? this.profiles.map((p) => (p === old ? view : p)) : [...this.profiles, view];
    if (previous === this.settings.defaultProfile)
      this.settings = { ...this.settings, defaultProfile: profile.name };
    this.mark();
    this.emit({ type: 'profiles', profiles: this.profiles });
    return structuredClone(view);
  }

  async profileDelete(name: string): Promise<void> {
    this.call('profileDelete', name);
    this.profiles = this.profiles.filter((p) => p.profile.name !== name);
    if (this.settings.defaultProfile === name) this.settings = { ...this.settings, defaultProfile: 'local' };
    this.mark();
    this.emit({ type: 'profiles', profiles: this.profiles }, { type: 'settings', settings: this.settings });
  }

  async doctor(name: string, onCheck: (check: T.CheckView) => void): Promise<T.CheckView[]> {
    this.call('doctor', name);
    const line = (check: T.Check, state: T.CheckState, measure: string | null): T.CheckView => ({
      check,
      state,
      measure,
      problem: null,
      command: null,
    });
    const lines: T.CheckView[] = [
      line('dns', 'ok', '203.0.113.7'),
      line('tls', 'ok', '61 days left'),
      line('endpoint', 'ok', '38 ms'),
      line('clock', 'ok', '+0.4 s'),
      line('credentials', 'ok', 'V4'),
      line('region', 'ok', null),
      line('list', 'ok', '61 ms'),
      line('writeAndDelete', 'ok', '94 ms'),
      name === 'blog'
        ? {
            ...line('publicUrl', 'failed', '403'),
            problem: PROBLEMS.privateBucket,
            command: 'hoist profile set blog --public-url https://img.example.com',
          }
        : line('publicUrl', 'ok', '44 ms'),
      name === 'blog-oss'
        ? {
            ...line('forcedDownload', 'noted', null),
            problem: PROBLEMS.forcedDownload,
            command: 'hoist profile set blog-oss --public-url https://img.example.com --cname',
          }
        : line('forcedDownload', 'ok', null),
      line('cors', 'notNeeded', null),
      name === 'blog' || name === 'blog-oss'
        ? line('images', 'ok', 'WebP, AVIF')
        : line('images', 'notNeeded', null),
    ];
    for (const check of lines) {
      onCheck({ ...check, state: 'running', measure: null, problem: null, command: null });
      await delay(this.pace / 2);
      onCheck(check);
    }
    return lines;
  }

  async settingsSave(settings: T.Settings): Promise<T.Settings> {
    this.call('settingsSave', settings);
    if (/\{nme\}/.test(settings.naming)) throw PROBLEMS.pattern;
    this.settings = structuredClone(settings);
    this.emit({ type: 'settings', settings: this.settings });
    return structuredClone(settings);
  }

  async namingPreview(pattern: string, _profile: string | null): Promise<T.PatternPreview> {
    this.call('namingPreview', pattern);
    if (/\{nme\}/.test(pattern)) throw PROBLEMS.pattern;
    const values: Record<string, string> = {
      year: '2025',
      month: '11',
      day: '20',
      name: 'harbour-at-dawn',
      ext: 'webp',
      sha256: '3f9a1c2eb81d0f67',
    };
    const key = pattern.replace(/\{(\w+)(?::(\d+))?\}/g, (_, token: string, n?: string) =>
      (values[token] ?? token).slice(0, n ? Number(n) : undefined),
    );
    return { key, url: `https://img.example.com/blog/${key}` };
  }

  async linkPreview(template: string): Promise<string> {
    this.call('linkPreview', template);
    if (!template.includes('{url}')) throw PROBLEMS.template;
    return template
      .replaceAll('{url}', 'https://img.example.com/2025/11/harbour-at-dawn.webp')
      .replaceAll('{alt}', 'harbour-at-dawn')
      .replaceAll('{name}', 'harbour-at-dawn')
      .replaceAll('{width}', '1600')
      .replaceAll('{height}', '1200');
  }

  async transformCheck(spec: string): Promise<string> {
    this.call('transformCheck', spec);
    if (!/^([\w-]+=[^,]+)(,[\w-]+=[^,]+)*$|^image\//.test(spec)) throw PROBLEMS.transform;
    return spec;
  }

  async transformPreview(request: T.PreviewRequest): Promise<T.PreviewView> {
    this.call('transformPreview', structuredClone(request));
    const { source } = request;
    const row = source.kind === 'history' ? this.history.byId([source.id])[0] : undefined;
    const name = request.profile ?? this.settings.defaultProfile;
    const host = hostOf(this.profiles.find((p) => p.profile.name === name)?.profile);
    // What stands in the way is decided when the question is asked, not when its answer comes.
    const { previewProblem: problem, previewTakes: takes } = this;
    const wrong = /nonsense/.test(request.spec);
    await delay(takes);
    if (wrong) throw PROBLEMS.transform;
    const view = await preview(request, original(row, source), row?.url ?? null, host);
    this.previewsAnswered += 1;
    return problem ? { ...view, after: null, problem } : view;
  }

  async transformRead(text: string): Promise<string> {
    this.call('transformRead', text);
    const spec = readBack(text);
    if (spec === null) throw PROBLEMS.transform;
    return spec;
  }

  async copyTransformed(
    ids: number[],
    spec: string,
    place: T.TransformPlace,
    profile: string | null,
  ): Promise<T.CopiedView> {
    this.call('copyTransformed', ids, spec, place, profile);
    const host = hostOf(this.profiles.find((p) => p.profile.name === profile)?.profile);
    const rows = this.history.byId(ids);
    return this.copy(
      rows.map((row) => linkFor(row.url, spec, place === 'here' ? null : host).url),
      null,
    );
  }

  async transformSources(): Promise<T.HistoryRow | null> {
    this.call('transformSources');
    return structuredClone(this.history.rows[0] ?? null);
  }

  async appInfo(): Promise<T.AppInfo> {
    this.call('appInfo');
    return {
      version: '0.1.0',
      dataDir: '/home/ada/.local/share/hoist',
      configFile: '/home/ada/.config/hoist/config.toml',
      store: this.store,
      platform: 'linux',
      shortcutError: null,
    };
  }

  async openManager(): Promise<void> {
    this.call('openManager');
  }

  async backupList(): Promise<T.BackupView[]> {
    this.call('backupList');
    return structuredClone(this.backups.rules);
  }

  async backupSave(rule: T.BackupRule, previous: string | null): Promise<T.BackupView[]> {
    this.call('backupSave', structuredClone(rule), previous);
    this.backups.save(rule, previous);
    this.tellBackups();
    return structuredClone(this.backups.rules);
  }

  async backupDelete(name: string): Promise<void> {
    this.call('backupDelete', name);
    this.backups.rules = this.backups.rules.filter((view) => view.rule.name !== name);
    this.tellBackups();
  }

  async backupPreview(rule: T.BackupRule): Promise<T.BackupPreview> {
    this.call('backupPreview', structuredClone(rule));
    await delay(this.pace);
    return previewOf(rule);
  }

  async backupFolder(rule: T.BackupRule): Promise<string> {
    this.call('backupFolder', structuredClone(rule));
    return folderOf(rule);
  }

  async backupRun(name: string, check: boolean): Promise<void> {
    this.call('backupRun', name, check);
    for (const done of [0, 4, 9, 12]) {
      this.backups.runs(name, done);
      this.tellBackups();
      await delay(this.pace);
    }
    this.backups.ends(name);
    this.tellBackups();
  }

  async chooseBackupFolder(): Promise<string | null> {
    this.call('chooseBackupFolder');
    return '/home/ada/experiments';
  }

  private tellBackups(): void {
    this.emit({ type: 'backups', backups: this.backups.rules });
  }

  thumbUrl(path: string): string {
    return path;
  }

  async copyText(text: string): Promise<void> {
    this.call('copyText', text);
    this.clipboard = text;
  }
}

/** The picture behind a source. */
function original(row: T.HistoryRow | undefined, source: T.PreviewSource): Original {
  const name = row?.name ?? (source.kind === 'path' ? source.path.split('/').pop() : '') ?? '';
  const picture =
    !row || row.thumb === 'img/harbour-s.jpg' ? 'img/harbour.jpg' : (row.thumb ?? 'img/sea.jpg');
  const format =
    row?.contentType === 'image/gif'
      ? 'GIF'
      : name.endsWith('.png')
        ? 'PNG'
        : row?.contentType === 'image/webp'
          ? 'WebP'
          : 'JPEG';
  return {
    name,
    picture,
    width: row?.width ?? 4032,
    height: row?.height ?? 3024,
    format,
    bytes: row?.size ?? 3_840_000,
  };
}

/** `?scenario=busy&theme=dark&lang=zh-CN` */
export function fakeFromLocation(): FakeBackend {
  const query = new URLSearchParams(location.search);
  const backend = new FakeBackend({
    scenario: (query.get('scenario') ?? 'gallery') as Scenario,
    pace: Number(query.get('pace') ?? 60),
    settings: {
      theme: (query.get('theme') ?? 'auto') as T.Theme,
      language: (query.get('lang') ?? 'en') as T.UiLanguage,
      ...(query.get('profile') ? { defaultProfile: query.get('profile') ?? 'blog' } : {}),
    },
  });
  Object.assign(window, { hoist: backend });
  return backend;
}
