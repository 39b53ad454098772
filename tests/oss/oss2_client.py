"""The client `oss2` against the test server."""

import base64

import oss2
import requests
from oss2.models import PartInfo

import checks
from checks import BUCKET, ODD_KEYS, REGION, URL, check, refused, same

V4 = checks.SIGNATURE == "v4"


def client(secret=checks.SECRET_KEY, bucket=BUCKET, url=URL, **options):
    version = oss2.AUTH_VERSION_4 if V4 else oss2.AUTH_VERSION_1
    auth = oss2.make_auth(checks.ACCESS_KEY, secret, version)
    return oss2.Bucket(auth, url, bucket, region=REGION, **options)


BUCKET_CLIENT = client()
PREFIX = f"oss2-{checks.SIGNATURE}/"
BLOCK = bytes(range(256)) * 800

# A PNG of one point.
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="


def service():
    version = oss2.AUTH_VERSION_4 if V4 else oss2.AUTH_VERSION_1
    auth = oss2.make_auth(checks.ACCESS_KEY, checks.SECRET_KEY, version)
    return oss2.Service(auth, URL, region=REGION)


def crc(data):
    digest = oss2.utils.Crc64(0)
    digest.update(data)
    return digest.crc


@check
def put_and_get():
    headers = {"Content-Type": "text/plain", "x-oss-meta-colour": "blue", "Content-MD5": oss2.utils.content_md5(b"hello")}
    put = BUCKET_CLIENT.put_object(PREFIX + "hello", b"hello", headers=headers)
    same(put.status, 200)
    same(put.etag, "5D41402ABC4B2A76B9719D911017C592")
    same(put.crc, crc(b"hello"))
    got = BUCKET_CLIENT.get_object(PREFIX + "hello")
    same(got.read(), b"hello")
    same(got.content_type, "text/plain")
    same(got.headers["x-oss-meta-colour"], "blue")
    same(got.client_crc, got.server_crc)


@check
def get_ranges():
    BUCKET_CLIENT.put_object(PREFIX + "range", b"0123456789")
    same(BUCKET_CLIENT.get_object(PREFIX + "range", byte_range=(2, 4)).read(), b"234")
    same(BUCKET_CLIENT.get_object(PREFIX + "range", byte_range=(7, None)).read(), b"789")
    same(BUCKET_CLIENT.get_object(PREFIX + "range", byte_range=(None, 3)).read(), b"789")


@check
def wrong_content_md5():
    call = lambda: BUCKET_CLIENT.put_object(PREFIX + "md5", b"x", headers={"Content-MD5": oss2.utils.content_md5(b"y")})
    error = refused(call, oss2.exceptions.ServerError)
    same((error.status, error.code), (400, "InvalidDigest"))
    same(BUCKET_CLIENT.object_exists(PREFIX + "md5"), False)


@check
def forbid_overwrite():
    BUCKET_CLIENT.put_object(PREFIX + "once", b"1")
    call = lambda: BUCKET_CLIENT.put_object(PREFIX + "once", b"2", headers={"x-oss-forbid-overwrite": "true"})
    error = refused(call, oss2.exceptions.ServerError)
    same((error.status, error.code), (409, "FileAlreadyExists"))
    same(BUCKET_CLIENT.get_object(PREFIX + "once").read(), b"1")


