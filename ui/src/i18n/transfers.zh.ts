import type { Message } from './i18n.svelte';
import type { transfersEn } from './transfers.en';

export const transfersZh: Record<keyof typeof transfersEn, Message> = {
  'transfers.title': '传输',
};
