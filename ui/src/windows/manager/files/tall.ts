/**
 * A list taller than an engine can make an element: the element stays under its limit, and what is shown is
 * shifted against it. Small movements stay exact to the pixel; a thrown scroll bar goes to its share of the
 * whole; both ends are reached.
 */
export class Tall {
  /** Of the element that is scrolled. */
  height = 0;
  /** Added to the element's own scroll position it gives that of the list. */
  offset = 0;

  #whole = 0;
  #view = 0;
  #page = 1;
  #pages = 1;
  #jump = 0;
  #at = 0;
  readonly #most: number;

  /** `most`: pixels an element may be tall. Engines stop between 17 and 33 million. */
  constructor(most = 8_000_000) {
    this.#most = most;
  }

  /** Position in the list. */
  get top(): number {
    return this.#at + this.offset;
  }

  /** Takes new heights; answers the scroll position the element must have. */
  measure(whole: number, view: number): number {
    const top = this.top;
    this.#whole = whole;
    this.#view = view;
    if (whole <= this.#most) {
      this.height = whole;
      this.#page = Math.max(1, whole);
      this.#pages = 1;
      this.#jump = 0;
    } else {
      this.height = this.#most;
      this.#page = this.#most / 100;
      this.#pages = Math.floor(whole / this.#page);
      this.#jump = (whole - this.#most) / (this.#pages - 1);
    }
    return this.moveTo(top);
  }

  /** Shows the list from `top` on; answers the scroll position the element must have. */
  moveTo(top: number): number {
    const y = Math.max(0, Math.min(top, this.#whole - this.#view));
    const page = Math.min(this.#pages - 1, Math.floor(y / this.#page));
    this.offset = Math.round(page * this.#jump);
    this.#at = y - this.offset;
    return this.#at;
  }

  /** The element was scrolled; answers the position it must have instead, when it must have another. */
  scrolled(to: number): number {
    const distance = Math.abs(to - this.#at);
    if (distance === 0) return to;
    if (distance < this.#view) return this.moveTo(to + this.offset);
    const share = to / Math.max(1, this.height - this.#view);
    const y = share * (this.#whole - this.#view);
    const page = Math.min(this.#pages - 1, Math.floor(y / this.#page));
    this.offset = Math.round(page * this.#jump);
    this.#at = to;
    return to;
  }
}

/** Rows between which the list is drawn: those in view and some around them. The end is excluded. */
export function inView(
  top: number,
  view: number,
  rowHeight: number,
  count: number,
  around: number,
): [number, number] {
  const first = Math.max(0, Math.floor(top / rowHeight) - around);
  const last = Math.min(count, Math.ceil((top + view) / rowHeight) + around);
  return [Math.min(first, last), last];
}