@check
def multipart():
    key = PREFIX + "parts 图"
    upload = BUCKET_CLIENT.init_multipart_upload(key, headers={"Content-Type": "image/x-test"})
    parts = []
    for number, data in enumerate([BLOCK, BLOCK[::-1], b"end"], 1):
        result = BUCKET_CLIENT.upload_part(key, upload.upload_id, number, data)
        parts.append(PartInfo(number, result.etag, size=len(data), part_crc=result.crc))
    first = BUCKET_CLIENT.list_parts(key, upload.upload_id, max_parts=2)
    same([part.part_number for part in first.parts], [1, 2])
    same(first.is_truncated, True)
    rest = BUCKET_CLIENT.list_parts(key, upload.upload_id, marker=first.next_marker)
    same([(part.part_number, part.size) for part in rest.parts], [(3, 3)])
    listed = BUCKET_CLIENT.list_multipart_uploads(prefix=PREFIX)
    same([found.key for found in listed.upload_list], [key])
    done = BUCKET_CLIENT.complete_multipart_upload(key, upload.upload_id, parts)
    whole = BLOCK + BLOCK[::-1] + b"end"
    same(done.crc, crc(whole))
    got = BUCKET_CLIENT.get_object(key)
    same(got.read(), whole)
    same(got.content_type, "image/x-test")
    same(BUCKET_CLIENT.head_object(key).object_type, "Multipart")


@check
def multipart_with_a_small_part():
    key = PREFIX + "small"
    upload = BUCKET_CLIENT.init_multipart_upload(key)
    parts = [
        PartInfo(number, BUCKET_CLIENT.upload_part(key, upload.upload_id, number, b"tiny").etag)
        for number in (1, 2)
    ]
    call = lambda: BUCKET_CLIENT.complete_multipart_upload(key, upload.upload_id, parts)
    same(refused(call, oss2.exceptions.ServerError).code, "EntityTooSmall")
    BUCKET_CLIENT.abort_multipart_upload(key, upload.upload_id)
    call = lambda: BUCKET_CLIENT.list_parts(key, upload.upload_id)
    same(refused(call, oss2.exceptions.NoSuchUpload).status, 404)


@check
def complete_all():
    key = PREFIX + "all"
    upload = BUCKET_CLIENT.init_multipart_upload(key)
    BUCKET_CLIENT.upload_part(key, upload.upload_id, 1, BLOCK)
    BUCKET_CLIENT.upload_part(key, upload.upload_id, 2, b"end")
    BUCKET_CLIENT.complete_multipart_upload(key, upload.upload_id, None, headers={"x-oss-complete-all": "yes"})
    same(BUCKET_CLIENT.get_object(key).read(), BLOCK + b"end")


@check
def append():
    key = PREFIX + "log"
    first = BUCKET_CLIENT.append_object(key, 0, b"one,", init_crc=0)
    same(first.next_position, 4)
    second = BUCKET_CLIENT.append_object(key, 4, b"two", init_crc=first.crc)
    same((second.next_position, second.crc), (7, crc(b"one,two")))
    error = refused(lambda: BUCKET_CLIENT.append_object(key, 3, b"x"), oss2.exceptions.PositionNotEqualToLength)
    same(error.next_position, 7)
    same(BUCKET_CLIENT.get_object(key).read(), b"one,two")


@check
def list_odd_keys():
    for key in ODD_KEYS:
        BUCKET_CLIENT.put_object(PREFIX + "odd/" + key, key.encode())
    wanted = sorted((PREFIX + "odd/" + key for key in ODD_KEYS), key=lambda key: key.encode())
    found = [entry.key for entry in oss2.ObjectIterator(BUCKET_CLIENT, prefix=PREFIX + "odd/", max_keys=3)]
    same(found, wanted)
    found = [entry.key for entry in oss2.ObjectIteratorV2(BUCKET_CLIENT, prefix=PREFIX + "odd/", max_keys=3)]
    same(found, wanted)
    for key in ODD_KEYS:
        same(BUCKET_CLIENT.get_object(PREFIX + "odd/" + key).read(), key.encode())


@check
def list_with_a_delimiter():
    page = BUCKET_CLIENT.list_objects_v2(prefix=PREFIX + "odd/", delimiter="/", start_after=PREFIX + "odd/a")
    same(PREFIX + "odd/图片/" in page.prefix_list, True)
    same(PREFIX + "odd/ lead.txt" in [entry.key for entry in page.object_list], False)


