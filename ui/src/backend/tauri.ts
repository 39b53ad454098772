import { convertFileSrc } from '@tauri-apps/api/core';
import { getCurrentWebview } from '@tauri-apps/api/webview';
import { commands } from '../bindings';
import type { Backend } from './backend';
import { channel, done, subscribe, value } from './calls';
import type * as T from './types';

export function tauriBackend(): Backend {
  return {
    subscribe,
    onDrag(cb) {
      void getCurrentWebview().onDragDropEvent(({ payload }) => {
        cb(payload.type === 'leave' ? 'none' : payload.type === 'drop' ? 'drop' : 'over');
      });
    },
    chooseFiles: () => value(commands.chooseFiles()),
    uploadPaths: (paths) => value(commands.uploadPaths(paths)),
    uploadClipboard: () => value(commands.uploadClipboard()),
    uploadUrls: (urls) => value(commands.uploadUrls(urls)),
    cancelUpload: (id) => done(commands.cancelUpload(id)),
    cancelAll: () => done(commands.cancelAll()),
    retryUpload: (id) => done(commands.retryUpload(id)),
    retryFailed: () => done(commands.retryFailed()),
    clearFinished: () => done(commands.clearFinished()),
    copyUploadLinks: (ids, format) => value(commands.copyUploadLinks(ids, format)),
    historyOutline: (query) => value(commands.historyOutline(query)),
    historyRows: (query, offset, limit) => value(commands.historyRows(query, offset, limit)),
    copyHistoryLinks: (ids, format) => value(commands.copyHistoryLinks(ids, format)),
    openHistory: (id) => done(commands.openHistory(id)),
    deleteHistory: (ids, remote) => value(commands.deleteHistory(ids, remote)),
    undoDeletion: (id) => value(commands.undoDeletion(id)),
    undoBatch: (batch) => value(commands.undoBatch(batch)),
    reuploadHistory: (ids, profile) => value(commands.reuploadHistory(ids, profile)),
    setLinkFormat: (format) => done(commands.setLinkFormat(format)),
    setDefaultProfile: (name) => done(commands.setDefaultProfile(name)),
    providerList: () => value(commands.providerList()),
    profileSave: (profile, secret, previous) => value(commands.profileSave(profile, secret, previous)),
    profileDelete: (name) => done(commands.profileDelete(name)),
    doctor: (name, onCheck) => value(commands.doctor(name, channel<T.CheckView>(onCheck))),
    settingsSave: (settings) => value(commands.settingsSave(settings)) as Promise<T.Settings>,
    namingPreview: (pattern, profile) => value(commands.namingPreview(pattern, profile)),
    linkPreview: (template) => value(commands.linkPreview(template)),
    transformCheck: (spec) => value(commands.transformCheck(spec)),
    transformPreview: (request) => value(commands.transformPreview(request)),
    transformRead: (text) => value(commands.transformRead(text)),
    copyTransformed: (ids, spec, place, profile) =>
      value(commands.copyTransformed(ids, spec, place, profile)),
    transformSources: () => value(commands.transformSources()),
    appInfo: () => value(commands.appInfo()),
    openManager: () => done(commands.openManager()),
    backupList: () => value(commands.backupList()),
    backupSave: (rule, previous) => value(commands.backupSave(rule, previous)),
    backupDelete: (name) => done(commands.backupDelete(name)),
    backupPreview: (rule) => value(commands.backupPreview(rule)),
    backupFolder: (rule) => value(commands.backupFolder(rule)),
    backupRun: (name, check) => done(commands.backupRun(name, check)),
    chooseBackupFolder: () => value(commands.chooseBackupFolder()),
    thumbUrl: (path) => convertFileSrc(path),
    copyText: (text) => done(commands.copyText(text)),
  };
}
