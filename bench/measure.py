"""What the benchmarks share: processes, their memory, medians, a server, pictures."""

import os
import random
import signal
import socket
import statistics
import struct
import subprocess
import time
import urllib.error
import urllib.request
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "target" / "bench"


def median(values):
    return statistics.median(values)


def spread(values):
    return f"{min(values):.3g} to {max(values):.3g}"


def png(path, seed, kib=200):
    """A PNG of about `kib` KiB that no two seeds share: noise does not compress."""
    side = int((kib * 1024 / 3) ** 0.5)
    noise = random.Random(seed)
    rows = b"".join(b"\0" + noise.randbytes(side * 3) for _ in range(side))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b"")
    )


def measured(command, environment, cwd):
    """Runs to the end: wall seconds, CPU seconds, peak RSS in MiB, standard output.

    GNU time starts it: a process started from here would count this interpreter's memory as its own peak.
    """
    figures = cwd / "figures"
    child = subprocess.run(
        ["/usr/bin/time", "-q", "-f", "%e %U %S %M", "-o", figures, *command],
        env=environment, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )
    if child.returncode != 0:
        raise SystemExit(f"{command} failed with {child.returncode}: {child.stdout.decode()[-2000:]}{child.stderr.decode()[-2000:]}")
    wall, user, system, rss = map(float, figures.read_text().split())
    return wall, user + system, rss / 1024, child.stdout.decode()


def timed(command, environment, cwd):
    """Wall seconds to the millisecond, peak RSS in MiB, standard output."""
    start = time.monotonic()
    _, _, rss, output = measured(command, environment, cwd)
    return time.monotonic() - start, rss, output


def tree(pid):
    """The process and everything below it."""
    children = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found, open_ = [], [pid]
    while open_:
        one = open_.pop()
        found.append(one)
        open_ += children.get(one, [])
    return found


def pss_mib(pid):
    """Proportional set size of the process tree: memory shared with others counts by its share."""
    total = 0
    for one in tree(pid):
        try:
            for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        except OSError:
            continue
    return total / 1024


def end(child):
    """Ends a process group that was started for one measurement."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    child.wait()


def free_ports(count):
    """Ports nobody listens on, all different."""
    listeners = [socket.socket() for _ in range(count)]
    try:
        for listener in listeners:
            listener.bind(("127.0.0.1", 0))
        return [listener.getsockname()[1] for listener in listeners]
    finally:
        for listener in listeners:
            listener.close()


def wait_for_http(url, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=2)
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{url} does not answer")


def machine():
    release = dict(
        line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line
    ).get("PRETTY_NAME", "Linux").strip('"')
    return f"{len(os.sched_getaffinity(0))} cores, {release}"
