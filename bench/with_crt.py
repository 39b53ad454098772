"""The AWS common runtime's own S3 client: with_crt.py ENDPOINT BUCKET put|get|put-all|get-all FROM TO [N]."""

import os
import pathlib
import sys
import urllib.parse

from awscrt.auth import AwsCredentialsProvider
from awscrt.http import HttpHeaders, HttpRequest
from awscrt.io import ClientBootstrap, DefaultHostResolver, EventLoopGroup
from awscrt.s3 import S3Client, S3RequestTlsMode, S3RequestType, create_default_s3_signing_config

endpoint, bucket, task, source, target = sys.argv[1:6]
host = urllib.parse.urlsplit(endpoint).netloc
group = EventLoopGroup(2)
bootstrap = ClientBootstrap(group, DefaultHostResolver(group))
credentials = AwsCredentialsProvider.new_static(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
client = S3Client(
    bootstrap=bootstrap, region="us-east-1", tls_mode=S3RequestTlsMode.DISABLED, part_size=8 << 20, throughput_target_gbps=10,
    signing_config=create_default_s3_signing_config(region="us-east-1", credential_provider=credentials),
)


def request(method, key, more=()):
    return HttpRequest(method, f"/{bucket}/{urllib.parse.quote(key)}", HttpHeaders([("host", host), *more]))


def put(path, key):
    size = str(os.path.getsize(path))
    return client.make_request(
        type=S3RequestType.PUT_OBJECT, request=request("PUT", key, [("content-length", size), ("content-type", "application/octet-stream")]),
        send_filepath=str(path),
    )


def get(key, path):
    return client.make_request(type=S3RequestType.GET_OBJECT, request=request("GET", key), recv_filepath=str(path))


def finish(requests):
    for one in requests:
        one.finished_future.result(600)


if task == "put":
    finish([put(source, target)])
elif task == "get":
    finish([get(source, target)])
elif task == "put-all":
    finish([put(path, f"{target}/{path.name}") for path in sorted(pathlib.Path(source).iterdir())])
else:
    # It has no listing of its own: the names are known.
    os.makedirs(target, exist_ok=True)
    names = [f"{n:04}.bin" for n in range(int(sys.argv[6]))]
    finish([get(f"{source}/{name}", f"{target}/{name}") for name in names])
