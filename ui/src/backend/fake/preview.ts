// Draws what a transform would give, in a canvas.
import { decodeText, isPlain, PLACES, read } from '../../windows/main/transform/spec';
import type * as T from '../types';
import { bytesAfter, cloudflareProcess, ossProcess, sizeAfter } from './process';

/** Longest side that is drawn: the page shows no more. */
const DRAWN = 1120;
const NAMES: Record<string, string> = {
  jpeg: 'JPEG',
  jpg: 'JPEG',
  png: 'PNG',
  webp: 'WebP',
  avif: 'AVIF',
  gif: 'GIF',
};

export type Original = {
  name: string;
  picture: string;
  width: number;
  height: number;
  format: string;
  bytes: number;
};

function load(src: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = src;
  return image.decode().then(() => image);
}

/** A picture of the result as a data address. */
async function draw(
  spec: string,
  original: Original,
  size: { width: number; height: number },
): Promise<string> {
  const image = await load(original.picture);
  const scale = Math.min(1, DRAWN / Math.max(size.width, size.height));
  const canvas = document.createElement('canvas');
  const [w, h] = [Math.max(1, Math.round(size.width * scale)), Math.max(1, Math.round(size.height * scale))];
  canvas.width = w;
  canvas.height = h;
  const pen = canvas.getContext('2d');
  if (!pen) return original.picture;
  const said = (key: Parameters<typeof read>[1]) => read(spec, key);
  const round = Number(said('round')) * scale;
  if (said('circle') || round > 0) {
    pen.beginPath();
    pen.roundRect(0, 0, w, h, said('circle') ? Math.min(w, h) / 2 : round);
    pen.clip();
  }
  const [bright, contrast] = [Number(said('bright')), Number(said('contrast'))];
  const blur = Number.parseFloat(said('blur')) || 0;
  pen.filter = `brightness(${1 + bright / 100}) contrast(${1 + contrast / 100}) blur(${(blur * scale) / 2}px)`;
  const fit = said('fit');
  if (fit === 'pad') {
    pen.fillStyle = `#${said('color').replace('#', '') || 'FFFFFF'}`;
    pen.fillRect(0, 0, w, h);
  }
  const turn = Number(said('rotate'));
  pen.translate(w / 2, h / 2);
  pen.rotate((turn * Math.PI) / 180);
  const [boxW, boxH] = turn % 180 === 90 ? [h, w] : [w, h];
  const [x, y] = [boxW / image.width, boxH / image.height];
  const by = fit === 'fixed' ? null : fit === 'pad' ? Math.min(x, y) : Math.max(x, y);
  const [dw, dh] = by === null ? [boxW, boxH] : [image.width * by, image.height * by];
  pen.drawImage(image, -dw / 2, -dh / 2, dw, dh);
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.filter = 'none';
  const text = decodeText(said('text'));
  if (text) write(pen, text, spec, scale, w, h);
  const clear = said('circle') || round > 0;
  const type =
    clear || said('format') === 'png' ? 'image/png' : said('format') === 'webp' ? 'image/webp' : 'image/jpeg';
  return canvas.toDataURL(type, (Number.parseInt(said('q'), 10) || 82) / 100);
}

function write(
  pen: CanvasRenderingContext2D,
  text: string,
  spec: string,
  scale: number,
  w: number,
  h: number,
): void {
  const at = Math.max(0, (PLACES as readonly string[]).indexOf(read(spec, 'text-at') || 'se'));
  const size = (Number(read(spec, 'text-size')) || 40) * scale;
  const [dx, dy] = [
    (Number(read(spec, 'text-x')) || 10) * scale,
    (Number(read(spec, 'text-y')) || 10) * scale,
  ];
  const [column, row] = [at % 3, Math.floor(at / 3)];
  pen.font = `600 ${size}px sans-serif`;
  pen.textAlign = (['left', 'center', 'right'] as const)[column] ?? 'left';
  pen.textBaseline = (['top', 'middle', 'bottom'] as const)[row] ?? 'top';
  pen.globalAlpha = (Number(read(spec, 'text-opacity')) || 100) / 100;
  pen.fillStyle = `#${read(spec, 'text-color').replace('#', '') || '000000'}`;
  pen.translate([dx, w / 2, w - dx][column] ?? dx, [dy, h / 2, h - dy][row] ?? dy);
  pen.rotate((Number(read(spec, 'text-rotate')) * Math.PI) / 180);
  pen.fillText(text, 0, 0);
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.globalAlpha = 1;
}

/** Whether a profile's host processes images, and what it is called. */
export function hostOf(profile: T.Profile | undefined): string | null {
  if (!profile) return null;
  if (profile.images === 'cloudflare') return 'Cloudflare';
  if (profile.images === 'none') return null;
  if (profile.provider === 'oss') return 'Aliyun OSS';
  return profile.provider === 'local' ? 'Built-in store' : null;
}

export function linkFor(url: string, spec: string, host: string | null): T.LinkView {
  if (host === 'Cloudflare') {
    const process = spec === '' ? '' : `cdn-cgi/image/${cloudflareProcess(spec)}/`;
    const at = url.indexOf('/', 'https://'.length) + 1;
    return { base: url, process, url: url.slice(0, at) + process + url.slice(at) };
  }
  const chain = host ? ossProcess(spec) : '';
  const process = chain === '' ? '' : `?x-oss-process=${chain}`;
  return { base: url, process, url: url + process };
}

/** The answer to a preview that nothing stands in the way of. */
export async function preview(
  request: T.PreviewRequest,
  original: Original,
  url: string | null,
  host: string | null,
): Promise<T.PreviewView> {
  const { spec } = request;
  const place: T.TransformPlace =
    host !== null && request.place !== 'here' && (host !== 'Built-in store' || request.place === 'host')
      ? 'host'
      : 'here';
  const before: T.PictureView = {
    path: original.picture,
    width: original.width,
    height: original.height,
    format: original.format,
    bytes: original.bytes,
  };
  const link = url === null ? null : linkFor(url, spec, place === 'host' ? host : null);
  const view: T.PreviewView = {
    place,
    host,
    name: original.name,
    before,
    after: null,
    link,
    notes: [],
    problem: null,
  };
  if (original.format === 'GIF' && read(spec, 'animation') !== 'first')
    return { ...view, notes: ['passedThrough'] };
  if (spec.trim() === '') return { ...view, after: before };
  const plain = isPlain(spec) ? spec : '';
  const size = sizeAfter(plain, original);
  const format = NAMES[read(plain, 'format')] ?? original.format;
  const quality = Number.parseInt(read(plain, 'q'), 10) || 80;
  return {
    ...view,
    after: {
      path: await draw(plain, original, size),
      ...size,
      format,
      bytes: bytesAfter(format, quality, size),
    },
  };
}
