/**
 * The search page's files, as the dashboard's build left them, kept in memory: plain, compressed, and with an entity tag.
 * Nothing is read while serving, so that no path of a request ever reaches the file system.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { ApiRequest, ApiResponse } from './api-request.ts';
import type { Route } from './router.ts';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};
const PACKED_TYPES = /^(?:text\/|application\/(?:json|manifest)|image\/svg)/;

interface Asset {
  readonly plain: Buffer;
  /** Undefined where compression gains nothing. */
  readonly packed: Buffer | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly tag: string;
}

/** One route per file; `index.html` is also `/`. Without a built page, `/` says so. */
export function pageRoutes(folder: string): readonly Route[] {
  const routes = filesBelow(folder).flatMap((file): Route[] => {
    const path = `/${relative(folder, file).split(sep).join('/')}`;
    const asset = assetOf(path, readFileSync(file));
    const handler = (request: ApiRequest): ApiResponse => answer(request, asset);
    const route: Route = { method: 'GET', pattern: path, name: 'page', handler };
    return path === '/index.html' ? [route, { ...route, pattern: '/' }] : [route];
  });
  return routes.some(({ pattern }) => pattern === '/') ? routes : [...routes, notBuilt];
}

const notBuilt: Route = {
  method: 'GET',
  pattern: '/',
  name: 'page',
  handler: () => ({
    status: 200,
    contentType: 'text/plain; charset=utf-8',
    body: 'Skein is running. Its search page is not built: `npm start` builds it.\n',
  }),
};

function answer(request: ApiRequest, asset: Asset): ApiResponse {
  const { headers, contentType, tag } = asset;
  const known = request.headers['if-none-match'];
  if (known !== undefined && known.split(',').some((each) => each.trim().replace(/^W\//, '') === tag)) {
    return { status: 304, contentType, body: '', headers };
  }
  const packed = /\bgzip\b/i.test(String(request.headers['accept-encoding'] ?? ''))
    ? asset.packed
    : undefined;
  return {
    status: 200,
    contentType,
    body: packed ?? asset.plain,
    headers: packed === undefined ? headers : { ...headers, 'Content-Encoding': 'gzip' },
    compressed: true,
  };
}

function assetOf(path: string, plain: Buffer): Asset {
  const contentType = CONTENT_TYPES[extname(path)] ?? 'application/octet-stream';
  const tag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 27)}"`;
  const isPage = path.endsWith('.html');
  // The build puts a hash of the content into these names.
  const named = path.startsWith('/assets/');
  return {
    plain,
    packed: PACKED_TYPES.test(contentType) && plain.length > 500 ? gzipSync(plain, { level: 9 }) : undefined,
    contentType,
    tag,
    headers: {
      ETag: tag,
      Vary: 'Accept-Encoding',
      'Cache-Control': named ? 'public, max-age=31536000, immutable' : 'no-cache',
      'X-Content-Type-Options': 'nosniff',
      ...(isPage ? { 'Content-Security-Policy': policyOf(plain.toString('utf8')) } : undefined),
    },
  };
}

/** Everything from this server only; scripts inside the page by their hash. */
function policyOf(page: string): string {
  const inline = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, script = '']) => {
    return `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
  });
  return [
    "default-src 'self'",
    ["script-src 'self'", ...inline].join(' '),
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'self'",
  ].join('; ');
}

function filesBelow(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}
