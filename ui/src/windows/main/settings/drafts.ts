import type { Draft } from './draft';

/** Profiles being edited, by name; '' is the new one. Gone when saved, reverted or the app ends. */
export const drafts = new Map<string, Draft>();
