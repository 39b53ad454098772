// What the window remembers between two runs: widths, panes, pinned folders. Losing it costs nothing.

export function recall<V>(key: string, fallback: V): V {
  try {
    const text = localStorage.getItem(`manager.${key}`);
    return text === null ? fallback : (JSON.parse(text) as V);
  } catch {
    return fallback;
  }
}

export function remember(key: string, value: unknown): void {
  try {
    localStorage.setItem(`manager.${key}`, JSON.stringify(value));
  } catch {
    // A webview without storage forgets.
  }
}
