// Keys every window has: fields keep theirs, F6 walks the panes.
const EDITABLE = 'input:not([type="radio"]):not([type="checkbox"]), textarea, [contenteditable="true"]';

/** Whether typing goes into a field. */
export function editing(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches(EDITABLE);
}

/** The panes F6 walks, in the order they are seen. */
export function stepPane(step: 1 | -1): void {
  const panes = [...document.querySelectorAll<HTMLElement>('[data-pane]')].filter(
    (p) => p.offsetParent !== null,
  );
  if (panes.length === 0) return;
  const at = panes.findIndex((p) => p.contains(document.activeElement));
  const next = panes[(at + step + panes.length) % panes.length];
  if (!next) return;
  // A pane that takes the focus itself has tabindex 0; the others hand it to their first control.
  const inner =
    next.tabIndex >= 0
      ? next
      : next.querySelector<HTMLElement>(
          'button:not(:disabled)[tabindex="0"], button:not(:disabled):not([tabindex="-1"]), input, a[href], [tabindex="0"]',
        );
  (inner ?? next).focus();
}

/** Text of the page that is selected; what stays selected in a field one has left does not count. */
export function selectedText(): string {
  const selection = document.getSelection();
  return selection && !selection.isCollapsed ? selection.toString() : '';
}

/** The webview's own menu (Back, Reload) has no place here, except over text. */
export function handleContextMenu(event: MouseEvent): void {
  const over = event.target instanceof Element ? event.target : null;
  if (!over?.closest('.selectable') && !editing(event.target)) event.preventDefault();
}
