"""What is in the keyring, as JSON: label, attributes and secret of every item."""
import json

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

bus = Gio.bus_get_sync(Gio.BusType.SESSION)
NAME = "org.freedesktop.secrets"
SERVICE = "org.freedesktop.Secret.Service"
ITEM = "org.freedesktop.Secret.Item"


def call(path, interface, method, args, reply):
    return bus.call_sync(NAME, path, interface, method, args, GLib.VariantType(reply), 0, 10000, None).unpack()


def get(path, interface, name):
    args = GLib.Variant("(ss)", (interface, name))
    return call(path, "org.freedesktop.DBus.Properties", "Get", args, "(v)")[0]


opened = GLib.Variant("(sv)", ("plain", GLib.Variant("s", "")))
_, session = call("/org/freedesktop/secrets", SERVICE, "OpenSession", opened, "(vo)")
items = []
for collection in get("/org/freedesktop/secrets", SERVICE, "Collections"):
    for path in get(collection, "org.freedesktop.Secret.Collection", "Items"):
        _, _, secret, _ = call(path, ITEM, "GetSecret", GLib.Variant("(o)", (session,)), "((oayays))")[0]
        items.append(
            {
                "label": get(path, ITEM, "Label"),
                "attributes": get(path, ITEM, "Attributes"),
                "secret": bytes(secret).decode(errors="replace"),
            }
        )
print(json.dumps(items))
