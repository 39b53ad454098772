"""Takes Ctrl+Alt+U as another application does, until it is ended. Prints `ready` when it has it."""
import ctypes
import signal
import sys

x = ctypes.CDLL("libX11.so.6")
x.XOpenDisplay.restype = ctypes.c_void_p
x.XOpenDisplay.argtypes = [ctypes.c_char_p]
x.XDefaultRootWindow.restype = ctypes.c_ulong
x.XDefaultRootWindow.argtypes = [ctypes.c_void_p]
x.XStringToKeysym.restype = ctypes.c_ulong
x.XStringToKeysym.argtypes = [ctypes.c_char_p]
x.XKeysymToKeycode.restype = ctypes.c_ubyte
x.XKeysymToKeycode.argtypes = [ctypes.c_void_p, ctypes.c_ulong]
x.XGrabKey.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_uint, ctypes.c_ulong] + [ctypes.c_int] * 3
x.XSync.argtypes = [ctypes.c_void_p, ctypes.c_int]

CONTROL, ALT, ASYNC = 1 << 2, 1 << 3, 1
display = x.XOpenDisplay(None)
if not display:
    sys.exit("the display cannot be opened")
root = x.XDefaultRootWindow(display)
key = x.XKeysymToKeycode(display, x.XStringToKeysym(b"u"))
x.XGrabKey(display, key, CONTROL | ALT, root, 0, ASYNC, ASYNC)
x.XSync(display, 0)
print("ready", flush=True)
signal.pause()
