// The client `ali-oss` against the test server.

import { strict as assert } from 'node:assert';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const env = process.env;
const require = createRequire(`${env.OSS_MODULES}/`);
const OSS = require('ali-oss');

const v4 = env.OSS_SIGNATURE === 'v4';
const prefix = `ali-oss-${env.OSS_SIGNATURE}/`;
const block = Buffer.from(Array.from({ length: 204_800 }, (_, at) => at % 256));

// A PNG of one point.
const DOT =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';

const ODD_KEYS = [
  'plain.txt',
  'a b  c.txt',
  ' lead.txt',
  'trail.txt ',
  'a+b.txt',
  '100%.txt',
  'a%20b%2Fc.txt',
  'a#b.txt',
  'a?b=c&d.txt',
  'x//y.txt',
  'folder/',
  `a"b'c.txt`,
  'a;b,c=d@e!f$g(h)*[i]{j}|k^l`m~n:o.txt',
  '图片/截图 一.txt',
  '🎉/🧑‍🚀.txt',
];

// Every name leads to the server.
const { hostname, port } = new URL(env.OSS_URL);
const found = { address: hostname, family: 4 };
const lookup = (_name, options, done) =>
  options.all ? done(null, [found]) : done(null, found.address, found.family);
const agent = new http.Agent({ keepAlive: true, lookup });

function send(method, url, headers, body) {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method, headers, agent }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () => resolve({ status: answer.statusCode, body: Buffer.concat(chunks) }));
      answer.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

function client(options = {}) {
  return new OSS({
    accessKeyId: env.OSS_ACCESS_KEY,
    accessKeySecret: env.OSS_SECRET_KEY,
    region: `oss-${env.OSS_REGION}`,
    endpoint: `http://oss-${env.OSS_REGION}.aliyuncs.com:${port}`,
    bucket: env.OSS_BUCKET,
    agent,
    authorizationV4: v4,
    ...options,
  });
}

const store = client();

async function refused(call) {
  try {
    await call();
  } catch (error) {
    return error;
  }
  throw new Error('not refused');
}

