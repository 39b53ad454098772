import type { Message } from './i18n.svelte';
import type { modelsEn } from './models.en';

export const modelsZh: Record<keyof typeof modelsEn, Message> = {
  'models.title': '模型',
};
