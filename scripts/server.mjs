/**
 * A static server for the built app. With `headers: 'isolated'` it sends what a careful host would: cross-origin isolation (which
 * lets Python wait: Stop, input()), types, caching, and a policy of its own for the keeper. With `'none'` it is as bare as a
 * static host can be: a media type, nothing else.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, resolve, sep } from 'node:path';

/** @type {Record<string, string>} */
const MEDIA_TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
  '.zip': 'application/zip',
};

const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

// A worker that came from an address has the policy of its own response, not the page's. The keepers compute and store, the others read a file.
const workerPolicy = (/** @type {string} */ scripts) => `default-src 'none'; script-src ${scripts}; connect-src 'none'`;
const WORKER_POLICY = workerPolicy("'self'");
// Its decoders of pictures are WebAssembly.
const PDF_POLICY = workerPolicy("'self' 'wasm-unsafe-eval'");

/**
 * The headers of one file, beside its type.
 * @param {string} path such as `/assets/keeper-1a2b.js`
 * @returns {Record<string, string>}
 */
function isolatedHeaders(path) {
  // What the build puts there has a hash or a version in its address.
  const forever = path.startsWith('/assets/') || path.startsWith('/pyodide/');
  return {
    ...ISOLATION,
    'Cache-Control': forever ? 'public, max-age=31536000, immutable' : 'no-cache',
    ...(/^\/assets\/(keeper|catalogue-worker|table-worker)-/.test(path) && { 'Content-Security-Policy': WORKER_POLICY }),
    ...(path.startsWith('/assets/pdf-worker-') && { 'Content-Security-Policy': PDF_POLICY }),
  };
}

/**
 * A running server. `url` has no slash at its end.
 * @typedef {{ url: string, close(): Promise<void> }} Server
 */

/**
 * Serves a folder on localhost.
 * @param {string} folder the built app
 * @param {object} [options]
 * @param {number} [options.port] 0 (the default) takes any free one
 * @param {'isolated' | 'none'} [options.headers] default `isolated`
 * @returns {Promise<Server>}
 * @throws Error with code EADDRINUSE when the port is taken
 */
export async function serve(folder, { port = 0, headers = 'isolated' } = {}) {
  const root = resolve(folder);
  const answer = answerFrom(root, headers === 'isolated');
  const server = createServer(answer);
  await listen(server, port, '127.0.0.1');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('The server has no port.');
  const servers = [server];
  // `localhost` may mean either address: a browser that asks the other one must not meet somebody else's server there.
  const second = createServer(answer);
  try {
    await listen(second, address.port, '::1');
    servers.push(second);
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === 'EADDRINUSE') {
      server.close();
      throw error;
    }
    // No IPv6 here: nobody can ask it.
  }
  return {
    url: `http://localhost:${address.port}`,
    async close() {
      const closed = servers.map((each) => new Promise((done) => each.close(done)));
      for (const each of servers) each.closeAllConnections();
      await Promise.all(closed);
    },
  };
}

/** @param {import('node:http').Server} server @param {number} port @param {string} host @returns {Promise<void>} */
function listen(server, port, host) {
  return new Promise((listening, failed) => {
    server.once('error', failed);
    server.listen(port, host, listening);
  });
}

/** @param {string} root @param {boolean} isolated @returns {import('node:http').RequestListener} */
function answerFrom(root, isolated) {
  return async (request, response) => {
    /** @param {number} status @param {string} text */
    const refuse = (status, text) => response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'Only GET and HEAD.');
    let path;
    try {
      path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    } catch {
      return refuse(400, 'Not an address.');
    }
    if (path.endsWith('/')) path += 'index.html';
    const file = resolve(root, `.${path}`);
    if (path.includes('\0') || !file.startsWith(root + sep)) return refuse(404, 'Not found.');
    const found = await stat(file).catch(() => null);
    if (!found?.isFile()) return refuse(404, 'Not found.');
    const etag = `"${found.size.toString(16)}-${Math.round(found.mtimeMs).toString(16)}"`;
    const extra = isolated ? { ...isolatedHeaders(path), ETag: etag } : {};
    if (isolated && request.headers['if-none-match'] === etag) return response.writeHead(304, extra).end();
    const type = MEDIA_TYPES[extname(file)] ?? 'application/octet-stream';
    response.writeHead(200, { 'Content-Type': type, 'Content-Length': found.size, ...extra });
    if (request.method === 'HEAD') return response.end();
    return createReadStream(file)
      .on('error', () => response.destroy())
      .pipe(response);
  };
}

/** For playwright.config.ts: `node scripts/server.mjs <folder> <port> isolated|none`. */
if (process.argv[1] && import.meta.filename === resolve(process.argv[1])) {
  const [folder = 'dist', port = '8080', headers] = process.argv.slice(2);
  const { url } = await serve(folder, { port: Number(port), headers: headers === 'none' ? 'none' : 'isolated' });
  console.log(`${folder} is served at ${url}`);
}
