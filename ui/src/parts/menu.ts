import type { IconName } from './icons';

/** One line of a menu, as data: the same entries serve buttons, rows and the right mouse button. */
export type MenuEntry =
  | { kind: 'separator' }
  | { kind: 'head'; label: string }
  | {
      kind: 'item';
      label: string;
      run: () => void;
      icon?: IconName;
      key?: string;
      hint?: string;
      badge?: string;
      danger?: boolean;
      disabled?: boolean;
      testid?: string;
    }
  | {
      kind: 'radio';
      label: string;
      checked: boolean;
      run: () => void;
      key?: string;
      hint?: string;
      badge?: string;
      testid?: string;
    }
  | { kind: 'sub'; label: string; icon?: IconName; entries: MenuEntry[] };

export const separator: MenuEntry = { kind: 'separator' };
