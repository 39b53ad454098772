// Pictures made on the spot, and what can be seen of them without a picture library.

import { randomBytes } from "node:crypto";
import { deflateSync } from "node:zlib";

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

function crc(bytes) {
  let c = 0xffffffff;
  for (const byte of bytes) c = CRC[(c ^ byte) & 0xff] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc(body), body.length + 4);
  return out;
}

function header(width, height, depth, colour) {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.set([depth, colour, 0, 0, 0], 8);
  return chunk("IHDR", data);
}

const SIGNATURE = Buffer.from("89504e470d0a1a0a", "hex");
const END = chunk("IEND", Buffer.alloc(0));

/** Sky above, sky at the horizon, hills: harbour colours for every hour of the day. */
const PALETTES = [
  ["#0b3c5d", "#f2b880", "#1d2731"],
  ["#87bfde", "#fdf1d6", "#3e7c5b"],
  ["#2d1e4f", "#e8715c", "#150f2b"],
  ["#d8e6ec", "#f7f5ef", "#5c7a89"],
  ["#0e7a9c", "#bfe3e0", "#0a3f4f"],
  ["#f0c987", "#fbeed3", "#b0623d"],
].map((colours) => colours.map((c) => [1, 3, 5].map((at) => Number.parseInt(c.slice(at, at + 2), 16))));

const mix = (a, b, part) => a + (b - a) * part;

/** A small landscape as a PNG; another seed is another landscape. */
export function png(width, height, seed) {
  const [sky, horizon, hill] = PALETTES[seed % PALETTES.length];
  const turn = (seed * 2.399) % 6.283;
  const sun = { x: width * (0.2 + 0.6 * ((seed * 0.618) % 1)), y: height * 0.3, r: height * 0.09 };
  const raw = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y += 1) {
    let at = y * (1 + width * 3) + 1;
    for (let x = 0; x < width; x += 1) {
      let layer = 0;
      for (let ridge = 1; ridge <= 3; ridge += 1) {
        const wave = Math.sin((x / width) * (5 - ridge) + turn * ridge) + 0.4 * Math.sin((x / width) * 11 + turn + ridge);
        if (y > height * (0.4 + 0.15 * ridge + 0.06 * wave)) layer = ridge;
      }
      const inSun = layer === 0 && (x - sun.x) ** 2 + (y - sun.y) ** 2 < sun.r ** 2;
      for (let channel = 0; channel < 3; channel += 1) {
        const air = inSun ? 250 : mix(sky[channel], horizon[channel], Math.min(1, (y / height) * 1.6));
        raw[at] = mix(air, hill[channel], layer / 3.2);
        at += 1;
      }
    }
  }
  // Seeds that come round to the same colours still differ in a pixel.
  raw.writeUIntBE(seed & 0xffffff, 1, 3);
  return Buffer.concat([SIGNATURE, header(width, height, 8, 2), chunk("IDAT", deflateSync(raw)), END]);
}

/** A picture that does not compress: about `width * height * 3` bytes. */
export function noise(width, height) {
  const raw = randomBytes(height * (1 + width * 3));
  for (let y = 0; y < height; y += 1) raw[y * (1 + width * 3)] = 0;
  return Buffer.concat([SIGNATURE, header(width, height, 8, 2), chunk("IDAT", deflateSync(raw, { level: 1 })), END]);
}

/** 500 megapixels in some 60 kilobytes. */
export function bomb() {
  const [width, height] = [25_000, 20_000];
  const raw = Buffer.alloc(height * (1 + width / 8));
  return Buffer.concat([SIGNATURE, header(width, height, 1, 0), chunk("IDAT", deflateSync(raw)), END]);
}

/** Names of the metadata segments of a JPEG: `Exif`, `GPS` when Exif has a GPS directory, `XMP`, ... */
export function jpegMetadata(bytes) {
  const found = [];
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff && bytes[at + 1] !== 0xda) {
    const length = bytes.readUInt16BE(at + 2);
    const data = bytes.subarray(at + 4, at + 2 + length);
    if (bytes[at + 1] === 0xe1 && data.toString("latin1", 0, 6) === "Exif\0\0") {
      found.push("Exif");
      if (hasGps(data.subarray(6))) found.push("GPS");
    } else if (bytes[at + 1] === 0xe1) {
      found.push("XMP");
    }
    at += 2 + length;
  }
  return found;
}

function hasGps(tiff) {
  const little = tiff.toString("latin1", 0, 2) === "II";
  const u16 = (at) => (little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const u32 = (at) => (little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
  const directory = u32(4);
  const GPS_DIRECTORY = 0x8825;
  for (let entry = 0; entry < u16(directory); entry += 1) {
    if (u16(directory + 2 + entry * 12) === GPS_DIRECTORY) return true;
  }
  return false;
}
