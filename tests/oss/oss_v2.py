"""The client `alibabacloud-oss-v2`, and short ways to use it."""

import alibabacloud_oss_v2 as oss

import checks
from checks import BUCKET, REGION, URL, refused

PREFIX = f"v2-{checks.SIGNATURE}/"
BLOCK = bytes(range(256)) * 800


def client(secret=checks.SECRET_KEY, endpoint=URL, **options):
    config = oss.config.load_default()
    config.credentials_provider = oss.credentials.StaticCredentialsProvider(checks.ACCESS_KEY, secret)
    config.region = REGION
    config.endpoint = endpoint
    config.signature_version = checks.SIGNATURE
    for name, value in options.items():
        setattr(config, name, value)
    return oss.Client(config)


CLIENT = client()


def put(key, body, **options):
    return CLIENT.put_object(oss.PutObjectRequest(bucket=BUCKET, key=key, body=body, **options))


def get(key, **options):
    return CLIENT.get_object(oss.GetObjectRequest(bucket=BUCKET, key=key, **options))


def service_error(call):
    return refused(call, oss.exceptions.OperationError).unwrap()
