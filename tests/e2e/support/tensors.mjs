// Model files with a real header and bytes that say nothing.

import { createHash } from "node:crypto";

/** A .safetensors file of BF16 tensors, `[name, shape]` each; `seed` makes other bytes of it. */
export function safetensors(tensors, seed) {
  const header = { __metadata__: { format: "pt" } };
  let at = 0;
  for (const [name, shape] of tensors) {
    const size = 2 * shape.reduce((product, n) => product * n, 1);
    header[name] = { dtype: "BF16", shape, data_offsets: [at, at + size] };
    at += size;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, bytes(at, seed)]);
}

/** Bytes that no disk compresses; the same each time. */
export function bytes(size, seed) {
  const block = Buffer.concat(
    Array.from({ length: 2048 }, (_, n) => createHash("sha256").update(`${seed} ${n}`).digest()),
  );
  const all = Buffer.alloc(size);
  for (let at = 0; at < size; at += block.length) block.copy(all, at);
  if (size >= 4) all.writeUInt32LE(seed, 0);
  return all;
}
