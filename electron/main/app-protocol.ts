/** `app://gatehouse/...`: the page's files and nothing else. A file:// page was rejected: it may read the whole disk. */
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';

export const appScheme = 'app';
export const appOrigin = 'app://gatehouse';
export const appAddress = `${appOrigin}/index.html`;

/**
 * SECURITY: the page runs its own scripts and styles, draws its own pictures, and makes no request at all. Styles need
 * neither a nonce nor 'unsafe-inline': Mantine's own <style> elements are switched off and the theme's variables are an
 * adopted style sheet; style attributes are set by script through the style object, which the policy does not stop.
 */
export const contentPolicy = [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'", "connect-src 'none'",
  "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "object-src 'none'",
].join('; ');

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml',
  '.png': 'image/png', '.woff2': 'font/woff2', '.woff': 'font/woff', '.json': 'application/json',
};

const headers = (type: string): Record<string, string> => ({
  'content-type': type,
  'content-security-policy': contentPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=(), clipboard-read=()',
});

const refused = (status: number): Response => new Response(null, { status, headers: headers('text/plain') });

/** The file that an address means, or null when it means nothing inside the folder. */
export function containedFile(folder: string, address: string): string | null {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return null; // Not an address at all.
  }
  if (url.protocol !== `${appScheme}:` || url.host !== 'gatehouse') return null;
  let path: string;
  try {
    path = decodeURIComponent(url.pathname);
  } catch {
    return null; // A broken percent sequence names no file of ours.
  }
  // SECURITY: containment is checked on the decoded, normalised path, so `..`, `%2e%2e`, `%5c` and NUL all end here.
  if (path.includes('\0') || path.includes('\\')) return null;
  const file = normalize(join(folder, path));
  return file.startsWith(folder.endsWith(sep) ? folder : folder + sep) ? file : null;
}

export async function serveApp(folder: string, request: { readonly url: string; readonly method: string }): Promise<Response> {
  if (request.method !== 'GET') return refused(405);
  const file = containedFile(folder, request.url);
  const type = file === null ? undefined : types[extname(file)];
  if (file === null || type === undefined) return refused(404);
  try {
    return new Response(new Uint8Array(await readFile(file)), { status: 200, headers: headers(type) });
  } catch {
    return refused(404); // Not there or not readable: for the page this is the same.
  }
}
