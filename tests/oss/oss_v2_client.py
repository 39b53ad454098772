"""The client `alibabacloud-oss-v2` against the test server."""

import io

import alibabacloud_oss_v2 as oss
import requests

import checks
from checks import BUCKET, ODD_KEYS, REGION, URL, check, same
from oss_v2 import BLOCK, CLIENT, PREFIX, client, get, put, service_error


@check
def put_and_get():
    result = put(PREFIX + "hello 图", b"hello", content_type="text/plain", metadata={"colour": "blue"})
    same(result.etag, '"5D41402ABC4B2A76B9719D911017C592"')
    got = get(PREFIX + "hello 图")
    same((got.body.content, got.content_type), (b"hello", "text/plain"))
    same(got.metadata["colour"], "blue")
    same(got.hash_crc64, result.hash_crc64)


@check
def get_ranges():
    put(PREFIX + "range", b"0123456789")
    same(get(PREFIX + "range", range_header="bytes=2-4").body.content, b"234")
    # A range that is not wholly inside counts for nothing, unless the usual rules are asked for.
    same(get(PREFIX + "range", range_header="bytes=8-20").body.content, b"0123456789")
    same(get(PREFIX + "range", range_header="bytes=8-20", range_behavior="standard").body.content, b"89")
    call = lambda: get(PREFIX + "range", range_header="bytes=10-", range_behavior="standard")
    same(service_error(call).code, "InvalidRange")


@check
def conditions():
    tag = put(PREFIX + "condition", b"1").etag
    same(get(PREFIX + "condition", if_match=tag).body.content, b"1")
    same(service_error(lambda: get(PREFIX + "condition", if_match='"other"')).code, "PreconditionFailed")
    same(service_error(lambda: get(PREFIX + "condition", if_none_match=tag)).status_code, 304)


@check
def forbid_overwrite():
    put(PREFIX + "once", b"1")
    error = service_error(lambda: put(PREFIX + "once", b"2", forbid_overwrite=True))
    same((error.status_code, error.code, error.ec), (409, "FileAlreadyExists", "0026-00000021"))


@check
def multipart():
    key = PREFIX + "parts"
    begun = CLIENT.initiate_multipart_upload(oss.InitiateMultipartUploadRequest(bucket=BUCKET, key=key))
    parts = []
    for number, data in enumerate([BLOCK, BLOCK[::-1], b"end"], 1):
        part = CLIENT.upload_part(
            oss.UploadPartRequest(bucket=BUCKET, key=key, upload_id=begun.upload_id, part_number=number, body=data)
        )
        parts.append(oss.UploadPart(part_number=number, etag=part.etag))
    pages = CLIENT.list_parts_paginator().iter_page(
        oss.ListPartsRequest(bucket=BUCKET, key=key, upload_id=begun.upload_id, max_parts=1)
    )
    same([part.part_number for page in pages for part in page.parts or []], [1, 2, 3])
    done = CLIENT.complete_multipart_upload(
        oss.CompleteMultipartUploadRequest(
            bucket=BUCKET,
            key=key,
            upload_id=begun.upload_id,
            complete_multipart_upload=oss.CompleteMultipartUpload(parts=parts),
        )
    )
    same(done.etag.endswith('-3"'), True)
    same(get(key).body.content, BLOCK + BLOCK[::-1] + b"end")


@check
def list_uploads():
    wanted = []
    for key in ["up/a", "up/a", "up/b c", "up/d/e"]:
        begun = CLIENT.initiate_multipart_upload(oss.InitiateMultipartUploadRequest(bucket=BUCKET, key=PREFIX + key))
        wanted.append((PREFIX + key, begun.upload_id))
    for most in (1, 2, 100):
        pages = CLIENT.list_multipart_uploads_paginator().iter_page(
            oss.ListMultipartUploadsRequest(bucket=BUCKET, prefix=PREFIX + "up/", max_uploads=most)
        )
        same([(upload.key, upload.upload_id) for page in pages for upload in page.uploads or []], wanted)
    for key, upload_id in wanted:
        CLIENT.abort_multipart_upload(oss.AbortMultipartUploadRequest(bucket=BUCKET, key=key, upload_id=upload_id))


@check
def uploader():
    key = PREFIX + "uploaded"
    big = CLIENT.uploader(part_size=100 * 1024, parallel_num=3)
    result = big.upload_from(oss.PutObjectRequest(bucket=BUCKET, key=key), io.BytesIO(BLOCK * 3))
    same(result.status_code, 200)
    same(get(key).body.content, BLOCK * 3)


@check
def copier():
    key = PREFIX + "copied in parts"
    big = CLIENT.copier(part_size=100 * 1024, multipart_copy_threshold=100 * 1024)
    big.copy(oss.CopyObjectRequest(bucket=BUCKET, key=key, source_bucket=BUCKET, source_key=PREFIX + "uploaded"))
    same(get(key).body.content, BLOCK * 3)


@check
def append():
    key = PREFIX + "log"
    append = lambda at, data: CLIENT.append_object(
        oss.AppendObjectRequest(bucket=BUCKET, key=key, position=at, body=data)
    )
    same(append(0, b"one,").next_position, 4)
    same(append(4, b"two").next_position, 7)
    error = service_error(lambda: append(4, b"two"))
    same((error.code, error.headers["x-oss-next-append-position"]), ("PositionNotEqualToLength", "7"))
    same(get(key).body.content, b"one,two")
    put(PREFIX + "normal", b"x")
    call = lambda: CLIENT.append_object(
        oss.AppendObjectRequest(bucket=BUCKET, key=PREFIX + "normal", position=1, body=b"y")
    )
    same(service_error(call).code, "ObjectNotAppendable")


