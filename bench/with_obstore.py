"""obstore as a person would script it: with_obstore.py ENDPOINT BUCKET put|get|put-all|get-all FROM TO."""

import asyncio
import os
import pathlib
import sys

import obstore
from obstore.store import S3Store

endpoint, bucket, task, source, target = sys.argv[1:6]
store = S3Store(
    bucket, endpoint=endpoint, region="us-east-1", access_key_id=os.environ["AWS_ACCESS_KEY_ID"],
    secret_access_key=os.environ["AWS_SECRET_ACCESS_KEY"], client_options={"allow_http": True}, virtual_hosted_style_request=False,
)
PART = 8 << 20


async def each(items, work):
    """Sixteen at a time."""
    gate = asyncio.Semaphore(16)

    async def one(item):
        async with gate:
            await work(item)

    await asyncio.gather(*map(one, items))


async def get_large():
    size = (await obstore.head_async(store, source))["size"]
    with open(target, "wb") as file:
        file.truncate(size)

        async def part(start):
            data = await obstore.get_range_async(store, source, start=start, end=min(start + PART, size))
            os.pwrite(file.fileno(), data, start)

        await each(range(0, size, PART), part)


async def put_all():
    async def one(path):
        await obstore.put_async(store, f"{target}/{path.name}", path, use_multipart=False)

    await each(sorted(pathlib.Path(source).iterdir()), one)


async def get_all():
    os.makedirs(target, exist_ok=True)
    keys = [meta["path"] for page in obstore.list(store, prefix=source + "/") for meta in page]

    async def one(key):
        answer = await obstore.get_async(store, key)
        pathlib.Path(target, key.rsplit("/", 1)[1]).write_bytes(await answer.bytes_async())

    await each(keys, one)


if task == "put":
    obstore.put(store, target, pathlib.Path(source), chunk_size=PART, max_concurrency=8)
elif task == "get":
    asyncio.run(get_large())
elif task == "put-all":
    asyncio.run(put_all())
else:
    asyncio.run(get_all())
