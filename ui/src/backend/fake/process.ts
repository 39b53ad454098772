// What a host is asked for, and how large the result is: enough of it for a believable preview.
import { decodeText, pairsOf, read } from '../../windows/main/transform/spec';

type Size = { width: number; height: number };

const round = (n: number) => Math.max(1, Math.round(n));

/** Width and height after a spec. */
export function sizeAfter(spec: string, source: Size): Size {
  let { width, height } = source;
  const crop = /^(\d+)x(\d+)/.exec(read(spec, 'crop'));
  if (crop) {
    width = Math.min(width, Number(crop[1]));
    height = Math.min(height, Number(crop[2]));
  }
  ({ width, height } = resized(spec, { width, height }));
  if (read(spec, 'rotate') === '90' || read(spec, 'rotate') === '270') [width, height] = [height, width];
  const circle = Number(read(spec, 'circle'));
  if (circle > 0) width = height = Math.min(circle * 2, width, height);
  return { width, height };
}

function resized(spec: string, { width, height }: Size): Size {
  const [w, h, l, s, p] = (['w', 'h', 'l', 's', 'p'] as const).map((key) => Number(read(spec, key)));
  const enlarge = read(spec, 'limit') === '0';
  const by = (scale: number): Size => {
    const factor = enlarge ? scale : Math.min(1, scale);
    return { width: round(width * factor), height: round(height * factor) };
  };
  if (p) return by(p / 100);
  if (!w && !h) {
    if (l) return by(l / Math.max(width, height));
    return s ? by(s / Math.min(width, height)) : { width, height };
  }
  const fit = read(spec, 'fit');
  if (w && h && (fit === 'fill' || fit === 'pad' || fit === 'fixed')) {
    if (!enlarge && fit !== 'pad' && (w > width || h > height))
      return { width: Math.min(w, width), height: Math.min(h, height) };
    return { width: w, height: h };
  }
  const [x, y] = [w ? w / width : null, h ? h / height : null];
  if (x !== null && y !== null) return by(fit === 'mfit' ? Math.max(x, y) : Math.min(x, y));
  return by(x ?? y ?? 1);
}

/** Bytes a picture would take: by its pixels, its format and its quality. */
export function bytesAfter(format: string, quality: number, { width, height }: Size): number {
  const weight: Record<string, number> = { JPEG: 0.24, WebP: 0.14, AVIF: 0.09, PNG: 1.1, GIF: 0.9 };
  const share = format === 'PNG' || format === 'GIF' ? 1 : 0.25 + (quality / 100) ** 2;
  return round((width * height * (weight[format] ?? 0.3) * share) / 100) * 100 + 1200;
}