const checks = {
  async 'put and get'() {
    const put = await store.put(`${prefix}hello 图`, Buffer.from('hello'), {
      mime: 'text/plain',
      meta: { colour: 'blue' },
    });
    assert.equal(put.res.headers.etag, '"5D41402ABC4B2A76B9719D911017C592"');
    const got = await store.get(`${prefix}hello 图`);
    assert.equal(got.content.toString(), 'hello');
    assert.equal(got.res.headers['content-type'], 'text/plain');
    const head = await store.head(`${prefix}hello 图`);
    assert.equal(head.meta.colour, 'blue');
  },

  async 'multipart'() {
    const done = await store.multipartUpload(`${prefix}parts`, Buffer.concat([block, block]), {
      partSize: 100 * 1024,
      parallel: 2,
    });
    assert.equal(done.res.status, 200);
    const got = await store.get(`${prefix}parts`);
    assert.ok(got.content.equals(Buffer.concat([block, block])));
  },

  async 'list parts and uploads'() {
    const key = `${prefix}up a`;
    const begun = await store.initMultipartUpload(key);
    const folder = await mkdtemp(join(tmpdir(), 'ali-oss-'));
    await writeFile(join(folder, 'part'), block);
    await store.uploadPart(key, begun.uploadId, 1, join(folder, 'part'), 0, block.length);
    await rm(folder, { recursive: true });
    const parts = await store.listParts(key, begun.uploadId, { 'max-parts': 10 });
    assert.deepEqual([].concat(parts.parts).map((part) => part.PartNumber), ['1']);
    const uploads = await store.listUploads({ prefix, 'max-uploads': 10 });
    assert.deepEqual(uploads.uploads.map((upload) => upload.name), [key]);
    await store.abortMultipartUpload(key, begun.uploadId);
    const error = await refused(() => store.listParts(key, begun.uploadId, {}));
    assert.equal(error.code, 'NoSuchUpload');
  },

  async 'append'() {
    const first = await store.append(`${prefix}log`, Buffer.from('one,'));
    assert.equal(first.nextAppendPosition, '4');
    await store.append(`${prefix}log`, Buffer.from('two'), { position: first.nextAppendPosition });
    assert.equal((await store.get(`${prefix}log`)).content.toString(), 'one,two');
    const error = await refused(() => store.append(`${prefix}log`, Buffer.from('x')));
    assert.equal(error.code, 'PositionNotEqualToLength');
  },

  async 'list odd keys'() {
    for (const key of ODD_KEYS) await store.put(`${prefix}odd/${key}`, Buffer.from(key));
    const wanted = ODD_KEYS.map((key) => Buffer.from(`${prefix}odd/${key}`)).sort(Buffer.compare);
    const names = wanted.map(String);
    const first = [];
    let marker;
    do {
      // Undefined parameters are signed by this client, but not sent.
      const from = marker ? { marker } : {};
      const page = await store.list({ prefix: `${prefix}odd/`, 'max-keys': 4, ...from });
      first.push(...page.objects.map((object) => object.name));
      marker = page.nextMarker;
    } while (marker);
    assert.deepEqual(first, names);
    const second = [];
    let token;
    do {
      const from = token ? { 'continuation-token': token } : {};
      const page = await store.listV2({ prefix: `${prefix}odd/`, 'max-keys': 4, ...from });
      second.push(...page.objects.map((object) => object.name));
      token = page.nextContinuationToken;
    } while (token);
    assert.deepEqual(second, names);
  },

  async 'copy'() {
    await store.copy(`${prefix}copy`, `${prefix}hello 图`);
    assert.equal((await store.head(`${prefix}copy`)).meta.colour, 'blue');
  },

  async 'copy in parts'() {
    await store.multipartUploadCopy(
      `${prefix}copied parts`,
      { sourceKey: `${prefix}parts`, sourceBucketName: env.OSS_BUCKET },
      { partSize: 256 * 1024 },
    );
    const got = await store.get(`${prefix}copied parts`);
    assert.ok(got.content.equals(Buffer.concat([block, block])));
  },

  async 'delete many'() {
    const keys = ODD_KEYS.map((key) => `${prefix}odd/${key}`);
    const result = await store.deleteMulti(keys);
    assert.deepEqual(result.deleted.map((entry) => entry.Key).sort(), [...keys].sort());
    assert.equal((await store.listV2({ prefix: `${prefix}odd/` })).keyCount, 0);
  },

  async 'presigned urls'() {
    const key = `${prefix}presigned 图.txt`;
    const headers = { 'Content-Type': 'text/x-a' };
    const sign = (method) =>
      v4
        ? store.signatureUrlV4(method, 60, { headers: method === 'PUT' ? headers : {} }, key)
        : store.signatureUrl(key, { method, expires: 60, ...(method === 'PUT' ? headers : {}) });
    const url = await sign('PUT');
    assert.equal((await send('PUT', url, headers, 'by url')).status, 200);
    assert.equal((await send('PUT', url, { 'Content-Type': 'text/x-b' }, 'by url')).status, 403);
    assert.equal(String((await send('GET', await sign('GET'), {})).body), 'by url');
  },

  async 'by custom domain'() {
    const domain = client({ endpoint: `http://${env.OSS_CNAME}:${port}`, cname: true });
    await domain.put(`${prefix}by cname`, Buffer.from('cname'));
    assert.equal(String((await domain.get(`${prefix}by cname`)).content), 'cname');
  },

  async 'object acl'() {
    await store.put(`${prefix}acl`, Buffer.from('x'));
    assert.equal((await store.getACL(`${prefix}acl`)).acl, 'default');
    await store.putACL(`${prefix}acl`, 'private');
    assert.equal((await store.getACL(`${prefix}acl`)).acl, 'private');
  },

  async 'head of a missing key'() {
    const error = await refused(() => store.head(`${prefix}none`));
    assert.equal(error.status, 404);
    assert.equal(error.code, 'NoSuchKey');
  },

  async 'wrong secret'() {
    const error = await refused(() => client({ accessKeySecret: 'wrong' }).get('x'));
    assert.equal(error.status, 403);
    assert.equal(error.code, 'SignatureDoesNotMatch');
  },

  async 'missing bucket'() {
    const error = await refused(() => client({ bucket: 'nobody-has-this' }).get('x'));
    assert.equal(error.code, 'NoSuchBucket');
  },

  async 'buckets'() {
    const name = `made-by-ali-oss-${env.OSS_SIGNATURE}`;
    const made = client({ bucket: name });
    await made.putBucket(name);
    const info = await made.getBucketInfo(name);
    assert.equal(info.bucket.Name, name);
    const listed = await store.listBuckets();
    assert.ok(listed.buckets.some((bucket) => bucket.name === name));
    await made.deleteBucket(name);
    assert.equal((await refused(() => made.getBucketInfo(name))).code, 'NoSuchBucket');
  },

  async 'process'() {
    await store.put(`${prefix}dot.png`, Buffer.from(DOT, 'base64'));
    const jpeg = await store.get(`${prefix}dot.png`, { process: 'image/format,jpg' });
    assert.equal(jpeg.res.headers['content-type'], 'image/jpeg');
    await store.processObjectSave(
      `${prefix}dot.png`,
      `${prefix}saved.png`,
      'image/resize,m_fixed,w_30,h_20,limit_0',
    );
    const info = await store.get(`${prefix}saved.png`, { process: 'image/info' });
    assert.equal(JSON.parse(info.content).ImageWidth.value, '30');
  },
};

let failures = 0;
for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    console.log(`ok ${name}`);
  } catch (error) {
    failures += 1;
    console.log(`failed ${name}: ${error.name}: ${error.message}`);
    console.error(error);
  }
}
process.exit(failures ? 1 : 0);
