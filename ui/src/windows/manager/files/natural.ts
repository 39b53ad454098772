/**
 * What names are sorted by: case aside, and numbers by their value, so that `checkpoint-500` comes before
 * `checkpoint-1000`. Each number is led by a character for its length.
 */
export function naturalKey(name: string): string {
  return name.toLowerCase().replace(/\d+/g, (digits) => {
    const value = digits.replace(/^0+(?=\d)/, '');
    // Between `0` and `_`: after punctuation, before every small letter.
    return String.fromCharCode(0x30 + Math.min(value.length, 47)) + value;
  });
}
