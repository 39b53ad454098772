// A server of S3's listing that makes its keys up, so that a folder can be as large as a test likes.

import { createServer } from "node:http";

const PAGE = 1000;

/** `row-0000000.bin` and so on: in the order of their names, as S3 lists them. */
export const keyAt = (index) => `many/row-${String(index).padStart(7, "0")}.bin`;

export class Million {
  /** A bucket `big` with one folder `many/` of `count` objects. */
  static async start(count) {
    const server = new Million();
    server.count = count;
    server.requests = [];
    server.http = createServer((request, response) => server.#answer(request, response));
    await new Promise((resolve) => server.http.listen(0, "127.0.0.1", resolve));
    server.endpoint = `http://127.0.0.1:${server.http.address().port}`;
    return server;
  }

  stop() {
    this.http.close();
    this.http.closeAllConnections();
  }

  #answer(request, response) {
    const url = new URL(request.url, this.endpoint);
    this.requests.push(request.method);
    request.resume();
    const xml = (text) => {
      response.writeHead(200, { "content-type": "application/xml" });
      response.end(`<?xml version="1.0" encoding="UTF-8"?>\n${text}`);
    };
    if (url.pathname === "/") {
      xml("<ListAllMyBucketsResult><Buckets><Bucket><Name>big</Name></Bucket></Buckets></ListAllMyBucketsResult>");
    } else if (url.searchParams.get("list-type") === "2") {
      xml(this.#list(url.searchParams));
    } else {
      response.writeHead(404).end();
    }
  }

  #list(query) {
    const prefix = query.get("prefix") ?? "";
    if (!prefix.startsWith("many/")) {
      const folder = query.get("delimiter") ? "<CommonPrefixes><Prefix>many/</Prefix></CommonPrefixes>" : "";
      return `<ListBucketResult><Name>big</Name><Prefix>${prefix}</Prefix><KeyCount>1</KeyCount><IsTruncated>false</IsTruncated>${folder}</ListBucketResult>`;
    }
    const from = Number(query.get("continuation-token") ?? 0);
    const to = Math.min(from + PAGE, this.count);
    const rows = [];
    for (let index = from; index < to; index += 1) {
      rows.push(
        `<Contents><Key>${keyAt(index)}</Key><LastModified>2025-11-18T09:12:00.000Z</LastModified>` +
          `<ETag>&quot;${String(index).padStart(32, "0")}&quot;</ETag><Size>${index}</Size><StorageClass>STANDARD</StorageClass></Contents>`,
      );
    }
    const more = to < this.count;
    const next = more ? `<NextContinuationToken>${to}</NextContinuationToken>` : "";
    return `<ListBucketResult><Name>big</Name><Prefix>many/</Prefix><Delimiter>/</Delimiter><KeyCount>${rows.length}</KeyCount><MaxKeys>${PAGE}</MaxKeys><IsTruncated>${more}</IsTruncated>${next}${rows.join("")}</ListBucketResult>`;
  }
}
