"""What `alibabacloud-oss-v2` cannot sign with V1: it leaves these parameters out of what it signs."""

import base64
import json
import struct

import alibabacloud_oss_v2 as oss
import requests

from checks import BUCKET, URL, check, same
from oss_v2 import CLIENT, PREFIX, get, put, service_error


def colours(width, height):
    """A BMP, which needs no library to make."""
    row = b"".join(bytes((128, 64, x * 255 // width)) for x in range(width))
    row += bytes(-len(row) % 4)
    size = 54 + len(row) * height
    head = b"BM" + struct.pack("<IHHIIiiHHIIiiII", size, 0, 0, 54, 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    return head + row * height


def size_of(data):
    """Width and height of a PNG."""
    same(data[:8], b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", data[16:24])


@check
def process():
    put(PREFIX + "image.bmp", colours(200, 100), content_type="image/bmp")
    got = get(PREFIX + "image.bmp", process="image/resize,w_80/format,png")
    same((got.content_type, size_of(got.body.content)), ("image/png", (80, 40)))
    info = json.loads(get(PREFIX + "image.bmp", process="image/info").body.content)
    same((info["ImageWidth"]["value"], info["Format"]["value"]), ("200", "bmp"))
    error = service_error(lambda: get(PREFIX + "image.bmp", process="image/resize,w_0"))
    same((error.status_code, error.code), (400, "InvalidArgument"))
    signed = CLIENT.presign(
        oss.GetObjectRequest(bucket=BUCKET, key=PREFIX + "image.bmp", process="image/rotate,90/format,png")
    )
    same(size_of(requests.get(signed.url).content), (100, 200))
    same(requests.get(signed.url.replace("90", "180")).status_code, 403)


@check
def save_the_result():
    encode = lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    target = f"|sys/saveas,o_{encode(PREFIX + 'saved.png')},b_{encode(BUCKET)}"
    done = CLIENT.process_object(
        oss.ProcessObjectRequest(
            bucket=BUCKET, key=PREFIX + "image.bmp", process="image/resize,w_50/format,png" + target
        )
    )
    same((done.process_status, done.file_size), ("OK", len(get(PREFIX + "saved.png").body.content)))
    same(size_of(get(PREFIX + "saved.png").body.content), (50, 25))


@check
def watermark():
    put(PREFIX + "mark.bmp", colours(20, 10))
    encode = lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    plain = get(PREFIX + "image.bmp", process="image/format,png").body.content
    for mark in [f"image_{encode(PREFIX + 'mark.bmp')},g_nw", f"text_{encode('Hoist')},size_30,color_FFFFFF"]:
        marked = get(PREFIX + "image.bmp", process=f"image/watermark,{mark}/format,png").body.content
        same((size_of(marked), marked == plain), ((200, 100), False))


@check
def styles():
    by_style = lambda: get(PREFIX + "image.bmp", process="style/small")
    CLIENT.put_style(
        oss.PutStyleRequest(
            bucket=BUCKET, style_name="small", style=oss.StyleContent(content="image/resize,w_10/format,png")
        )
    )
    same(size_of(by_style().body.content), (10, 5))
    listed = CLIENT.list_style(oss.ListStyleRequest(bucket=BUCKET)).style_list
    same([style.name for style in listed.styles], ["small"])
    CLIENT.delete_style(oss.DeleteStyleRequest(bucket=BUCKET, style_name="small"))
    same(service_error(by_style).code, "NoSuchStyle")


@check
def cors():
    call = lambda: CLIENT.get_bucket_cors(oss.GetBucketCorsRequest(bucket=BUCKET))
    same(service_error(call).code, "NoSuchCORSConfiguration")
    rule = oss.CORSRule(
        allowed_origins=["https://*.example.com"],
        allowed_methods=["GET", "PUT"],
        allowed_headers=["*"],
        expose_headers=["ETag"],
        max_age_seconds=600,
    )
    CLIENT.put_bucket_cors(
        oss.PutBucketCorsRequest(bucket=BUCKET, cors_configuration=oss.CORSConfiguration(cors_rules=[rule]))
    )
    same(call().cors_configuration.cors_rules[0].max_age_seconds, 600)
    url = f"{URL}/{BUCKET}/{PREFIX}range"
    asks = {"Origin": "https://a.example.com", "Access-Control-Request-Method": "PUT"}
    answer = requests.options(url, headers={**asks, "Access-Control-Request-Headers": "x-oss-meta-a"})
    same((answer.status_code, answer.headers["Access-Control-Allow-Headers"]), (200, "x-oss-meta-a"))
    same(requests.options(url, headers={**asks, "Origin": "https://example.org"}).status_code, 403)
    shown = requests.get(url, headers={"Origin": "https://a.example.com"}).headers
    same(shown["Access-Control-Allow-Origin"], "https://a.example.com")
    same("Access-Control-Allow-Origin" in requests.get(url).headers, False)
    CLIENT.delete_bucket_cors(oss.DeleteBucketCorsRequest(bucket=BUCKET))


@check
def bucket_configuration():
    CLIENT.put_bucket_lifecycle(
        oss.PutBucketLifecycleRequest(
            bucket=BUCKET,
            lifecycle_configuration=oss.LifecycleConfiguration(
                rules=[
                    oss.LifecycleRule(
                        id="old", prefix="tmp/", status="Enabled", expiration=oss.LifecycleRuleExpiration(days=3)
                    )
                ]
            ),
        )
    )
    found = CLIENT.get_bucket_lifecycle(oss.GetBucketLifecycleRequest(bucket=BUCKET)).lifecycle_configuration
    same((found.rules[0].id, found.rules[0].expiration.days), ("old", 3))
    CLIENT.delete_bucket_lifecycle(oss.DeleteBucketLifecycleRequest(bucket=BUCKET))
    CLIENT.put_bucket_encryption(
        oss.PutBucketEncryptionRequest(
            bucket=BUCKET,
            server_side_encryption_rule=oss.ServerSideEncryptionRule(
                apply_server_side_encryption_by_default=oss.ApplyServerSideEncryptionByDefault(sse_algorithm="AES256")
            ),
        )
    )
    found = CLIENT.get_bucket_encryption(oss.GetBucketEncryptionRequest(bucket=BUCKET)).server_side_encryption_rule
    same(found.apply_server_side_encryption_by_default.sse_algorithm, "AES256")
    CLIENT.put_bucket_logging(
        oss.PutBucketLoggingRequest(
            bucket=BUCKET,
            bucket_logging_status=oss.BucketLoggingStatus(
                logging_enabled=oss.LoggingEnabled(target_bucket=BUCKET, target_prefix="log/")
            ),
        )
    )
    found = CLIENT.get_bucket_logging(oss.GetBucketLoggingRequest(bucket=BUCKET)).bucket_logging_status
    same(found.logging_enabled.target_prefix, "log/")
    CLIENT.put_bucket_referer(
        oss.PutBucketRefererRequest(
            bucket=BUCKET,
            referer_configuration=oss.RefererConfiguration(
                allow_empty_referer=True, referer_list=oss.RefererList(referers=["https://example.com"])
            ),
        )
    )
    found = CLIENT.get_bucket_referer(oss.GetBucketRefererRequest(bucket=BUCKET)).referer_configuration
    same(found.referer_list.referers, ["https://example.com"])
    CLIENT.put_bucket_website(
        oss.PutBucketWebsiteRequest(
            bucket=BUCKET,
            website_configuration=oss.WebsiteConfiguration(index_document=oss.IndexDocument(suffix="index.html")),
        )
    )
    found = CLIENT.get_bucket_website(oss.GetBucketWebsiteRequest(bucket=BUCKET)).website_configuration
    same(found.index_document.suffix, "index.html")


@check
def acl_and_public_access():
    url = f"{URL}/{BUCKET}/{PREFIX}range"
    set_acl = lambda acl: CLIENT.put_bucket_acl(oss.PutBucketAclRequest(bucket=BUCKET, acl=acl))
    block = lambda on: CLIENT.put_bucket_public_access_block(
        oss.PutBucketPublicAccessBlockRequest(
            bucket=BUCKET,
            public_access_block_configuration=oss.PublicAccessBlockConfiguration(block_public_access=on),
        )
    )
    same(CLIENT.get_bucket_acl(oss.GetBucketAclRequest(bucket=BUCKET)).acl, "public-read")
    same(requests.get(url).status_code, 200)
    block(True)
    same(requests.get(url).status_code, 403)
    same(service_error(lambda: set_acl("public-read")).ec, "0003-00000904")
    block(False)
    set_acl("private")
    same(requests.get(url).status_code, 403)
    set_acl("public-read")
    same(requests.get(url).status_code, 200)