@check
def copy():
    BUCKET_CLIENT.put_object(PREFIX + "from +图", b"copied", headers={"x-oss-meta-a": "1"})
    BUCKET_CLIENT.copy_object(BUCKET, PREFIX + "from +图", PREFIX + "to")
    got = BUCKET_CLIENT.get_object(PREFIX + "to")
    same((got.read(), got.headers["x-oss-meta-a"]), (b"copied", "1"))
    replaced = {"x-oss-metadata-directive": "REPLACE", "x-oss-meta-b": "2"}
    BUCKET_CLIENT.copy_object(BUCKET, PREFIX + "from +图", PREFIX + "to", headers=replaced)
    head = BUCKET_CLIENT.head_object(PREFIX + "to")
    same((head.headers.get("x-oss-meta-a"), head.headers.get("x-oss-meta-b")), (None, "2"))


@check
def upload_part_copy():
    BUCKET_CLIENT.put_object(PREFIX + "source", BLOCK)
    key = PREFIX + "of copies"
    upload = BUCKET_CLIENT.init_multipart_upload(key)
    one = BUCKET_CLIENT.upload_part_copy(BUCKET, PREFIX + "source", None, key, upload.upload_id, 1)
    two = BUCKET_CLIENT.upload_part_copy(BUCKET, PREFIX + "source", (0, 9), key, upload.upload_id, 2)
    BUCKET_CLIENT.complete_multipart_upload(key, upload.upload_id, [PartInfo(1, one.etag), PartInfo(2, two.etag)])
    same(BUCKET_CLIENT.get_object(key).read(), BLOCK + BLOCK[:10])


@check
def delete_many():
    keys = [PREFIX + "odd/" + key for key in ODD_KEYS]
    result = BUCKET_CLIENT.batch_delete_objects(keys)
    same(sorted(result.deleted_keys), sorted(keys))
    same(list(oss2.ObjectIterator(BUCKET_CLIENT, prefix=PREFIX + "odd/")), [])


@check
def presigned_urls():
    key = PREFIX + "presigned 图+.txt"
    url = BUCKET_CLIENT.sign_url("PUT", key, 60, headers={"Content-Type": "text/x-a"}, slash_safe=True)
    same(requests.put(url, data=b"by url", headers={"Content-Type": "text/x-a"}).status_code, 200)
    same(requests.put(url, data=b"no", headers={"Content-Type": "text/x-b"}).status_code, 403)
    url = BUCKET_CLIENT.sign_url("GET", key, 60, params={"response-content-type": "text/x-c"}, slash_safe=True)
    answer = requests.get(url)
    same((answer.content, answer.headers["Content-Type"]), (b"by url", "text/x-c"))
    same(requests.get(url + "x").status_code, 403)


@check
def head_of_a_missing_key():
    error = refused(lambda: BUCKET_CLIENT.head_object(PREFIX + "none"), oss2.exceptions.NotFound)
    same(error.status, 404)
    error = refused(lambda: BUCKET_CLIENT.get_object(PREFIX + "none"), oss2.exceptions.NoSuchKey)
    same(error.details["EC"], "0026-00000001")


@check
def wrong_secret():
    call = lambda: client(secret="wrong").put_object(PREFIX + "no", b"")
    error = refused(call, oss2.exceptions.ServerError)
    same((error.status, error.code), (403, "SignatureDoesNotMatch"))
    same("StringToSign" in error.details, True)


@check
def missing_bucket():
    call = lambda: client(bucket="nobody-has-this").get_object("x")
    same(refused(call, oss2.exceptions.NoSuchBucket).status, 404)


# The server is the proxy, so these names need not exist.
PROXIES = {"http": URL}


@check
def by_custom_domain():
    cname = client(url=f"http://{checks.CNAME}", is_cname=True, proxies=PROXIES)
    cname.put_object(PREFIX + "by/cname 图.txt", b"cname")
    same(cname.get_object(PREFIX + "by/cname 图.txt").read(), b"cname")


