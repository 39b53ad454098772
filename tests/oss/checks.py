"""One line for each check: `ok NAME`, or `failed NAME: why`."""

import os
import sys
import traceback

URL = os.environ["OSS_URL"]
CNAME = os.environ["OSS_CNAME"]
REGION = os.environ["OSS_REGION"]
BUCKET = os.environ["OSS_BUCKET"]
ACCESS_KEY = os.environ["OSS_ACCESS_KEY"]
SECRET_KEY = os.environ["OSS_SECRET_KEY"]
TEMPORARY = {name: os.environ[f"OSS_TEMPORARY_{name.upper()}"] for name in ("id", "secret", "token")}
SIGNATURE = os.environ["OSS_SIGNATURE"]

ODD_KEYS = [
    "plain.txt",
    "a b  c.txt",
    " lead.txt",
    "trail.txt ",
    "a+b.txt",
    "100%.txt",
    "a%20b%2Fc.txt",
    "a#b.txt",
    "a?b=c&d.txt",
    "x//y.txt",
    "folder/",
    "a\"b'c.txt",
    "a<b>&amp;c.txt",
    "a;b,c=d@e!f$g(h)*[i]{j}|k^l`m~n:o.txt",
    "图片/截图 一.txt",
    "🎉/🧑‍🚀.txt",
]

CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


def same(found, wanted):
    if found != wanted:
        raise AssertionError(f"{found!r} is not {wanted!r}")


def refused(call, error):
    try:
        call()
    except error as raised:
        return raised
    raise AssertionError(f"not refused with {error.__name__}")


def run():
    failures = 0
    for function in CHECKS:
        name = function.__name__.replace("_", " ")
        try:
            function()
            print(f"ok {name}", flush=True)
        except Exception as error:
            failures += 1
            print(f"failed {name}: {type(error).__name__}: {error}", flush=True)
            traceback.print_exc()
    sys.exit(1 if failures else 0)
