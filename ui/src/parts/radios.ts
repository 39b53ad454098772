/** Moves and chooses inside a radio group: left and right by one, up and down by a row of `columns`. */
export function radioKeys(columns = 1): (event: KeyboardEvent) => void {
  return (event) => {
    const steps: Record<string, number> = {
      ArrowRight: 1,
      ArrowLeft: -1,
      ArrowDown: columns,
      ArrowUp: -columns,
    };
    const step = steps[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const group = event.currentTarget as HTMLElement;
    const radios = [...group.querySelectorAll<HTMLElement>('[role="radio"]')];
    const at = radios.indexOf(document.activeElement as HTMLElement);
    if (at < 0) return;
    event.preventDefault();
    event.stopPropagation();
    const next = radios[(at + step + radios.length) % radios.length];
    next?.focus();
    next?.click();
  };
}