@check
def by_the_endpoints_of_a_region():
    for endpoint in [f"oss-{REGION}", f"oss-{REGION}-internal", "oss-accelerate", f"{REGION}.oss"]:
        by_name = client(url=f"http://{endpoint}.aliyuncs.com", proxies=PROXIES)
        by_name.put_object(PREFIX + "by/" + endpoint, b"name")
        same(by_name.get_object(PREFIX + "by/" + endpoint).read(), b"name")


@check
def wrong_endpoint():
    call = lambda: client(url="http://oss-us-west-1.aliyuncs.com", proxies=PROXIES).get_object("x")
    error = refused(call, oss2.exceptions.ServerError)
    if V4:
        same(error.code, "InvalidArgument")
    else:
        same((error.code, error.details["Endpoint"]), ("AccessDenied", f"oss-{REGION}.aliyuncs.com"))


@check
def object_acl():
    key = PREFIX + "acl"
    BUCKET_CLIENT.put_object(key, b"x")
    same(BUCKET_CLIENT.get_object_acl(key).acl, "default")
    same(requests.get(f"{URL}/{BUCKET}/{key}").status_code, 200)
    BUCKET_CLIENT.put_object_acl(key, oss2.OBJECT_ACL_PRIVATE)
    same(BUCKET_CLIENT.get_object_acl(key).acl, "private")
    same(requests.get(f"{URL}/{BUCKET}/{key}").status_code, 403)


@check
def buckets():
    name = f"made-by-oss2-{checks.SIGNATURE}"
    made = client(bucket=name)
    made.create_bucket(oss2.BUCKET_ACL_PUBLIC_READ, oss2.models.BucketCreateConfig(oss2.BUCKET_STORAGE_CLASS_IA))
    info = made.get_bucket_info()
    same((info.name, info.storage_class, info.acl.grant), (name, "IA", "public-read"))
    same(info.extranet_endpoint, f"oss-{REGION}.aliyuncs.com")
    same(made.get_bucket_location().location, f"oss-{REGION}")
    listed = {bucket.name for bucket in oss2.BucketIterator(service())}
    same({name, BUCKET} <= listed, True)
    made.put_object("full", b"1")
    same(refused(made.delete_bucket, oss2.exceptions.BucketNotEmpty).status, 409)
    made.delete_object("full")
    made.delete_bucket()
    same(refused(made.get_bucket_info, oss2.exceptions.NoSuchBucket).status, 404)


def sts(token, version=None):
    version = version or (oss2.AUTH_VERSION_4 if V4 else oss2.AUTH_VERSION_1)
    keys = checks.TEMPORARY
    return oss2.Bucket(oss2.StsAuth(keys["id"], keys["secret"], token, version), URL, BUCKET, region=REGION)


@check
def temporary_keys():
    token = checks.TEMPORARY["token"]
    sts(token).put_object(PREFIX + "sts", b"by token")
    same(sts(token).get_object(PREFIX + "sts").read(), b"by token")
    url = sts(token).sign_url("GET", PREFIX + "sts", 60, slash_safe=True)
    same(requests.get(url).content, b"by token")
    error = refused(lambda: sts("another").get_object(PREFIX + "sts"), oss2.exceptions.ServerError)
    same(error.code, "InvalidSecurityToken")


@check
def process():
    BUCKET_CLIENT.put_object(PREFIX + "dot.png", base64.b64decode(DOT))
    process = "image/resize,m_fixed,w_30,h_20,limit_0/format,jpg"
    got = BUCKET_CLIENT.get_object(PREFIX + "dot.png", process=process)
    same((got.content_type, got.read()[:3]), ("image/jpeg", b"\xff\xd8\xff"))
    url = BUCKET_CLIENT.sign_url("GET", PREFIX + "dot.png", 60, params={"x-oss-process": "image/info"}, slash_safe=True)
    same(requests.get(url).json()["ImageWidth"]["value"], "1")


checks.run()
