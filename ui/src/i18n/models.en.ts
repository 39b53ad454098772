// The models view and the list of tensors.
export const modelsEn = {
  'models.title': 'Models',
} as const;
