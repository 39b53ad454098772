"""The parts of a desktop that an application talks to: a panel with a tray, and notifications.

Each notification is one JSON line on stdout. Each line on stdin is answered by one JSON line:
`menu` with the tray's menu, `click LABEL` by choosing a line of it, `icon` with the icon's state,
`leave` by taking the panel away."""
import json
import sys
import threading

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

WATCHER = """<node><interface name="org.kde.StatusNotifierWatcher">
<method name="RegisterStatusNotifierItem"><arg type="s" direction="in"/></method>
<method name="RegisterStatusNotifierHost"><arg type="s" direction="in"/></method>
<property name="RegisteredStatusNotifierItems" type="as" access="read"/>
<property name="IsStatusNotifierHostRegistered" type="b" access="read"/>
<property name="ProtocolVersion" type="i" access="read"/>
<signal name="StatusNotifierHostRegistered"/>
</interface></node>"""
NOTIFICATIONS = """<node><interface name="org.freedesktop.Notifications">
<method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
<arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/>
<arg type="a{sv}" direction="in"/><arg type="i" direction="in"/><arg type="u" direction="out"/></method>
<method name="CloseNotification"><arg type="u" direction="in"/></method>
<method name="GetCapabilities"><arg type="as" direction="out"/></method>
<method name="GetServerInformation"><arg type="s" direction="out"/><arg type="s" direction="out"/>
<arg type="s" direction="out"/><arg type="s" direction="out"/></method>
</interface></node>"""

bus = Gio.bus_get_sync(Gio.BusType.SESSION)
items = []
count = 0


def say(**line):
    print(json.dumps(line), flush=True)


def on_watcher(_bus, sender, _path, _interface, method, args, call):
    if method == "RegisterStatusNotifierItem":
        service = args.unpack()[0]
        item = (sender, service) if service.startswith("/") else (service, "/StatusNotifierItem")
        items.append(item)
    call.return_value(None)


def on_watcher_property(_bus, _sender, _path, _interface, name):
    return {
        "RegisteredStatusNotifierItems": GLib.Variant("as", ["".join(item) for item in items]),
        "IsStatusNotifierHostRegistered": GLib.Variant("b", True),
        "ProtocolVersion": GLib.Variant("i", 0),
    }[name]


def on_notification(_bus, _sender, _path, _interface, method, args, call):
    global count
    if method == "Notify":
        app, _replaces, _icon, title, body, *_ = args.unpack()
        count += 1
        say(event="notification", app=app, title=title, body=body)
        call.return_value(GLib.Variant("(u)", (count,)))
    elif method == "GetCapabilities":
        call.return_value(GLib.Variant("(as)", (["body"],)))
    elif method == "GetServerInformation":
        call.return_value(GLib.Variant("(ssss)", ("test", "test", "1", "1.2")))
    else:
        call.return_value(None)


def publish(name, path, xml, on_call, on_get=None):
    interface = Gio.DBusNodeInfo.new_for_xml(xml).interfaces[0]
    bus.register_object(path, interface, on_call, on_get, None)
    return Gio.bus_own_name_on_connection(bus, name, Gio.BusNameOwnerFlags.NONE, None, None)


watcher = publish(
    "org.kde.StatusNotifierWatcher", "/StatusNotifierWatcher", WATCHER, on_watcher, on_watcher_property
)
publish("org.freedesktop.Notifications", "/org/freedesktop/Notifications", NOTIFICATIONS, on_notification)


def ask(item, interface, method, args, reply, path=None):
    return bus.call_sync(
        item[0], path or item[1], interface, method, args, GLib.VariantType(reply), 0, 5000, None
    ).unpack()


def get(item, name):
    args = GLib.Variant("(ss)", ("org.kde.StatusNotifierItem", name))
    return ask(item, "org.freedesktop.DBus.Properties", "Get", args, "(v)")[0]


def lines(item):
    """The menu as a flat list of (id, label, enabled, checked, depth)."""
    path = get(item, "Menu")
    args = GLib.Variant("(iias)", (0, -1, []))
    ask(item, "com.canonical.dbusmenu", "AboutToShow", GLib.Variant("(i)", (0,)), "(b)", path)
    _revision, root = ask(item, "com.canonical.dbusmenu", "GetLayout", args, "(u(ia{sv}av))", path)
    flat = []

    def walk(node, depth):
        for child in node[2]:
            ident, properties, _ = child
            if properties.get("type") != "separator":
                flat.append(
                    {
                        "id": ident,
                        "label": properties.get("label", "").replace("__", "_"),
                        "enabled": properties.get("enabled", True),
                        "checked": properties.get("toggle-state", 0) == 1,
                        "depth": depth,
                    }
                )
            walk(child, depth + 1)

    walk(root, 0)
    return path, flat


def answer(line):
    verb, _, rest = line.strip().partition(" ")
    if verb == "leave":
        Gio.bus_unown_name(watcher)
        return {}
    if not items:
        return {"error": "no icon in the tray"}
    item = items[-1]
    if verb == "icon":
        return {"icon": get(item, "IconName"), "title": get(item, "Title")}
    path, flat = lines(item)
    if verb == "menu":
        return {"menu": flat}
    for entry in flat:
        if entry["label"] == rest and entry["enabled"]:
            args = GLib.Variant("(isvu)", (entry["id"], "clicked", GLib.Variant("s", ""), 0))
            ask(item, "com.canonical.dbusmenu", "Event", args, "()", path)
            return {}
    return {"error": f"no line {rest!r} in the menu"}


def on_line(line):
    try:
        say(**answer(line))
    except GLib.Error as error:
        say(error=error.message)


def read():
    for line in sys.stdin:
        GLib.idle_add(on_line, line)
    GLib.idle_add(loop.quit)


loop = GLib.MainLoop()
threading.Thread(target=read, daemon=True).start()
say(event="ready")
loop.run()