@check
def list_odd_keys():
    for key in ODD_KEYS:
        put(PREFIX + "odd/" + key, key.encode())
    wanted = sorted((PREFIX + "odd/" + key for key in ODD_KEYS), key=lambda key: key.encode())
    pages = CLIENT.list_objects_v2_paginator().iter_page(
        oss.ListObjectsV2Request(bucket=BUCKET, prefix=PREFIX + "odd/", max_keys=5)
    )
    same([entry.key for page in pages for entry in page.contents or []], wanted)
    pages = CLIENT.list_objects_paginator().iter_page(
        oss.ListObjectsRequest(bucket=BUCKET, prefix=PREFIX + "odd/", max_keys=5)
    )
    same([entry.key for page in pages for entry in page.contents or []], wanted)


@check
def copy():
    CLIENT.copy_object(
        oss.CopyObjectRequest(bucket=BUCKET, key=PREFIX + "copy", source_bucket=BUCKET, source_key=PREFIX + "hello 图")
    )
    same(get(PREFIX + "copy").metadata["colour"], "blue")


@check
def delete_many():
    keys = [PREFIX + "odd/" + key for key in ODD_KEYS]
    result = CLIENT.delete_multiple_objects(
        oss.DeleteMultipleObjectsRequest(
            bucket=BUCKET, encoding_type="url", objects=[oss.DeleteObject(key=key) for key in keys]
        )
    )
    same(sorted(deleted.key for deleted in result.deleted_objects), sorted(keys))
    left = CLIENT.list_objects_v2(oss.ListObjectsV2Request(bucket=BUCKET, prefix=PREFIX + "odd/"))
    same(left.key_count, 0)


@check
def presigned_urls():
    key = PREFIX + "presigned 图+.txt"
    signed = CLIENT.presign(oss.PutObjectRequest(bucket=BUCKET, key=key, content_type="text/x-a", metadata={"a": "b"}))
    same(requests.put(signed.url, data=b"by url", headers=signed.signed_headers).status_code, 200)
    same(requests.put(signed.url, data=b"no", headers={"Content-Type": "text/x-b"}).status_code, 403)
    signed = CLIENT.presign(oss.GetObjectRequest(bucket=BUCKET, key=key))
    same(requests.get(signed.url).content, b"by url")


@check
def head_of_a_missing_key():
    call = lambda: CLIENT.head_object(oss.HeadObjectRequest(bucket=BUCKET, key=PREFIX + "none"))
    error = service_error(call)
    same((error.status_code, error.code, error.ec), (404, "NoSuchKey", "0026-00000001"))
    same(CLIENT.is_object_exist(BUCKET, PREFIX + "none"), False)


@check
def wrong_secret():
    call = lambda: client(secret="wrong").get_object(oss.GetObjectRequest(bucket=BUCKET, key="x"))
    error = service_error(call)
    same((error.status_code, error.code, error.ec), (403, "SignatureDoesNotMatch", "0002-00000040"))


@check
def missing_bucket():
    call = lambda: CLIENT.get_object(oss.GetObjectRequest(bucket="nobody-has-this", key="x"))
    same(service_error(call).code, "NoSuchBucket")


# The server is the proxy, so these names need not exist.
PROXIES = {"http": URL}


@check
def by_custom_domain():
    cname = client(endpoint=f"http://{checks.CNAME}", use_cname=True, proxy_host=PROXIES)
    cname.put_object(oss.PutObjectRequest(bucket=BUCKET, key=PREFIX + "by cname", body=b"cname"))
    got = cname.get_object(oss.GetObjectRequest(bucket=BUCKET, key=PREFIX + "by cname"))
    same(got.body.content, b"cname")


@check
def by_the_endpoints_of_a_region():
    for kind in ["use_internal_endpoint", "use_dualstack_endpoint", "use_accelerate_endpoint", None]:
        options = {kind: True} if kind else {}
        by_name = client(endpoint=None, disable_ssl=True, proxy_host=PROXIES, **options)
        got = by_name.get_object(oss.GetObjectRequest(bucket=BUCKET, key=PREFIX + "by cname"))
        same(got.body.content, b"cname")


@check
def buckets():
    name = f"made-by-v2-{checks.SIGNATURE}"
    CLIENT.put_bucket(oss.PutBucketRequest(bucket=name, acl="private"))
    info = CLIENT.get_bucket_info(oss.GetBucketInfoRequest(bucket=name)).bucket_info
    same((info.name, info.storage_class, info.location), (name, "Standard", f"oss-{REGION}"))
    listed = [bucket.name for bucket in CLIENT.list_buckets(oss.ListBucketsRequest()).buckets]
    same(name in listed and BUCKET in listed, True)
    CLIENT.delete_bucket(oss.DeleteBucketRequest(bucket=name))
    same(CLIENT.is_bucket_exist(name), False)


if checks.SIGNATURE == "v4":
    import oss_v2_by_v4  # noqa: F401

checks.run()
