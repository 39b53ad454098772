// Model files with a real header and bytes that say nothing.

import { bytes } from "./bytes.mjs";

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
