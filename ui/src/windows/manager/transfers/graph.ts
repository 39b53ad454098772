// The speed graph: a minute of samples, one a second, on a scale that steps 1, 2, 5, 10.

export const SECONDS = 60;
/** The drawing area; the SVG stretches it. */
export const WIDTH = 284;
export const HEIGHT = 120;

/** The least scale: below it a line would dance for nothing. Bytes per second. */
const FLOOR = 100_000;

/** The end of the scale for a greatest value: 1, 2 or 5 times a power of ten. */
export function scaleFor(greatest: number): number {
  const wanted = Math.max(FLOOR, greatest);
  const power = 10 ** Math.floor(Math.log10(wanted));
  for (const step of [1, 2, 5]) if (step * power >= wanted) return step * power;
  return 10 * power;
}

/** Adds a sample; the oldest leaves when there is more than a minute. */
export function pushSample(samples: readonly number[], value: number): number[] {
  return [...samples, value].slice(-(SECONDS + 1));
}

/** The line through the samples, the newest at the right edge. */
export function linePath(samples: readonly number[], scale: number): string {
  const step = WIDTH / SECONDS;
  const first = SECONDS + 1 - samples.length;
  return samples
    .map((value, i) => {
      const x = (first + i) * step;
      const y = HEIGHT - (Math.min(value, scale) / scale) * (HEIGHT - 1);
      return `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join(' ');
}

/** The area under the line. */
export function areaPath(samples: readonly number[], scale: number): string {
  if (samples.length === 0) return '';
  const start = ((SECONDS + 1 - samples.length) * WIDTH) / SECONDS;
  return `${linePath(samples, scale)} L${WIDTH} ${HEIGHT} L${start.toFixed(1)} ${HEIGHT} Z`;
}
