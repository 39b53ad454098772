// What a person does in the file manager.
import { describe, expect, test } from 'vitest';
import { go, lastCall, manager, names, openManager, row } from './manager';
import { byId, quiet, shot, sound, useBrowser } from './window';

useBrowser();

describe('the list', () => {
  test('shows folders first in natural order, and sorts by its heads', async () => {
    const page = await openManager();
    expect((await names(page)).slice(0, 5)).toEqual([
      'eval',
      'chat_template.jinja',
      'config.json',
      'LICENSE',
      'merges.txt',
    ]);
    await byId(page, 'sort-size').click();
    expect((await names(page))[1]).toBe('model-00001-of-00004.safetensors');
    expect(await page.locator('[aria-sort="descending"]').textContent()).toContain('Size');
    await byId(page, 'sort-size').click();
    expect((await names(page))[1]).toBe('special_tokens_map.json');
    quiet(page);
  });

  test('is walked by keyboard: arrows, range, all, letters, open and up', async () => {
    const page = await openManager();
    const table = byId(page, 'table');
    await table.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    expect(await byId(page, 'selected').textContent()).toBe('1 selected, 4.1 KB');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+End');
    expect(await byId(page, 'selected').textContent()).toMatch(/^13 selected/);
    await page.keyboard.press('Control+a');
    expect(await byId(page, 'selected').textContent()).toMatch(/^14 selected/);
    await page.keyboard.press('Escape');
    expect(await byId(page, 'selected').count()).toBe(0);
    await page.keyboard.type('tokenizer_');
    const at = await table.getAttribute('aria-activedescendant');
    expect(await page.locator(`#${at}`).getAttribute('data-name')).toBe('tokenizer_config.json');
    await page.keyboard.press('Backspace');
    await row(page, 'v1.1.0').waitFor();
    // The folder one comes from is where the keyboard is.
    await expect.poll(() => row(page, 'v1.2.0').getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('Enter');
    await row(page, 'eval').waitFor();
    await page.keyboard.press('Alt+ArrowLeft');
    await row(page, 'v1.1.0').waitFor();
    await page.keyboard.press('Alt+ArrowRight');
    await row(page, 'eval').waitFor();
    quiet(page);
  });

  test('is filtered as one types, and Esc brings all back', async () => {
    const page = await openManager();
    await page.keyboard.press('Control+f');
    await page.keyboard.type('MODEL');
    await expect
      .poll(() => names(page))
      .toEqual([
        'model-00001-of-00004.safetensors',
        'model-00002-of-00004.safetensors',
        'model-00003-of-00004.safetensors',
        'model.safetensors.index.json',
      ]);
    expect(await byId(page, 'folder-sum').textContent()).toContain('4 of 14');
    await page.keyboard.press('Escape');
    await expect.poll(async () => (await names(page)).length).toBe(14);
  });

  test('says nothing for a moment, then that it reads; a late answer of another folder is not shown', async () => {
    const page = await openManager();
    await manager(page, (hoist) => {
      hoist.pace = 900;
    });
    await go(page, 'harbour-7b-base/');
    expect(await byId(page, 'list-loading').count()).toBe(0);
    await byId(page, 'list-loading').waitFor();
    await manager(page, (hoist) => {
      hoist.pace = 5;
    });
    await page.keyboard.press('Alt+ArrowLeft');
    await row(page, 'README.md').waitFor();
    await page.waitForTimeout(700);
    expect((await names(page)).length).toBe(14);
  });

  test('keeps what is selected when it is read again', async () => {
    const page = await openManager();
    await row(page, 'merges.txt').click();
    await manager(page, (hoist) => {
      hoist.objects.put('models-r2', 'harbour-7b-instruct/v1.2.0/a.txt', 5, 0);
      hoist.emit({ type: 'objects', place: 'models-r2', prefix: 'harbour-7b-instruct/v1.2.0/' });
    });
    await row(page, 'a.txt').waitFor();
    expect(await row(page, 'merges.txt').getAttribute('aria-selected')).toBe('true');
    expect(await byId(page, 'selected').textContent()).toMatch(/^1 selected/);
  });

  test('failing is told where the rows were, and can be tried again', async () => {
    const page = await openManager();
    await manager(page, (hoist) => {
      hoist.failing.objectList = hoist.problems.timeout;
    });
    await go(page, 'ocr-detector/');
    await byId(page, 'list-failed').waitFor();
    await manager(page, (hoist) => {
      hoist.failing.objectList = undefined;
    });
    await byId(page, 'list-retry').click();
    await row(page, 'model.gguf').waitFor();
  });

  test('shows what is being uploaded in its place, with its percentage', async () => {
    const page = await openManager();
    await manager(page, (hoist) =>
      hoist.emit({
        type: 'transfer',
        transfer: {
          id: 7,
          kind: 'upload',
          place: 'models-r2',
          name: 'model-00004-of-00004.safetensors',
          detail: '',
          state: 'running',
          priority: 'normal',
          filesTotal: 1,
          filesDone: 0,
          filesFailed: 0,
          filesSkipped: 0,
          bytesTotal: 3_560_000_000,
          bytesDone: 2_171_600_000,
          parts: null,
          speed: 48_200_000,
          secondsLeft: 29,
          problem: null,
          createdAt: 0,
          target: { prefix: 'harbour-7b-instruct/v1.2.0/' },
        },
      }),
    );
    const uploading = row(page, 'model-00004-of-00004.safetensors');
    await uploading.waitFor();
    expect(await uploading.textContent()).toMatch(/3\.56 GB\s*Uploading, 61%/);
    expect((await names(page)).indexOf('model-00004-of-00004.safetensors')).toBe(8);
    await manager(page, (hoist) => hoist.emit({ type: 'transfersRemoved', ids: [7] }));
    await expect.poll(() => uploading.count()).toBe(0);
  });
});

describe('a million rows', () => {
  test('scroll from end to end with a screenful in the document and flat memory', async () => {
    const page = await openManager({ at: '', pace: 0 });
    // Pages follow one another without waiting.
    await manager(page, (hoist) => {
      hoist.instant = true;
    });
    await page.locator('[data-node="p-minio-lab"] .chev').click();
    await page.locator('[data-node="b-minio-lab/million"]').click();
    await row(page, 'big').dblclick();
    const table = byId(page, 'table');
    await expect.poll(() => table.getAttribute('data-total'), { timeout: 40_000 }).toBe('1000000');
    expect(await table.getAttribute('aria-rowcount')).toBe('1000001');
    await table.focus();
    await page.keyboard.press('End');
    await row(page, 'sample-0999999.npy').waitFor();
    await page.keyboard.press('ArrowUp');
    expect(await row(page, 'sample-0999998.npy').getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('Home');
    await row(page, 'sample-0000000.npy').waitFor();
    // The scroll bar thrown to the middle, then small steps: each moves by just that much.
    await table.evaluate((node) => {
      node.scrollTop = (node.scrollHeight - node.clientHeight) / 2;
    });
    await expect.poll(async () => Number((await names(page))[0]?.slice(7, 14))).toBeGreaterThan(490_000);
    const before = Number((await names(page))[0]?.slice(7, 14));
    expect(before).toBeLessThan(510_000);
    const times = await table.evaluate(async (node) => {
      const frames: number[] = [];
      let last = performance.now();
      for (let i = 0; i < 60; i += 1) {
        node.scrollTop += 28;
        await new Promise(requestAnimationFrame);
        const now = performance.now();
        frames.push(now - last);
        last = now;
      }
      return frames.sort((a, b) => a - b);
    });
    await expect.poll(async () => Number((await names(page))[0]?.slice(7, 14)) - before).toBe(60);
    expect(times[30]).toBeLessThan(50);
    expect(await page.locator('[data-testid="row"]').count()).toBeLessThan(60);
    await page.keyboard.press('Control+a');
    expect(await byId(page, 'selected').textContent()).toMatch(/^1,000,000 selected/);
    await page.keyboard.press('Escape');
    // What a million rows keep: some tens of megabytes, not hundreds.
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('HeapProfiler.collectGarbage');
    const heap = await cdp.send('Runtime.getHeapUsage');
    expect(heap.usedSize / 1e6).toBeLessThan(90);
    quiet(page);
  }, 90_000);
});

describe('what is done with objects', () => {
  test('F2 renames, taken and impossible names are refused', async () => {
    const page = await openManager();
    await row(page, 'config.json').click();
    await page.keyboard.press('F2');
    const field = byId(page, 'rename');
    expect(
      await field.evaluate((node: HTMLInputElement) =>
        node.value.slice(node.selectionStart ?? 0, node.selectionEnd ?? 0),
      ),
    ).toBe('config');
    await field.fill('a/b');
    expect(await byId(page, 'rename-fault').textContent()).toContain('“/”');
    await page.keyboard.press('Enter');
    expect(await field.count()).toBe(1);
    await field.fill('config-v2.json');
    await page.keyboard.press('Enter');
    await row(page, 'config-v2.json').waitFor();
    await expect.poll(() => row(page, 'config-v2.json').getAttribute('aria-selected')).toBe('true');
    const [request] = (await lastCall(page, 'objectCopy')) as [Record<string, unknown>];
    expect(request).toMatchObject({
      keys: ['harbour-7b-instruct/v1.2.0/config.json'],
      exactKey: 'harbour-7b-instruct/v1.2.0/config-v2.json',
      existing: 'skip',
      removeSource: true,
    });
    await page.keyboard.press('F2');
    await page.keyboard.press('Escape');
    expect(await field.count()).toBe(0);
  });

  test('deleting tells the exact count, and asks for it above 100', async () => {
    const page = await openManager();
    await row(page, 'config.json').click();
    await row(page, 'vocab.json').click({ modifiers: ['Control'] });
    await page.keyboard.press('Delete');
    await expect
      .poll(() => byId(page, 'delete-counted').textContent())
      .toMatch(/2 objects, 2\.78 MB, in models/);
    await byId(page, 'delete-go').click();
    await expect.poll(() => row(page, 'config.json').count()).toBe(0);

    await page.locator('[data-node="b-models-r2/checkpoints"]').click();
    await row(page, 'run-07').click();
    await page.keyboard.press('Delete');
    await byId(page, 'delete-count').waitFor();
    expect(await byId(page, 'delete-go').isDisabled()).toBe(true);
    await byId(page, 'delete-count').fill('139');
    expect(await byId(page, 'delete-go').isDisabled()).toBe(true);
    await byId(page, 'delete-count').fill('140');
    await byId(page, 'delete-go').click();
    await byId(page, 'empty-folder').waitFor();
    expect(await lastCall(page, 'objectDelete')).toEqual(['models-r2/checkpoints', ['run-07/']]);
  });

  test('a new folder is made and selected', async () => {
    const page = await openManager();
    await page.keyboard.press('Control+n');
    await byId(page, 'folder-name').fill('eval');
    expect(await byId(page, 'folder-fault').textContent()).toContain('already');
    await byId(page, 'folder-name').fill('runs');
    await page.keyboard.press('Enter');
    await row(page, 'runs').waitFor();
    expect(await lastCall(page, 'folderCreate')).toEqual(['models-r2', 'harbour-7b-instruct/v1.2.0/runs/']);
    await expect.poll(() => row(page, 'runs').getAttribute('aria-selected')).toBe('true');
  });

  test('copying beside itself makes a second one; cutting to another profile moves', async () => {
    const page = await openManager();
    await row(page, 'merges.txt').click();
    await page.keyboard.press('Control+c');
    await page.keyboard.press('Control+v');
    await row(page, 'merges (2).txt').waitFor();
    await row(page, 'merges.txt').click();
    await page.keyboard.press('Control+x');
    expect(await byId(page, 'selected').count()).toBe(1);
    await page.locator('[data-node="p-minio-lab"] .chev').click();
    await page.locator('[data-node="b-minio-lab"]').click();
    await row(page, 'notes.txt').waitFor();
    await page.keyboard.press('Control+v');
    await row(page, 'merges.txt').waitFor();
    const [request] = (await lastCall(page, 'objectCopy')) as [Record<string, unknown>];
    expect(request).toMatchObject({ from: 'models-r2', to: 'minio-lab', prefix: '', removeSource: true });
    // What was cut can be put down once.
    await page.keyboard.press('Control+v');
    expect(await manager(page, (hoist) => hoist.calls.filter((c) => c.name === 'objectCopy').length)).toBe(2);
  });

  test('a taken name is asked about', async () => {
    const page = await openManager();
    await row(page, 'config.json').click();
    await page.keyboard.press('Control+c');
    await go(page, 'harbour-7b-instruct/v1.1.0/');
    await row(page, 'config.json').waitFor();
    await page.keyboard.press('Control+v');
    await byId(page, 'existing-overwrite').check();
    await byId(page, 'conflict-go').click();
    await expect
      .poll(
        async () =>
          ((await lastCall(page, 'objectCopy')) as [{ existing: string }] | undefined)?.[0].existing,
      )
      .toBe('overwrite');
  });

  test('moving to a folder by name', async () => {
    const page = await openManager();
    await row(page, 'config.json').click({ button: 'right' });
    await byId(page, 'menu-move').click();
    expect(await byId(page, 'move-go').isDisabled()).toBe(true);
    await byId(page, 'move-folder').fill('archive/old');
    expect(await byId(page, 'move-hint').textContent()).toContain('archive/old/config.json');
    await byId(page, 'move-go').click();
    await expect.poll(() => row(page, 'config.json').count()).toBe(0);
    await go(page, 'archive/old');
    await row(page, 'config.json').waitFor();
  });

  test('downloading asks where to, and what of files that are there', async () => {
    const page = await openManager();
    await page.keyboard.press('Control+a');
    await byId(page, 'download').click();
    await byId(page, 'existing-both').check();
    await byId(page, 'download-go').click();
    await expect.poll(() => lastCall(page, 'transferDownload')).toBeTruthy();
    const [place, keys, existing, into] = (await lastCall(page, 'transferDownload')) as [
      string,
      string[],
      string,
      null,
    ];
    expect([place, keys.length, existing, into]).toEqual(['models-r2', 14, 'both', null]);
    expect(keys).toContain('harbour-7b-instruct/v1.2.0/eval/');
  });

  test('files dropped on a folder go into it, on the table into the folder in view', async () => {
    const page = await openManager();
    const box = await row(page, 'eval').boundingBox();
    const at = { x: (box?.x ?? 0) + 60, y: (box?.y ?? 0) + 10 };
    await manager(page, (hoist, spot) => hoist.drag({ state: 'drop', ...spot, drop: 4 }), at);
    await expect
      .poll(() => lastCall(page, 'transferDrop'))
      .toEqual(['models-r2', 'harbour-7b-instruct/v1.2.0/eval/', 4]);
    await manager(page, (hoist, spot) => hoist.drag({ state: 'drop', x: spot.x, y: 500, drop: 5 }), at);
    await row(page, 'dropped.bin').waitFor();
    expect(await lastCall(page, 'transferDrop')).toEqual(['models-r2', 'harbour-7b-instruct/v1.2.0/', 5]);
    // Beside the table nothing is a target.
    await manager(page, (hoist) => hoist.drag({ state: 'drop', x: 40, y: 20, drop: 6 }));
    await page.waitForTimeout(50);
    expect((await lastCall(page, 'transferDrop'))?.[2]).toBe(5);
  });

  test('rows are carried to a folder, and to another bucket as a copy', async () => {
    const page = await openManager();
    const spot = async (name: string) => {
      const box = await row(page, name).boundingBox();
      return [(box?.x ?? 0) + 80, (box?.y ?? 0) + 12] as const;
    };
    await row(page, 'LICENSE').click();
    await row(page, 'merges.txt').click({ modifiers: ['Control'] });
    await page.mouse.move(...(await spot('LICENSE')));
    await page.mouse.down();
    await page.mouse.move(...(await spot('config.json')), { steps: 3 });
    expect(await byId(page, 'carried').textContent()).toContain('Move 2 items');
    await page.keyboard.press('Escape');
    expect(await byId(page, 'carried').count()).toBe(0);
    await page.mouse.up();
    await page.mouse.move(...(await spot('LICENSE')));
    await page.mouse.down();
    await page.mouse.move(...(await spot('eval')), { steps: 3 });
    await page.mouse.up();
    await expect.poll(() => row(page, 'LICENSE').count()).toBe(0);
    expect(await lastCall(page, 'objectCopy')).toMatchObject([
      { prefix: 'harbour-7b-instruct/v1.2.0/eval/', removeSource: true },
    ]);
    const bucket = await page.locator('[data-node="b-models-r2/datasets"]').boundingBox();
    await page.mouse.move(...(await spot('vocab.json')));
    await page.mouse.down();
    await page.mouse.move((bucket?.x ?? 0) + 40, (bucket?.y ?? 0) + 10, { steps: 3 });
    expect(await byId(page, 'carried').textContent()).toContain('Copy 1 item');
    await page.mouse.up();
    await expect
      .poll(() => lastCall(page, 'objectCopy'))
      .toMatchObject([{ to: 'models-r2/datasets', prefix: '', removeSource: false }]);
    // The bucket was a target, not something that was clicked.
    await row(page, 'vocab.json').waitFor();
    quiet(page);
  });

  test('uploading files and folders', async () => {
    const page = await openManager();
    await page.keyboard.press('Control+u');
    await row(page, 'eval-notes.md').waitFor();
    await byId(page, 'upload-menu').click();
    await byId(page, 'upload-folder').click();
    await expect
      .poll(() => lastCall(page, 'chooseUpload'))
      .toEqual(['models-r2', 'harbour-7b-instruct/v1.2.0/', true]);
  });
});

describe('the details', () => {
  test('headers and metadata are changed', async () => {
    const page = await openManager();
    await row(page, 'README.md').click();
    await page.getByRole('radio', { name: 'Headers' }).click();
    await byId(page, 'meta-add').click();
    await byId(page, 'meta-name').last().fill('purpose');
    await byId(page, 'meta-value').last().fill('größe');
    expect(await byId(page, 'meta-fault').textContent()).toContain('ASCII');
    await byId(page, 'meta-value').last().fill('docs');
    await byId(page, 'headers-save').click();
    await byId(page, 'toast').waitFor();
    expect(await lastCall(page, 'objectHeaders')).toMatchObject([
      'models-r2',
      'harbour-7b-instruct/v1.2.0/README.md',
      {
        contentType: 'text/markdown',
        metadata: [
          ['uploaded-by', 'hoist'],
          ['purpose', 'docs'],
        ],
      },
    ]);
    expect(await byId(page, 'headers-save').isDisabled()).toBe(true);
  });

  test('a link without a key is copied for as long as chosen, and shown as a QR code', async () => {
    const page = await openManager();
    await row(page, 'config.json').click();
    await byId(page, 'expires').click();
    await byId(page, 'expires-3600').click();
    await byId(page, 'copy-presigned').click();
    await byId(page, 'toast').waitFor();
    expect(await byId(page, 'toast-text').textContent()).toContain('1 hour');
    expect(await manager(page, (hoist) => hoist.clipboard)).toContain('X-Amz-Expires=3600');
    await byId(page, 'qr').click();
    await page.locator('[data-testid="qr-code"] path').waitFor();
    await sound(page);
    await page.keyboard.press('Escape');
    await byId(page, 'etag-copy').click();
    await expect.poll(() => manager(page, (hoist) => hoist.clipboard)).toMatch(/^"[0-9a-f]+"$/);
  });

  test('access, and what a folder holds', async () => {
    const page = await openManager();
    await row(page, 'config.json').click();
    await page.getByRole('radio', { name: 'Access' }).click();
    await byId(page, 'no-acl').waitFor();
    // R2 has no versions.
    expect(await page.getByRole('radio', { name: 'Versions' }).count()).toBe(0);
    await row(page, 'eval').click();
    await byId(page, 'count').click();
    await expect.poll(() => byId(page, 'counted').textContent()).toBe('2 objects, 51.3 KB');
  });

  test('a version is restored, downloaded, and deleted after a question', async () => {
    const page = await openManager();
    await page.locator('[data-testid="node"]', { hasText: 'blog-oss' }).first().click();
    await row(page, 'favicon.svg').click();
    await page.getByRole('radio', { name: 'Versions' }).click();
    const versions = byId(page, 'object-version');
    await expect.poll(() => versions.count()).toBe(4);
    expect(await versions.nth(0).textContent()).toContain('current');
    expect(await versions.nth(2).textContent()).toContain('deleted');
    await shot(page, 'manager-versions');
    await sound(page);

    // What is there now cannot be restored, and a mark of a deletion has no bytes.
    const menu = async (n: number) => {
      await versions.nth(n).locator('[data-testid="version-more"]').click();
      await byId(page, 'version-delete').waitFor();
      const has = async (id: string) => (await byId(page, id).count()) > 0;
      return [await has('version-restore'), await has('version-download')];
    };
    expect(await menu(0)).toEqual([false, true]);
    await page.keyboard.press('Escape');
    expect(await menu(2)).toEqual([false, false]);
    await page.keyboard.press('Escape');
    expect(await menu(1)).toEqual([true, true]);
    await byId(page, 'version-restore').click();
    await expect.poll(() => byId(page, 'toast-text').textContent()).toContain('is the current one again');
    await expect.poll(() => versions.count()).toBe(5);

    await menu(2);
    await byId(page, 'version-download').click();
    await byId(page, 'transfer-row').first().waitFor();
    await menu(2);
    await byId(page, 'version-delete').click();
    const dialog = byId(page, 'version-dialog');
    expect(await dialog.textContent()).toContain('is deleted for good');
    await shot(page, 'manager-version-delete');
    await sound(page);
    await byId(page, 'version-delete-go').click();
    await expect.poll(() => versions.count()).toBe(4);
    const asked = await manager(page, (hoist) =>
      hoist.calls.filter((call) => call.name.startsWith('version')).map((call) => [call.name, call.args[2]]),
    );
    expect(asked).toEqual([
      ['versionRestore', 'CAEQNhiBgMDJgZCA0Bg1'],
      ['versionDownload', 'CAEQNhiBgMDJgZCA0Bg1'],
      ['versionDelete', 'CAEQNhiBgMDJgZCA0Bg1'],
    ]);

    // Where there are none, the tab gives way.
    await page.locator('[data-testid="node"]', { hasText: 'models-r2' }).first().click();
    await row(page, 'cover.webp').click();
    await byId(page, 'etag').waitFor();
    await expect.poll(() => page.getByRole('radio', { name: 'Versions' }).count()).toBe(0);
    await byId(page, 'contents').waitFor();
  });

  test('passing over many rows asks for the last only', async () => {
    const page = await openManager();
    await row(page, 'chat_template.jinja').click();
    await byId(page, 'etag').waitFor();
    const asked = () => manager(page, (hoist) => hoist.calls.filter((c) => c.name === 'objectStat').length);
    const before = await asked();
    for (let i = 0; i < 6; i += 1) await page.keyboard.press('ArrowDown');
    await expect.poll(() => byId(page, 'details-name').textContent()).toContain('model-00003');
    await byId(page, 'sha256').waitFor();
    expect((await asked()) - before).toBeLessThan(6);
  });
});

describe('the frame', () => {
  test('pinned folders stay, the tree opens by keyboard, F6 walks the panes', async () => {
    const page = await openManager();
    await row(page, 'eval').click({ button: 'right' });
    await byId(page, 'menu-pin').click();
    await page.reload();
    await row(page, 'README.md').waitFor();
    await page.getByRole('treeitem', { name: 'eval' }).click();
    await row(page, 'summary.md').waitFor();

    await page.locator('[data-node="b-models-r2"]').focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    expect(await page.locator('[data-node="p-models-r2"]').getAttribute('aria-expanded')).toBe('false');
    await page.keyboard.press('ArrowRight');
    await page.locator('[data-node="b-models-r2/datasets"]').waitFor();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('d');
    await page.keyboard.press('Enter');
    await row(page, 'imagenet-mini').waitFor();

    const seen: string[] = [];
    await byId(page, 'table').focus();
    for (let i = 0; i < 6; i += 1) {
      await page.keyboard.press('F6');
      seen.push(
        await page.evaluate(
          () => document.activeElement?.closest<HTMLElement>('[data-pane]')?.dataset.testid ?? 'header',
        ),
      );
    }
    for (const pane of ['details', 'header', 'sidebar', 'breadcrumb', 'table']) expect(seen).toContain(pane);
  });

  test('a profile whose buckets cannot be listed says why, and its own bucket opens', async () => {
    const page = await openManager();
    await page.locator('[data-node="p-wasabi-archive"]').click();
    const trouble = byId(page, 'node-trouble');
    await trouble.waitFor();
    expect(await trouble.getAttribute('aria-label')).toContain('30 seconds');
    await byId(page, 'empty-folder').waitFor();
    expect(await page.locator('[data-node="b-wasabi-archive"]').getAttribute('aria-selected')).toBe('true');
    // Pressed once more it folds.
    await page.locator('[data-node="p-wasabi-archive"]').click();
    expect(await page.locator('[data-node="b-wasabi-archive"]').count()).toBe(0);
  });

  test('splitters move by keyboard and are remembered', async () => {
    const page = await openManager();
    await byId(page, 'split-sidebar').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await byId(page, 'split-sidebar').getAttribute('aria-valuenow')).toBe('224');
    await page.reload();
    await row(page, 'README.md').waitFor();
    expect(await byId(page, 'split-sidebar').getAttribute('aria-valuenow')).toBe('224');
    await page.keyboard.press('Control+i');
    expect(await byId(page, 'details').count()).toBe(0);
  });

  test('long paths lose their middle to a menu', async () => {
    const page = await openManager();
    const deep = Array.from({ length: 9 }, (_, i) => `a-rather-long-folder-${i}`).join('/');
    await go(page, deep);
    await byId(page, 'crumb-menu').click();
    await page.getByRole('menuitem', { name: 'a-rather-long-folder-2' }).click();
    await expect
      .poll(() => page.locator('[data-testid="breadcrumb"] [aria-current]').textContent())
      .toBe('a-rather-long-folder-2');
  });

  test('Ctrl+Shift+M changes between files and models, Ctrl+M goes to the uploads', async () => {
    const page = await openManager();
    await page.keyboard.press('Control+Shift+M');
    await byId(page, 'table').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+Shift+M');
    await row(page, 'README.md').waitFor();
    await page.keyboard.press('Control+m');
    await expect.poll(() => lastCall(page, 'openMain')).toEqual([]);
    await page.keyboard.press('Control+/');
    await byId(page, 'keys-dialog').waitFor();
  });
});
