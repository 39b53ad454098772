import type { ProblemView, Settings } from '../../../backend/types';
import type { App } from '../state/app.svelte';

/** Keeps single settings as they are changed, and what went wrong with the last. */
export function saver(app: App) {
  let problem = $state.raw<ProblemView | null>(null);
  return {
    get problem() {
      return problem;
    },
    async save(change: Partial<Settings>): Promise<boolean> {
      problem = await app.saveSettings(change);
      return problem === null;
    },
  };
}
