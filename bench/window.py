"""Start and idle memory of Hoist's window beside a bare Tauri window of the same build profile."""

import os
import shutil
import subprocess
import sys
import time

from measure import ROOT, WORK, end, median, pss_mib, spread

# The system's Python has GTK; another one on the path may not.
PYTHON = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable
WATCH = os.path.join(os.path.dirname(__file__), "painted.py")


def display():
    """An X server of our own; it chooses a number nobody has."""
    read, write = os.pipe()
    child = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"],
        pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )
    os.close(write)
    with os.fdopen(read) as pipe:
        number = pipe.readline().strip()
    if not number:
        raise SystemExit("Xvfb does not start")
    return child, f":{number}"


def one(program, screen, idle):
    """Seconds until the window shows its content, and MiB of the tree after `idle` seconds."""
    home = WORK / f"window-{os.getpid()}"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(home), "HOIST_HOME": str(home), "DISPLAY": screen, "LANG": "C.UTF-8",
        "XDG_RUNTIME_DIR": str(home), "GDK_BACKEND": "x11",
    }
    # The watcher is ready first, so that its own start is not counted.
    watcher = subprocess.Popen(
        [PYTHON, WATCH], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    watcher.stdout.readline()
    bus = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address=1"],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True,
    )
    environment["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
    start = time.monotonic()
    child = subprocess.Popen(
        [program], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        seen = watcher.stdout.readline().strip()
        if not seen:
            raise SystemExit(f"{program} shows no window")
        seconds = float(seen) - start
        time.sleep(idle)
        return seconds, pss_mib(child.pid)
    finally:
        end(child)
        end(bus)
        watcher.kill()
        watcher.wait()
        shutil.rmtree(home, ignore_errors=True)


def run(rounds, idle=8):
    programs = {
        "hoist": str(ROOT / "target" / "release" / "hoist-desktop"),
        "bare": str(ROOT / "target" / "release" / "examples" / "bare-window"),
    }
    results = {name: [] for name in programs}
    server, screen = display()
    try:
        for number in range(-1, rounds):
            for name, program in programs.items():
                measured = one(program, screen, idle)
                if number >= 0:
                    results[name].append(measured)
        return results
    finally:
        end(server)


def table(results):
    lines = ["| | start to content, s (median; range) | idle PSS of the tree, MiB |", "|---|---|---|"]
    middle = {}
    for name, label in (("hoist", "Hoist, first run, built-in store running"), ("bare", "bare Tauri window")):
        starts = [start for start, _ in results[name]]
        sizes = [pss for _, pss in results[name]]
        middle[name] = (median(starts), median(sizes))
        lines.append(f"| {label} | {middle[name][0]:.2f} ({spread(starts)}) | {middle[name][1]:.0f} |")
    lines.append(
        f"| Hoist above the bare window | {middle['hoist'][0] - middle['bare'][0]:+.2f} | {middle['hoist'][1] - middle['bare'][1]:+.0f} |"
    )
    return "\n".join(lines)
