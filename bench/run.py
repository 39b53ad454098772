"""Runs the benchmarks and writes docs/BENCHMARKS.md.

usage: python3 bench/run.py [--rounds N] [--no-build] [--only upload|window]
"""

import argparse
import datetime
import subprocess

import upload
import window
from measure import ROOT, WORK, machine

HEAD = """# Benchmarks

Made by `make bench` (`python3 bench/run.py --rounds {rounds}`) on {date}: {machine}. Release build, everything on one computer, runs interleaved, medians of {rounds} after one that is not counted. Your figures will differ; the ratios should not by much.
"""

UPLOAD = """
## One 200 KiB PNG, from the command line

Every upload is new content, to the same SeaweedFS over loopback HTTP. Wall time is from start to end of the process, so it includes starting the program, which is most of it.

{table}
"""

WINDOW = """
## The window

Under Xvfb, without a graphics card. *Start* is from the start of the process until the window shows text. *Idle* is the proportional set size summed over the whole process tree, the webview's processes included, 8 s later: memory shared between them counts once. A bare window is `bench/bare-window`: one line of text, the same build profile.

{table}
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--no-build", action="store_true")
    parser.add_argument("--only", choices=["upload", "window"])
    options = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    if not options.no_build:
        subprocess.run(["npm", "--prefix", "ui", "run", "build"], cwd=ROOT, check=True)
        subprocess.run(
            ["cargo", "build", "--release", "--locked", "--bins", "--example", "bare-window"], cwd=ROOT, check=True
        )
    text = HEAD.format(rounds=options.rounds, date=datetime.date.today().isoformat(), machine=machine())
    if options.only != "window":
        text += UPLOAD.format(table=upload.table(upload.run(options.rounds)))
    if options.only != "upload":
        text += WINDOW.format(table=window.table(window.run(options.rounds)))
    print(text)
    if options.only is None:
        page = ROOT / "docs" / "BENCHMARKS.md"
        # What bench/transfers.py wrote stays.
        kept = page.read_text().partition("\n## Large files and many")
        page.write_text(text + "".join(kept[1:]))


if __name__ == "__main__":
    main()