const b64 = (text: string) =>
  btoa(String.fromCharCode(...new TextEncoder().encode(text)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');

/** `image/…` for OSS. */
export function ossProcess(spec: string): string {
  const pairs = pairsOf(spec);
  if (pairs === null) return spec.trim();
  const steps: string[] = [];
  const said = (key: Parameters<typeof read>[1]) => read(spec, key);
  if (said('orient') === '1') steps.push('auto-orient,1');
  const crop = /^(\d+)x(\d+)(?:\+(\d+)\+(\d+))?(?:@(\w+))?$/.exec(said('crop'));
  if (crop) {
    const where = [
      crop[3] ? `x_${crop[3]}` : '',
      crop[4] ? `y_${crop[4]}` : '',
      crop[5] ? `g_${crop[5]}` : '',
    ];
    steps.push(['crop', ...where, `w_${crop[1]}`, `h_${crop[2]}`].filter(Boolean).join(','));
  }
  const box = (['w', 'h', 'l', 's', 'p'] as const).flatMap((key) =>
    said(key) ? [`${key}_${said(key)}`] : [],
  );
  if (box.length > 0) {
    const fit = said('fit');
    const mode = said('p') ? [] : [`m_${fit === '' || fit === 'limit' ? 'lfit' : fit}`];
    const limit = said('limit') === '0' ? ['limit_0'] : [];
    const color = said('color') ? [`color_${said('color')}`] : [];
    steps.push(['resize', ...mode, ...box, ...limit, ...color].join(','));
  }
  for (const key of ['rotate', 'sharpen', 'bright', 'contrast'] as const)
    if (said(key)) steps.push(`${key},${said(key)}`);
  const [r, s] = said('blur').split(':');
  if (r) steps.push(`blur,r_${r},s_${s ?? r}`);
  if (said('circle')) steps.push(`circle,r_${said('circle')}`);
  if (said('round')) steps.push(`rounded-corners,r_${said('round')}`);
  if (said('text')) {
    const more = (
      [
        ['text-size', 'size'],
        ['text-color', 'color'],
        ['text-at', 'g'],
        ['text-x', 'x'],
        ['text-y', 'y'],
        ['text-opacity', 't'],
        ['text-rotate', 'rotate'],
      ] as const
    ).flatMap(([key, name]) => (said(key) ? [`${name}_${said(key)}`] : []));
    steps.push(['watermark', `text_${b64(decodeText(said('text')))}`, ...more].join(','));
  }
  if (said('mark')) {
    const at = said('mark-at') ? [`g_${said('mark-at')}`] : [];
    steps.push(['watermark', `image_${b64(decodeText(said('mark')))}`, ...at].join(','));
  }
  if (said('format')) steps.push(`format,${said('format') === 'jpeg' ? 'jpg' : said('format')}`);
  if (said('q')) steps.push(`quality,q_${said('q')}`);
  if (said('interlace') === '1') steps.push('interlace,1');
  return steps.length === 0 ? '' : `image/${steps.join('/')}`;
}

/** `width=…` for Cloudflare. */
export function cloudflareProcess(spec: string): string {
  const fits: Record<string, string> = { mfit: 'cover', fill: 'cover', pad: 'pad', fixed: 'squeeze' };
  const options = [
    read(spec, 'w') ? `width=${read(spec, 'w')}` : '',
    read(spec, 'h') ? `height=${read(spec, 'h')}` : '',
    `fit=${fits[read(spec, 'fit')] ?? 'scale-down'}`,
    read(spec, 'format') ? `format=${read(spec, 'format')}` : '',
    read(spec, 'q') ? `quality=${read(spec, 'q')}` : '',
  ];
  return options.filter(Boolean).join(',');
}

/** Back from a link: the plain chain Hoist itself writes becomes fields, another stays as it is. */
export function readBack(text: string): string | null {
  const chain = /image\/[^\s&#]*/.exec(decodeText(text.trim()))?.[0];
  if (!chain) return /^[\w-]+=[^,]+(,[\w-]+=[^,]+)*$/.test(text.trim()) ? text.trim() : null;
  const found: string[] = [];
  for (const step of chain.slice('image/'.length).split('/')) {
    const [name, ...parts] = step.split(',');
    const value = (key: string) => parts.find((part) => part.startsWith(`${key}_`))?.slice(key.length + 1);
    if (name === 'auto-orient') found.push('orient=1');
    else if (name === 'resize') {
      for (const key of ['w', 'h', 'l', 's', 'p']) if (value(key)) found.push(`${key}=${value(key)}`);
      const mode = value('m');
      if (mode && mode !== 'lfit') found.push(`fit=${mode}`);
      if (value('limit') === '0') found.push('limit=0');
    } else if (name === 'rotate') found.push(`rotate=${parts[0]}`);
    else if (name === 'format') found.push(`format=${parts[0] === 'jpg' ? 'jpeg' : parts[0]}`);
    else if (name === 'quality') found.push(`q=${value('q') ?? value('Q')}`);
    else return chain;
  }
  // Written again it must say the same, in the same order; else its order means something.
  const spec = found.join(',');
  return ossProcess(spec) === chain.replace(/,m_lfit/, ',m_lfit') ? spec : chain;
}
