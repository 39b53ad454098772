// The transfers panel.
export const transfersEn = {
  'transfers.title': 'Transfers',
} as const;
