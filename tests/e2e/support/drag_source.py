"""A window to drag files out of, as a file manager is: drag_source.py X Y URI...

Prints `ready` when it can be dragged from, `sent` when the target has taken the data."""
import sys

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, GLib, Gtk  # noqa: E402

x, y, uris = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]


def say(word):
    print(word, flush=True)


window = Gtk.Window(type=Gtk.WindowType.POPUP)
window.set_default_size(200, 200)
box = Gtk.EventBox()
box.add(Gtk.Label(label=f"{len(uris)} files"))
box.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
box.drag_source_add_uri_targets()
box.connect("drag-begin", lambda *_: say("begin"))
box.connect("drag-data-get", lambda _w, _c, data, _i, _t: (data.set_uris(uris), say("sent")))
box.connect("drag-end", lambda *_: say("end"))
box.connect("drag-failed", lambda _w, _c, result: say(f"failed {result.value_nick}"))
window.add(box)
window.connect("map-event", lambda *_: GLib.idle_add(say, "ready"))
window.show_all()
window.move(x, y)
Gtk.main()
