#!/bin/sh
# Exports the SVG masters to what each system wants. Needs rsvg-convert (librsvg2-bin), ImageMagick and python3.
# Run by hand after a master has changed; the outputs are committed.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for size in 16 24 32 48 64 128 256 512 1024; do
  rsvg-convert -w "$size" -h "$size" logo.svg -o "$work/$size.png"
done
cp "$work/32.png" 32x32.png
cp "$work/128.png" 128x128.png
cp "$work/256.png" 128x128@2x.png
cp "$work/512.png" icon.png
convert "$work/16.png" "$work/24.png" "$work/32.png" "$work/48.png" "$work/64.png" "$work/256.png" icon.ico

# An ICNS is a list of PNGs, each behind a four-letter type and its length.
python3 - "$work" <<'PY'
import struct, sys
kinds = [("icp4", 16), ("icp5", 32), ("ic11", 32), ("icp6", 64), ("ic12", 64), ("ic07", 128),
         ("ic08", 256), ("ic13", 256), ("ic09", 512), ("ic14", 512), ("ic10", 1024)]
body = b""
for kind, size in kinds:
    png = open(f"{sys.argv[1]}/{size}.png", "rb").read()
    body += kind.encode() + struct.pack(">I", len(png) + 8) + png
open("icon.icns", "wb").write(b"icns" + struct.pack(">I", len(body) + 8) + body)
PY

# The tray glyph in black for light panels (and as the macOS template) and in white for dark ones.
mkdir -p tray
for state in idle busy attention; do
  master=tray-$state.svg
  [ "$state" = idle ] && master=tray.svg
  for ink in black white; do
    sed "s/currentColor/$ink/g" "$master" | rsvg-convert -w 32 -h 32 -o "tray/$state-$ink.png"
  done
done
