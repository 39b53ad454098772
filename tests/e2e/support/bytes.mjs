// Contents of files that say nothing.

import { createHash } from "node:crypto";

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
