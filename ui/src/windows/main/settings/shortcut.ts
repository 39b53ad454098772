/** The shortcut a key press means, such as `Ctrl+Alt+U`; null while only modifiers are held. */
export function shortcutOf(
  event: Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'altKey' | 'shiftKey' | 'metaKey'>,
): {
  keys: string;
  valid: boolean;
} | null {
  if (['Control', 'Alt', 'Shift', 'Meta', 'AltGraph', 'Dead'].includes(event.key)) return null;
  const name = keyName(event.code, event.key);
  if (name === null) return null;
  const parts: string[] = [];
  if (event.ctrlKey) parts.push('Ctrl');
  if (event.altKey) parts.push('Alt');
  if (event.shiftKey) parts.push('Shift');
  if (event.metaKey) parts.push('Super');
  const strong = event.ctrlKey || event.altKey || event.metaKey || /^F\d+$/.test(name);
  return { keys: [...parts, name].join('+'), valid: strong };
}

/** By position, so that Alt and other layouts do not change the letter. */
function keyName(code: string, key: string): string | null {
  const letter = /^Key([A-Z])$/.exec(code)?.[1] ?? /^Digit(\d)$/.exec(code)?.[1];
  if (letter) return letter;
  if (/^F\d{1,2}$/.test(code)) return code;
  const named: Record<string, string> = {
    Space: 'Space',
    Insert: 'Insert',
    Home: 'Home',
    End: 'End',
    PageUp: 'PageUp',
    PageDown: 'PageDown',
    ArrowUp: 'Up',
    ArrowDown: 'Down',
    ArrowLeft: 'Left',
    ArrowRight: 'Right',
    PrintScreen: 'PrintScreen',
    Comma: ',',
    Period: '.',
    Slash: '/',
    Minus: '-',
    Equal: '=',
  };
  return named[code] ?? (key.length === 1 && /[a-z0-9]/i.test(key) ? key.toUpperCase() : null);
}
