"""Prints the moment (time.monotonic) at which a window on this display shows text.

Text is many shades at once: an empty or a white page has a handful, antialiased letters have
dozens. The screen starts empty, so the first such picture is the window's.
"""

import sys
import time

import gi

gi.require_version("Gdk", "3.0")
from gi.repository import Gdk  # noqa: E402

ENOUGH_SHADES = 12
PATIENCE = 60

root = Gdk.get_default_root_window()
width, height = root.get_width(), root.get_height()
print("ready", flush=True)

deadline = time.monotonic() + PATIENCE
while time.monotonic() < deadline:
    now = time.monotonic()
    picture = Gdk.pixbuf_get_from_window(root, 0, 0, width, height)
    pixels = picture.get_pixels()
    step = picture.get_n_channels()
    # One channel tells shades apart as well as three, and a slice is quick.
    if len(set(pixels[::step])) >= ENOUGH_SHADES:
        print(now, flush=True)
        sys.exit(0)
    time.sleep(0.005)
sys.exit(1)
