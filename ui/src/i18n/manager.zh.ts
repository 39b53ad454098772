import type { Message } from './i18n.svelte';
import type { managerEn } from './manager.en';

export const managerZh: Record<keyof typeof managerEn, Message> = {
  'manager.title': '文件管理器',
  'manager.view': '视图',
  'manager.files': '文件',
  'manager.models': '模型',
  'manager.loading': '正在打开文件管理器',
  'manager.transfers': '传输',
  'manager.details': '详细信息',
};
