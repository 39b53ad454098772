/** The addresses in a text: one a line, or separated by spaces. */
export function splitUrls(text: string): string[] {
  return text.split(/\s+/).filter((part) => part !== '');
}

/** The first that is no http or https address. */
export function firstBadUrl(urls: string[]): string | null {
  return (
    urls.find((text) => {
      try {
        return !/^https?:$/.test(new URL(text).protocol);
      } catch {
        return true;
      }
    }) ?? null
  );
}
