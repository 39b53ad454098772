import { createReadStream, readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import { extname, join, normalize } from 'node:path';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'));

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.jpg': 'image/jpeg',
  '.svg': 'image/svg+xml',
};

/** The policy of the app itself, so that a violation shows here first. */
export function policy(): string {
  const file = join(import.meta.dirname, '..', '..', '..', 'tauri.conf.json');
  const { csp } = JSON.parse(readFileSync(file, 'utf8')).app.security as { csp: Record<string, string> };
  return Object.entries(csp)
    .map(([name, sources]) => `${name} ${sources}`)
    .join('; ');
}

/** Serves a built directory on a free loopback port. */
export async function serve(root: string): Promise<{ url: string; close: () => Promise<void> }> {
  const csp = policy();
  const server: Server = createServer((request, response) => {
    if (request.url === '/axe.js') {
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(AXE);
      return;
    }
    if (request.url === '/favicon.ico') {
      response.writeHead(204).end();
      return;
    }
    const path = new URL(request.url ?? '/', 'http://x').pathname;
    const file = join(root, normalize(path === '/' ? '/index.html' : path));
    try {
      if (!file.startsWith(root) || !statSync(file).isFile()) throw new Error('none');
    } catch {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'content-security-policy': csp,
    });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    close: () => new Promise((done) => server.close(() => done())),
  };
}
