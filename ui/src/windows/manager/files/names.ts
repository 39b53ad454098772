const PACK = 1024;
/** Packs kept open: what is in view, and what a sort or a search walks through in order. */
const OPEN = 32;
// No store takes a key with this character: XML has no way to write it.
const BETWEEN = '\u0000';

/**
 * A list of names that only grows. They are kept a thousand to a string: a million of them cost what their
 * letters cost, and nothing the collector has to walk.
 */
export class Names {
  #packs: string[] = [];
  #tail: string[] = [];
  #open = new Map<number, string[]>();

  get length(): number {
    return this.#packs.length * PACK + this.#tail.length;
  }

  push(name: string): void {
    this.#tail.push(name);
    if (this.#tail.length < PACK) return;
    this.#packs.push(this.#tail.join(BETWEEN));
    this.#tail = [];
  }

  at(index: number): string {
    return this.#pack(Math.floor(index / PACK))[index % PACK] ?? '';
  }

  #pack(at: number): string[] {
    const packed = this.#packs[at];
    if (packed === undefined) return this.#tail;
    const open = this.#open.get(at);
    if (open) return open;
    const names = packed.split(BETWEEN);
    if (this.#open.size >= OPEN) {
      const oldest = this.#open.keys().next().value;
      if (oldest !== undefined) this.#open.delete(oldest);
    }
    this.#open.set(at, names);
    return names;
  }

  /** Every name in the order it came. */
  each(visit: (name: string, index: number) => void): void {
    for (let p = 0; p * PACK < this.length; p += 1) {
      const names = this.#packs[p]?.split(BETWEEN) ?? this.#tail;
      for (let i = 0; i < names.length; i += 1) visit(names[i] as string, p * PACK + i);
    }
  }

  /** The names that hold `text`, whatever their case; whole packs without it are passed over. */
  holding(text: string, visit: (index: number) => void): void {
    const wanted = text.toLowerCase();
    for (let p = 0; p * PACK < this.length; p += 1) {
      const pack = (this.#packs[p] ?? this.#tail.join(BETWEEN)).toLowerCase();
      if (!pack.includes(wanted)) continue;
      const names = pack.split(BETWEEN);
      for (let i = 0; i < names.length; i += 1) if (names[i]?.includes(wanted)) visit(p * PACK + i);
    }
  }

  /** The place of a name, -1 without one. */
  indexOf(name: string): number {
    for (let p = 0; p * PACK < this.length; p += 1) {
      const pack = this.#packs[p];
      if (pack !== undefined && !pack.includes(name)) continue;
      const at = (pack?.split(BETWEEN) ?? this.#tail).indexOf(name);
      if (at >= 0) return p * PACK + at;
    }
    return -1;
  }
}
