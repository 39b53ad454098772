"""Adds rows to a history file: fill_history.py FILE COUNT. One of them is called `needle in the hay.png`."""
import random
import sqlite3
import sys

path, count = sys.argv[1], int(sys.argv[2])
rng = random.Random(20)
words = ["harbour", "night", "market", "draft", "figure", "loss", "curve", "截图", "湖边", "报告", "photo", "scan"]
START = 1_500_000_000_000
STEP = 2_500_000


def row(n):
    at = START + n * STEP
    month = 2017 * 12 + 6 + int((at - START) / (30.44 * 86_400_000))
    name = "needle in the hay.png" if n == count // 2 else f"{rng.choice(words)} {rng.choice(words)} {n}.png"
    key = f"{month // 12}/{month % 12 + 1:02}/{name}"
    digest = f"{n:064x}"
    url = f"https://img.example.com/{key}"
    size = rng.randint(20_000, 4_000_000)
    return (at, month, name, "local", "elsewhere", key, url, "image/png", size, 1600, 900, digest, digest, "")


base = sqlite3.connect(path)
with base:
    base.executemany(
        "INSERT INTO uploads (uploaded_at, month, name, profile, target, key, url, content_type, size, width,"
        " height, sha256, source_sha256, recipe) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (row(n) for n in range(count)),
    )
    base.execute("UPDATE counters SET value = value + 1 WHERE name = 'revision'")
base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
