import { Channel, convertFileSrc, invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import { getCurrentWebview } from '@tauri-apps/api/webview';
import type { ManagerBackend, ManagerDelta } from './manager';
import type * as T from './types';

export function tauriManager(): ManagerBackend {
  return {
    subscribe: (onDelta) => {
      const channel = new Channel<ManagerDelta>();
      channel.onmessage = onDelta;
      return invoke<T.Snapshot>('subscribe', { channel });
    },
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
    providerList: () => invoke('provider_list'),
    openMain: () => invoke('open_main'),
    copyText: (text) => invoke('copy_text', { text }),
    thumbUrl: (path) => convertFileSrc(path),

    bucketList: (profile) => invoke('bucket_list', { profile }),
    objectList: (place, prefix, page) => invoke('object_list', { place, prefix, page }),
    objectStat: (place, key) => invoke('object_stat', { place, key }),
    objectHeaders: (place, key, headers) => invoke('object_headers', { place, key, headers }),
    objectAcl: (place, key) => invoke('object_acl', { place, key }),
    objectSetAcl: (place, key, acl) => invoke('object_set_acl', { place, key, acl }),
    objectVersions: (place, key) => invoke('object_versions', { place, key }),
    objectPreview: (place, key) => invoke('object_preview', { place, key }),
    objectPeek: (place, key) => invoke('object_peek', { place, key }),
    objectCount: (place, keys) => invoke('object_count', { place, keys }),
    objectDelete: (place, keys) => invoke('object_delete', { place, keys }),
    objectCopy: (request) => invoke('object_copy', { request }),
    folderCreate: (place, prefix) => invoke('folder_create', { place, prefix }),
    presign: (place, key, seconds, download) => invoke('presign', { place, key, seconds, download }),
    copyObjectLinks: (place, keys, format) => invoke('copy_object_links', { place, keys, format }),

    transferList: () => invoke('transfer_list'),
    transferDrop: (place, prefix, drop) => invoke('transfer_drop', { place, prefix, drop }),
    chooseUpload: (place, prefix, folders) => invoke('choose_upload', { place, prefix, folders }),
    transferDownload: (place, keys, existing, into) =>
      invoke('transfer_download', { place, keys, existing, into }),
    transferPause: (id) => invoke('transfer_pause', { id }),
    transferResume: (id) => invoke('transfer_resume', { id }),
    transferCancel: (id) => invoke('transfer_cancel', { id }),
    transferPauseAll: () => invoke('transfer_pause_all'),
    transferResumeAll: () => invoke('transfer_resume_all'),
    transferClear: () => invoke('transfer_clear'),
    transferPriority: (id, priority) => invoke('transfer_priority', { id, priority }),
    transferFailures: (id) => invoke('transfer_failures', { id }),
    setRateLimit: (bytesPerSecond) => invoke('set_rate_limit', { bytesPerSecond }),

    modelList: (place) => invoke('model_list', { place }),
    modelVersions: (place, name) => invoke('model_versions', { place, name }),
    modelManifest: (place, name, version) => invoke('model_manifest', { place, name, version }),
    modelCompare: (place, name, a, b) => invoke('model_compare', { place, name, a, b }),
    modelPush: (place, name, version, folder, description) =>
      invoke('model_push', { place, name, version, folder, description }),
    modelPull: (place, name, version, into) => invoke('model_pull', { place, name, version, into }),
    modelVerify: (place, name, version) => invoke('model_verify', { place, name, version }),
    modelRemove: (place, name, version) => invoke('model_remove', { place, name, version }),
    modelAlias: (place, name, alias, version) => invoke('model_alias', { place, name, alias, version }),
  };
}
