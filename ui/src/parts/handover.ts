// What one window asks of another. All windows of the app share their storage, and hear of its changes.
const KEY = 'handover';
/** Milliseconds after which nobody waits for it any more. */
const STALE = 10_000;

export type Handover = { page: 'doctor'; profile: string };

/** Asks the main window to show something; it is to be opened or brought to the front after this. */
export function handOver(wish: Handover): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...wish, at: Date.now() }));
  } catch {
    // Without storage the window opens where it was.
  }
}

/** Calls back for a wish that is there and for each to come. */
export function takeOver(cb: (wish: Handover) => void): void {
  const take = (text: string | null) => {
    if (text === null) return;
    const wish = JSON.parse(text) as Handover & { at: number };
    if (Date.now() - wish.at < STALE) cb(wish);
    localStorage.removeItem(KEY);
  };
  try {
    take(localStorage.getItem(KEY));
    addEventListener('storage', (event) => {
      if (event.key === KEY) take(event.newValue);
    });
  } catch {
    // The same.
  }
}
