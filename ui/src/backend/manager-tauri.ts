import { convertFileSrc } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import { getCurrentWebview } from '@tauri-apps/api/webview';
import { commands } from '../bindings';
import { done, subscribe, value } from './calls';
import type { ManagerBackend } from './manager';

export function tauriManager(): ManagerBackend {
  return {
    subscribe,
    onDrag(cb) {
      void getCurrentWebview().onDragDropEvent(({ payload }) => {
        if (payload.type === 'leave') cb({ state: 'none' });
        else if (payload.type !== 'drop') {
          const { x, y } = payload.position.toLogical(window.devicePixelRatio);
          cb({ state: 'over', x, y });
        }
      });
      void listen<{ id: number; x: number; y: number }>('dropped', ({ payload: { id, x, y } }) => {
        cb({ state: 'drop', x, y, drop: id });
      });
    },
    providerList: () => value(commands.providerList()),
    openMain: () => done(commands.openMain()),
    copyText: (text) => done(commands.copyText(text)),
    thumbUrl: (path) => convertFileSrc(path),

    bucketList: (profile) => value(commands.bucketList(profile)),
    objectList: (place, prefix, page) => value(commands.objectList(place, prefix, page)),
    objectStat: (place, key) => value(commands.objectStat(place, key)),
    objectHeaders: (place, key, headers) => value(commands.objectHeaders(place, key, headers)),
    objectAcl: (place, key) => value(commands.objectAcl(place, key)),
    objectSetAcl: (place, key, acl) => done(commands.objectSetAcl(place, key, acl)),
    objectVersions: (place, key) => value(commands.objectVersions(place, key)),
    versionRestore: (place, key, version) => done(commands.versionRestore(place, key, version)),
    versionDelete: (place, key, version) => done(commands.versionDelete(place, key, version)),
    versionDownload: (place, key, version, into) =>
      value(commands.versionDownload(place, key, version, into)),
    objectPreview: (place, key) => value(commands.objectPreview(place, key)),
    objectPeek: (place, key) => value(commands.objectPeek(place, key)),
    objectCount: (place, keys) => value(commands.objectCount(place, keys)),
    objectDelete: (place, keys) => value(commands.objectDelete(place, keys)),
    objectCopy: (request) => value(commands.objectCopy(request)),
    folderCreate: (place, prefix) => done(commands.folderCreate(place, prefix)),
    presign: (place, key, seconds, download) => value(commands.presign(place, key, seconds, download)),
    copyObjectLinks: (place, keys, format) => value(commands.copyObjectLinks(place, keys, format)),

    transferList: () => value(commands.transferList()),
    transferDrop: (place, prefix, drop) => value(commands.transferDrop(place, prefix, drop)),
    chooseUpload: (place, prefix, folders) => value(commands.chooseUpload(place, prefix, folders)),
    transferDownload: (place, keys, existing, into) =>
      value(commands.transferDownload(place, keys, existing, into)),
    transferPause: (id) => done(commands.transferPause(id)),
    transferResume: (id) => done(commands.transferResume(id)),
    transferCancel: (id) => done(commands.transferCancel(id)),
    transferPauseAll: () => done(commands.transferPauseAll()),
    transferResumeAll: () => done(commands.transferResumeAll()),
    transferClear: () => done(commands.transferClear()),
    transferPriority: (id, priority) => done(commands.transferPriority(id, priority)),
    transferFailures: (id) => value(commands.transferFailures(id)),
    setRateLimit: (bytesPerSecond) => done(commands.setRateLimit(bytesPerSecond)),

    modelList: (place) => value(commands.modelList(place)),
    modelVersions: (place, name) => value(commands.modelVersions(place, name)),
    modelManifest: (place, name, version) => value(commands.modelManifest(place, name, version)),
    modelCompare: (place, name, a, b) => value(commands.modelCompare(place, name, a, b)),
    modelPush: (place, name, version, folder, description, parent) =>
      value(commands.modelPush(place, name, version, folder, description, parent)),
    modelPull: (place, name, version, into) => value(commands.modelPull(place, name, version, into)),
    modelVerify: (place, name, version) => value(commands.modelVerify(place, name, version)),
    modelRemove: (place, name, version, force) => done(commands.modelRemove(place, name, version, force)),
    modelAlias: (place, name, alias, version) => done(commands.modelAlias(place, name, alias, version)),
  };
}
