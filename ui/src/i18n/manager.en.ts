// The manager window: its frame and the view of files.
export const managerEn = {
  'manager.title': 'File manager',
  'manager.view': 'View',
  'manager.files': 'Files',
  'manager.models': 'Models',
  'manager.loading': 'Opening the file manager',
  'manager.transfers': 'Transfers',
  'manager.details': 'Details',
} as const;
