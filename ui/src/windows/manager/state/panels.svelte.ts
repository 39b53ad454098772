import { recall, remember } from './stored';

export type PanelName = 'sidebar' | 'details' | 'transfers';

/** Sizes in pixels: what the design gives, and how far a splitter may go. */
export const SIZES: Record<PanelName, { start: number; least: number; most: number }> = {
  sidebar: { start: 208, least: 160, most: 420 },
  details: { start: 308, least: 268, most: 560 },
  transfers: { start: 209, least: 120, most: 560 },
};

/** Under this width details lie over the table; under the next the sidebar is a menu. */
export const NARROW = 1000;
export const SLIM = 820;

/** Which panels are open, and how large. */
export class Panels {
  details = $state(recall('details', true));
  transfers = $state(recall('transfers', true));
  /** Of the window. */
  width = $state(globalThis.innerWidth ?? 1200);
  sizes = $state<Record<PanelName, number>>({
    sidebar: SIZES.sidebar.start,
    details: SIZES.details.start,
    transfers: SIZES.transfers.start,
    ...recall('sizes', {}),
  });
  /** In a narrow window details are opened for a while, and that is not remembered. */
  over = $state(false);

  get narrow(): boolean {
    return this.width < NARROW;
  }

  get slim(): boolean {
    return this.width < SLIM;
  }

  get detailsShown(): boolean {
    return this.narrow ? this.over : this.details;
  }

  toggleDetails(): void {
    if (this.narrow) {
      this.over = !this.over;
      return;
    }
    this.details = !this.details;
    remember('details', this.details);
  }

  toggleTransfers(open = !this.transfers): void {
    this.transfers = open;
    remember('transfers', open);
  }

  resize(name: PanelName, size: number): void {
    const { least, most } = SIZES[name];
    this.sizes[name] = Math.round(Math.min(most, Math.max(least, size)));
    remember('sizes', this.sizes);
  }
}
